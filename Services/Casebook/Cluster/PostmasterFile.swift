import Foundation

/// `postmaster.pid` in a cluster's data directory, as PostgreSQL 10 to 18 write it (miscadmin.h, LOCK_FILE_LINE_...).
struct PostmasterFile: Equatable {
    let pid: Int32
    /// Whether the server takes connections; line 8, which `pg_ctl -w` waits for too.
    let isReady: Bool

    /// Reads the file of a cluster; nil when there is none.
    init?(_ cluster: String) {
        guard let text = try? String(contentsOfFile: "\(cluster)/postmaster.pid", encoding: .utf8) else { return nil }
        self.init(text: text)
    }

    /// Parses the file's content; nil when its first line is no process id, as while it is being written.
    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first, let pid = Int32(first), pid > 0 else { return nil }
        self.pid = pid
        isReady = lines.count > 7 && lines[7].hasPrefix("ready")
    }
}
