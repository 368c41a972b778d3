import Foundation
import Glibc

/// Where one installation keeps everything: the cluster, credentials, ports, logs and what runs.
struct DataFolder: Sendable, Equatable {
    /// The absolute path of the folder.
    let path: String

    /// PostgreSQL's data directory.
    var cluster: String { "\(path)/postgres" }
    /// Passwords and keys, readable by the owner alone.
    var credentials: String { "\(path)/credentials.json" }
    /// The ports chosen at the first start.
    var ports: String { "\(path)/ports.json" }
    /// What concerns the running processes only.
    var run: String { "\(path)/run" }
    /// PostgreSQL's Unix socket.
    var socket: String { "\(path)/run/postgresql" }
    /// The processes that run now, for the next start to find after a crash.
    var processes: String { "\(path)/run/processes.json" }
    /// Held locked while a supervisor runs from this folder.
    var lock: String { "\(path)/run/lock" }
    /// The log files.
    var logs: String { "\(path)/logs" }
    /// Where the printed commands keep the session's cookie.
    var cookies: String { "\(path)/cookies.txt" }

    /// The log of one process.
    func log(of name: String) -> String { "\(logs)/\(name).log" }

    /// Whether something was set up here before.
    var exists: Bool { FileManager.default.fileExists(atPath: run) }

    /// Makes the folder and its parts, as far as they are missing.
    ///
    /// - Parameter reader: The user PostgreSQL runs as, when it is not this one. It may pass through the folder and
    ///   owns the socket's folder, nothing else.
    /// - Throws: ``FileFailure`` when one cannot be made or is not writable.
    func create(for reader: SystemUser?) throws {
        try make(path, mode: reader == nil ? 0o700 : 0o711)
        try make(run, mode: reader == nil ? 0o700 : 0o711)
        try make(logs, mode: 0o700)
        try make(socket, mode: 0o700)
        if let reader { try reader.takeOver(socket) }
        guard access(path, W_OK) == 0 else { throw FileFailure(path: path, errno: errno) }
    }

    /// Moves a log that has grown over `limit` bytes aside, so that at most two files of that size are kept.
    func rotateLog(of name: String, limit: UInt64 = 64 << 20) {
        let log = log(of: name)
        if LogTail.position(of: log) > limit { rename(log, "\(log).1") }
    }

    private func make(_ folder: String, mode: mode_t) throws {
        var isFolder: ObjCBool = false
        if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
            let parent = URL(filePath: folder).deletingLastPathComponent().path
            if parent != folder, !FileManager.default.fileExists(atPath: parent) { try make(parent, mode: 0o755) }
            guard mkdir(folder, mode) == 0 || errno == EEXIST else { throw FileFailure(path: folder, errno: errno) }
        }
        if [path, run, logs, socket].contains(folder), geteuid() == 0 || isOwn(folder) {
            guard chmod(folder, mode) == 0 else { throw FileFailure(path: folder, errno: errno) }
        }
    }

    private func isOwn(_ folder: String) -> Bool {
        FileStatus(of: folder)?.owner == geteuid()
    }
}
