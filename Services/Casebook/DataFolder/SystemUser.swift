import Glibc

/// Another user of this machine, as PostgreSQL's when Casebook is started by root (which PostgreSQL refuses to be).
struct SystemUser: Sendable, Equatable {
    let name: String
    let uid: uid_t
    let gid: gid_t

    /// Looks a user up by name; nil when there is none.
    init?(named name: String) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil else { return nil }
        self.name = name
        uid = entry.pw_uid
        gid = entry.pw_gid
    }

    /// Gives a file or folder to this user.
    ///
    /// - Throws: ``FileFailure``.
    func takeOver(_ path: String) throws {
        guard chown(path, uid, gid) == 0 else { throw FileFailure(path: path, errno: errno) }
    }

    /// Whether this user can pass through every folder that leads to `path`, as far as they exist; by the permission
    /// bits alone, without access control lists.
    func reaches(_ path: String) -> Bool {
        var folder = ""
        for part in path.split(separator: "/") {
            folder += "/\(part)"
            guard let status = FileStatus(of: folder) else { return errno == ENOENT }
            let bit: mode_t = status.owner == uid ? 0o100 : status.group == gid ? 0o010 : 0o001
            if status.mode & bit == 0 { return false }
        }
        return true
    }
}
