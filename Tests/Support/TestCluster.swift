import Glibc
import Synchronization

/// A private PostgreSQL server for tests: its own temporary folder, unix socket and free port, `fsync` off.
///
/// A small shell beside it holds the server as its child and reads commands from a pipe; when the test process ends in
/// whatever way, the pipe closes, and the shell stops the server and removes the folder.
package final class TestCluster: Sendable {
    private static let sharedCluster = Mutex<TestCluster?>(nil)

    private let files: ClusterFiles
    private let keeper: ChildProcess.Piped
    /// The port on the loopback address, and in the socket's name.
    package let port: Int
    /// The folder of the unix socket, the data and the log; it is removed with the cluster.
    package var folder: String { files.folder }

    /// The one cluster of this process, made when it is first asked for.
    package static func shared() throws -> TestCluster {
        try sharedCluster.withLock { cluster in
            if let cluster { return cluster }
            let made = try TestCluster()
            cluster = made
            return made
        }
    }

    /// Makes a cluster of one's own, for tests that kill or restart it or change its settings.
    ///
    /// - Parameters:
    ///   - settings: Settings beside the ordinary ones, such as `["ssl": "on"]`.
    ///   - prepare: Changes the new data folder before the server starts.
    /// - Throws: ``TestClusterError`` when there are no server programs or the server does not start.
    package init(settings: [String: String] = [:], prepare: (_ dataFolder: String) throws -> Void = { _ in }) throws {
        files = try ClusterFiles()
        let initialise = [
            files.programs + "/initdb", "-D", files.data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync",
        ]
        _ = try ChildProcess.run(ClusterFiles.asServerUser + initialise, log: files.log)
        try prepare(files.data)
        port = try Self.freePort()
        var options = [
            "fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "64MB",
            "listen_addresses": "127.0.0.1", "port": String(port), "unix_socket_directories": files.folder,
            "restart_after_crash": "on", "log_min_messages": "warning",
        ]
        options.merge(settings) { _, given in given }
        let words = options.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        let command = [
            "sh", "-c", Self.script, "keeper", files.folder, files.programs + "/pg_isready", String(port),
            files.programs + "/postgres", "-D", files.data,
        ]
        keeper = try ChildProcess.start(ClusterFiles.asServerUser + command + words, log: files.log)
        try awaitAnswer("ready")
    }

    deinit {
        close(keeper.input)
        close(keeper.output)
        var status: Int32 = 0
        waitpid(keeper.id, &status, 0)
    }

    /// A connection string for a database of this cluster.
    package func url(database: String = "postgres", user: String = "postgres") -> String {
        "postgresql://\(user)@/\(database)?host=\(files.folder)&port=\(port)"
    }

    /// Kills the server and all its sessions as a power failure would; `start()` brings it back.
    package func kill() throws {
        try order("kill")
        try awaitAnswer("gone")
    }

    /// Stops the server in order, ending all sessions; `start()` brings it back.
    package func stop() throws {
        try order("stop")
        try awaitAnswer("gone")
    }

    /// Starts the server after `kill()` or `stop()`, and returns once it takes connections.
    package func start() throws {
        try order("start")
        try awaitAnswer("ready")
    }

    /// Runs SQL with `psql`, outside of the driver, and answers the unaligned rows.
    package func sql(_ text: String, database: String = "postgres") throws -> String {
        let words = [
            files.programs + "/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url(database: database),
            "-c", text,
        ]
        return try ChildProcess.run(words, log: files.log)
    }

    /// Runs a program as the server's user, to prepare files that the server reads.
    package static func tool(_ words: [String]) throws {
        _ = try ChildProcess.run(ClusterFiles.asServerUser + words)
    }

    /// What the server and its tools wrote so far.
    package func log() throws -> String {
        try ChildProcess.run(["cat", files.log])
    }

    /// Sends a signal to one of the server's sessions, by its process id: `STOP` freezes it, `CONT` lets it go on.
    package func signal(_ session: Int, _ name: String) throws {
        _ = try ChildProcess.run(ClusterFiles.asServerUser + ["kill", "-\(name)", String(session)], log: files.log)
    }

    private func order(_ word: String) throws {
        let line = Array("\(word)\n".utf8)
        guard write(keeper.input, line, line.count) == line.count else {
            throw TestClusterError("the cluster's keeper is gone, see \(files.log)")
        }
    }

    /// Waits until the keeper says a word; it has its own limits.
    private func awaitAnswer(_ word: String) throws {
        var answer: [UInt8] = []
        var byte: UInt8 = 0
        while read(keeper.output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { answer.append(byte) }
        guard answer.elementsEqual(word.utf8) else {
            throw TestClusterError("the server did not do as told, see \(files.log)")
        }
    }

    /// Keeps one server as its child, and answers each order with a word when it is done.
    ///
    /// `$1` is the folder, `$2` the program that asks for readiness, `$3` the port, the rest the server's command.
    private static let script = """
        folder=$1; ask=$2; port=$3; shift 3
        trap '' INT TERM HUP PIPE
        begin() {
            "$@" >&2 </dev/null &
            server=$!
            tries=0
            until "$ask" -q -h "$folder" -p "$port"; do
                tries=$((tries + 1))
                if [ $tries -gt 1000 ] || ! kill -0 $server 2>/dev/null; then echo failed; return; fi
                sleep 0.03
            done
            echo ready
        }
        finish() {
            children=$(cat /proc/$server/task/$server/children 2>/dev/null)
            if [ "$1" = KILL ]; then kill -KILL $server $children 2>/dev/null; else kill -$1 $server 2>/dev/null; fi
            wait $server
            echo gone
        }
        begin "$@"
        while read -r word; do
            case $word in
                kill) finish KILL ;;
                stop) finish INT ;;
                start) begin "$@" ;;
            esac
        done
        finish QUIT
        rm -rf "$folder"
        """

    private static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, size) == 0 && getsockname(descriptor, pointer, &size) == 0
            }
        }
        guard bound else { throw TestClusterError("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
