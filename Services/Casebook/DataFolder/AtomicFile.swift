import Foundation
import Glibc

/// Small files that are either the old or the new one after any crash, and never half of one.
enum AtomicFile {
    /// Writes the bytes to a file beside `path`, flushes it, renames it over `path` and flushes the folder.
    ///
    /// - Throws: ``FileFailure`` when any of it fails; the old file stands then.
    static func write(_ data: Data, to path: String, mode: mode_t) throws {
        let temporary = "\(path).new"
        unlink(temporary)
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard file >= 0 else { throw FileFailure(path: temporary, errno: errno) }
        defer { close(file) }
        try data.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard count > 0 else { throw FileFailure(path: temporary, errno: errno) }
                rest = rest.dropFirst(count)
            }
        }
        guard fsync(file) == 0, rename(temporary, path) == 0 else { throw FileFailure(path: path, errno: errno) }
        try flushFolder(of: path)
    }

    /// Encodes a value as JSON with sorted keys and writes it.
    static func write(_ value: some Encodable, to path: String, mode: mode_t) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try write(encoder.encode(value) + Data("\n".utf8), to: path, mode: mode)
    }

    /// Reads a value written by ``write(_:to:mode:)``; nil when there is no such file.
    ///
    /// - Throws: ``UnreadableFile`` when there is one that cannot be read as this value.
    static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw UnreadableFile(path: path)
        }
    }

    private static func flushFolder(of path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw FileFailure(path: folder, errno: errno) }
        defer { close(handle) }
        guard fsync(handle) == 0 else { throw FileFailure(path: folder, errno: errno) }
    }
}

/// A file or folder the system refused.
struct FileFailure: Error, CustomStringConvertible {
    let path: String
    let errno: Int32

    var description: String { "\(path): \(String(cString: strerror(errno)))" }
}

/// A file of the data folder whose content is not what was written there.
struct UnreadableFile: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "\(path) cannot be read. It was changed by hand or the disk lost it; restore it from a backup of the folder"
    }
}
