import FoundationEssentials
import Glibc

/// Where a test cluster's programs and files are.
struct ClusterFiles: Sendable {
    let programs: String
    let folder: String
    var data: String { folder + "/data" }
    var log: String { folder + "/log" }

    /// Finds PostgreSQL's programs and makes a folder that the server's user reaches.
    init() throws {
        programs = try Self.findPrograms()
        let room = FileManager.default.temporaryDirectory.path
        folder = "\(room)/casebook-test-\(getpid())-\(UInt32.random(in: 0 ..< .max))"
        guard mkdir(folder, 0o700) == 0 else { throw TestClusterError("cannot make \(folder)") }
        if let user = Self.serverUser, chown(folder, user.id, user.group) != 0 {
            throw TestClusterError("cannot hand \(folder) to the server's user")
        }
    }

    /// The user that runs the server: `postgres` when the tests run as root, which the server refuses; otherwise `nil`.
    static var serverUser: (id: uid_t, group: gid_t)? {
        guard getuid() == 0, let entry = getpwnam("postgres") else { return nil }
        return (entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// The words before a command that make it run as the server's user.
    static var asServerUser: [String] {
        serverUser == nil ? [] : ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    }

    private static func findPrograms() throws -> String {
        var candidates = (try? ChildProcess.run(["pg_config", "--bindir"])).map { [$0] } ?? []
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        candidates += versions.sorted { $0.count == $1.count ? $0 > $1 : $0.count > $1.count }.map {
            "\(root)/\($0)/bin"
        }
        for folder in candidates where access(folder + "/initdb", X_OK) == 0 { return folder }
        throw TestClusterError("no PostgreSQL server programs: install the package postgresql-15")
    }
}

/// Why a test cluster could not be had.
package struct TestClusterError: Error, CustomStringConvertible {
    /// One sentence.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Processes that tests start.
enum ChildProcess {
    /// A running process that reads orders from a pipe which only this process holds open, and answers on another.
    struct Piped: Sendable {
        let id: pid_t
        let input: Int32
        let output: Int32
    }

    /// Runs a command to its end and answers what it printed.
    static func run(_ words: [String], log: String = "/dev/null") throws -> String {
        var ends: [Int32] = [0, 0]
        guard openPipe(&ends) else { throw TestClusterError("no pipe") }
        let id = try spawn(words, input: nil, output: ends[1], log: log)
        close(ends[1])
        var printed: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 {
            printed.append(contentsOf: buffer[..<count])
        }
        close(ends[0])
        var status: Int32 = 0
        waitpid(id, &status, 0)
        guard status == 0 else { throw TestClusterError("\(words.joined(separator: " ")) failed, see \(log)") }
        return String(decoding: printed, as: UTF8.self).trimmingCharacters
    }

    /// Starts a command whose standard input is a pipe from here; it reads the end when this process is gone.
    static func start(_ words: [String], log: String) throws -> Piped {
        var orders: [Int32] = [0, 0]
        var answers: [Int32] = [0, 0]
        guard openPipe(&orders), openPipe(&answers) else { throw TestClusterError("no pipe") }
        let id = try spawn(words, input: orders[0], output: answers[1], log: log)
        close(orders[0])
        close(answers[1])
        return Piped(id: id, input: orders[1], output: answers[0])
    }

    /// A pipe that other children do not inherit.
    private static func openPipe(_ ends: inout [Int32]) -> Bool {
        pipe(&ends) == 0 && fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 && fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0
    }

    private static func spawn(_ words: [String], input: Int32?, output: Int32?, log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_APPEND, 0o666)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_adddup2(&actions, 2, 1)
        }
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        // Threads of the cooperative pool block most signals; a shell that inherits that misses its child's end.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var id: pid_t = 0
        guard posix_spawnp(&id, words[0], &actions, &attributes, &arguments, environ) == 0 else {
            throw TestClusterError("cannot start \(words[0])")
        }
        return id
    }
}

extension String {
    fileprivate var trimmingCharacters: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
