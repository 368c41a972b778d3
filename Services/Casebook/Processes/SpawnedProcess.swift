import Foundation
import Glibc
import Synchronization

/// posix_spawn(3) with what every child of Casebook gets: its own process group, default signals, no inherited files.
struct SpawnedProcess {
    let pid: pid_t
    private let input: Int32?

    /// One start at a time: between making a pipe and marking it as closed on exec, no other child may be started.
    private static let starting = Mutex(())

    /// - Throws: ``LaunchFailure`` when the log cannot be opened or the executable not be started.
    init(_ launch: Launch) throws {
        self = try Self.starting.withLock { _ in try Self(whileAlone: launch) }
    }

    private init(whileAlone launch: Launch) throws {
        let log = Glibc.open(launch.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard log >= 0 else { throw LaunchFailure(path: launch.log, errno: errno) }
        defer { close(log) }
        let (childInput, heldInput) = try Self.open(launch.input)
        defer { close(childInput) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, childInput, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, log, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO)

        Self.closeFilesOnExec()
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.configure(&attributes)

        var pid: pid_t = 0
        let failure = Self.withCStrings([launch.executable] + launch.arguments) { arguments in
            Self.withCStrings(launch.environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&pid, launch.executable, &actions, &attributes, arguments, environment)
            }
        }
        guard failure == 0 else {
            if let heldInput { close(heldInput) }
            throw LaunchFailure(path: launch.executable, errno: failure)
        }
        self.pid = pid
        input = heldInput
    }

    /// Lets go of the pipe to the child's standard input, if it has one.
    func closeInput() {
        if let input { close(input) }
    }

    /// Own process group; all signals at their default and unblocked, whatever the supervisor does with its own.
    private static func configure(_ attributes: inout posix_spawnattr_t) {
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
    }

    /// Marks everything beyond standard error, also what this process inherited itself: a child that held our end of
    /// another's pipe would keep that one alive, and one that held a reader's pipe would keep the reader waiting.
    private static func closeFilesOnExec() {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        for file in files.compactMap({ Int32($0) }) where file > STDERR_FILENO { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
    }

    /// The child's end of standard input and, when held, ours.
    private static func open(_ input: Launch.Input) throws -> (child: Int32, ours: Int32?) {
        let path: String
        switch input {
        case .held:
            var ends: [Int32] = [0, 0]
            guard pipe(&ends) == 0 else { throw LaunchFailure(path: "pipe", errno: errno) }
            return (ends[0], ends[1])
        case .nothing: path = "/dev/null"
        case .file(let file): path = file
        }
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw LaunchFailure(path: path, errno: errno) }
        return (file, nil)
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}

/// A process that could not be started.
struct LaunchFailure: Error, CustomStringConvertible {
    let path: String
    let errno: Int32

    var description: String { "\(path) could not be started: \(String(cString: strerror(errno)))" }
}
