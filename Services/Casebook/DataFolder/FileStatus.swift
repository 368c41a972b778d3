// stat(2) is declared by two modules of C, and the compiler may take either for its home.
import Dispatch
import Foundation
import Glibc

/// Who owns a file or folder and who may do what with it; links are followed.
struct FileStatus: Sendable {
    let owner: uid_t
    let group: gid_t
    let mode: mode_t

    /// - Returns: nil when it cannot be seen; `errno` says why.
    init?(of path: String) {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        owner = info.st_uid
        group = info.st_gid
        mode = info.st_mode
    }
}
