import Foundation

@testable import Casebook

/// A folder of a test's own, removed with everything in it when the test lets go of it.
final class TemporaryFolder: Sendable {
    let path: String

    /// The folder as a data folder.
    var data: DataFolder { DataFolder(path: path) }

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "casebook-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension Launch {
    /// A line of shell with its output in a file of the folder.
    static func shell(_ line: String, in folder: TemporaryFolder, input: Input = .nothing) -> Launch {
        Launch(
            executable: "/bin/sh", arguments: ["-c", line], environment: ["PATH": "/usr/bin:/bin"],
            log: "\(folder.path)/shell.log", input: input)
    }
}
