import Foundation

/// The repository that these tests are part of.
enum Repository {
    /// The folder that holds `Package.swift`.
    static let root: URL = {
        var folder = URL(filePath: #filePath).deletingLastPathComponent()
        while !FileManager.default.fileExists(atPath: folder.appending(path: "Package.swift").path), folder.path != "/"
        {
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    /// Every Swift file of `Services`, `Shared` and `Tests`.
    static let sources: [SourceFile] = files(below: ["Services", "Shared", "Tests"]) { $0.hasSuffix(".swift") }
        .compactMap { path in text(of: path).map { SourceFile(path: path, text: $0) } }

    /// Every Swift file that is not a test.
    static var productSources: [SourceFile] { sources.filter { !$0.isTest } }

    /// Paths from the root, sorted.
    static func files(below folders: [String], where isWanted: (String) -> Bool) -> [String] {
        folders.flatMap { folder -> [String] in
            let names =
                FileManager.default.enumerator(atPath: root.appending(path: folder).resolvingSymlinksInPath().path)?
                .allObjects ?? []
            return names.compactMap { $0 as? String }.map { "\(folder)/\($0)" }
        }
        .filter(isWanted).sorted()
    }

    /// The text of a file; nil when it cannot be read as UTF-8.
    static func text(of path: String) -> String? {
        try? String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The lines of a fixture without comments (`#`) and empty ones.
    static func fixture(_ name: String) -> [String] {
        (text(of: "Tests/RepositoryTests/Fixtures/\(name)") ?? "").split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }
}
