import Foundation
import Glibc
import Synchronization

/// The right to run from a data folder: held by one supervisor at a time, released by the kernel when it ends,
/// however that happens (flock(2)).
final class FolderLock: Sendable {
    private let file: Int32
    private let isReleased = Mutex(false)

    /// Takes the lock.
    ///
    /// - Throws: ``AlreadyRunning`` when another process holds it, ``FileFailure`` when the file cannot be opened.
    init(_ folder: DataFolder) throws {
        let file = open(folder.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileFailure(path: folder.lock, errno: errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(file)
            guard reason == EWOULDBLOCK else { throw FileFailure(path: folder.lock, errno: reason) }
            throw AlreadyRunning(folder: folder, pid: Self.holder(of: folder))
        }
        self.file = file
        ftruncate(file, 0)
        let pid = "\(getpid())\n"
        _ = pid.withCString { write(file, $0, strlen($0)) }
    }

    deinit { release() }

    /// Lets the next start go on; the kernel does so too when this process ends.
    func release() {
        isReleased.withLock { isReleased in
            if !isReleased { close(file) }
            isReleased = true
        }
    }

    /// The process id the holder wrote; nil when the file is missing or empty.
    ///
    /// Says nothing about who runs now.
    static func holder(of folder: DataFolder) -> Int32? {
        (try? String(contentsOfFile: folder.lock, encoding: .utf8))
            .flatMap { Int32($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Whether a supervisor holds the lock now.
    static func isHeld(in folder: DataFolder) -> Bool {
        let file = open(folder.lock, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        return flock(file, LOCK_EX | LOCK_NB) != 0
    }
}

/// A second start from one data folder.
struct AlreadyRunning: Error, CustomStringConvertible {
    let folder: DataFolder
    let pid: Int32?

    var description: String {
        let holder = pid.map { " (process \($0))" } ?? ""
        let stop = pid.map { ", or with: kill \($0)" } ?? ""
        return "Casebook already runs from \(folder.path)\(holder). Stop it with Ctrl-C where it runs\(stop)"
    }
}
