import Foundation

/// Decides where the data folder lies.
///
/// `CASEBOOK_HOME` wins. Otherwise it is `.casebook` in the clone, that is beside the nearest `Package.swift` above the
/// executable, or in the current folder for an executable that was installed elsewhere. When PostgreSQL runs as another
/// user who cannot reach that, the folder moves to `/var/lib/casebook`, under a name that is the clone's own.
struct DataFolderChoice: Sendable {
    /// Value of `CASEBOOK_HOME`, if it is set.
    var home: String?
    /// Path of this executable, symbolic links resolved.
    var executable: String
    var currentFolder: String
    /// Whether there is a file at a path.
    var fileExists: @Sendable (String) -> Bool
    /// Whether PostgreSQL's user reaches a path; nil when PostgreSQL runs as this user.
    var isReachable: (@Sendable (String) -> Bool)?

    /// The chosen folder.
    ///
    /// - Throws: ``UnreachableFolder`` when `CASEBOOK_HOME` names one that PostgreSQL's user cannot reach.
    func folder() throws(UnreachableFolder) -> (folder: DataFolder, moved: Bool) {
        if let home, !home.isEmpty {
            let path = absolute(home)
            guard isReachable?(path) ?? true else { throw UnreachableFolder(path: path) }
            return (DataFolder(path: path), false)
        }
        let clone = clone ?? currentFolder
        let usual = "\(clone == "/" ? "" : clone)/.casebook"
        if isReachable?(usual) ?? true { return (DataFolder(path: usual), false) }
        return (DataFolder(path: "/var/lib/casebook/\(Self.name(of: clone))"), true)
    }

    private var clone: String? {
        var folder = URL(filePath: executable).deletingLastPathComponent()
        while folder.path != "/" {
            if fileExists("\(folder.path)/Package.swift") { return folder.path }
            folder.deleteLastPathComponent()
        }
        return nil
    }

    private func absolute(_ path: String) -> String {
        let full = path.hasPrefix("/") ? path : "\(currentFolder)/\(path)"
        return URL(filePath: full).standardizedFileURL.path
    }

    /// The clone's last path component and a hash of its whole path (FNV-1a, 64 bits), so that two clones differ.
    static func name(of clone: String) -> String {
        let hash = clone.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let last = clone.split(separator: "/").last.map(String.init) ?? "root"
        return "\(last)-\(String(hash, radix: 16))"
    }
}

/// A data folder that PostgreSQL's user cannot get to.
struct UnreachableFolder: Error, CustomStringConvertible {
    let path: String

    var description: String {
        "CASEBOOK_HOME is \(path), but PostgreSQL runs as the user postgres, who may not enter a folder on that path. "
            + "Name a folder below one that everybody may enter, such as /var/lib/casebook, or start Casebook as an "
            + "ordinary user"
    }
}
