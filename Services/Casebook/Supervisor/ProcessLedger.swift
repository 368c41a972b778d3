/// Writes down which processes run, so that the next start finds them if this one is killed.
actor ProcessLedger {
    private let folder: DataFolder
    private var entries: [String: ProcessIdentity] = [:]

    init(_ folder: DataFolder) {
        self.folder = folder
    }

    /// Records a process under its name, replacing the one recorded before.
    ///
    /// - Throws: ``FileFailure``.
    func record(_ name: String, _ identity: ProcessIdentity) throws {
        entries[name] = identity
        try save()
    }

    /// Forgets a process that has ended.
    func forget(_ name: String) throws {
        entries[name] = nil
        try save()
    }

    private func save() throws { try AtomicFile.write(entries, to: folder.processes, mode: 0o600) }

    /// What is written down in a folder, by name.
    static func entries(in folder: DataFolder) throws -> [String: ProcessIdentity] {
        try AtomicFile.read([String: ProcessIdentity].self, from: folder.processes) ?? [:]
    }
}
