import Models

/// A stretch of the stream, by workspace: what of it is taken in this turn, and which workspaces it leaves behind.
struct StreamWindow: Sendable {
    /// The workspaces in the order of their first entries.
    let workspaces: [ID<Workspace>]
    /// The workspaces with more entries than are taken, each with the last entry that is.
    let overfull: [(workspace: ID<Workspace>, last: StreamPosition)]
    private let taken: [ID<Workspace>: [ActivityEntry]]

    init(_ entries: [ActivityEntry], rowsAWorkspace limit: Int) {
        var order: [ID<Workspace>] = []
        var taken: [ID<Workspace>: [ActivityEntry]] = [:]
        var overfull: Set<ID<Workspace>> = []
        for entry in entries {
            let count = taken[entry.workspace]?.count ?? 0
            if count == 0 { order.append(entry.workspace) }
            if count < limit {
                taken[entry.workspace, default: []].append(entry)
            } else {
                overfull.insert(entry.workspace)
            }
        }
        workspaces = order
        self.taken = taken
        self.overfull = order.compactMap { workspace in
            guard overfull.contains(workspace), let last = taken[workspace]?.last else { return nil }
            return (workspace, last.position)
        }
    }

    /// What is handed to the handler: the wanted entries of each workspace that has any.
    func batches(_ wants: (ActivityEntry) -> Bool) -> [ActivityBatch] {
        workspaces.compactMap { workspace in
            let wanted = (taken[workspace] ?? []).filter(wants)
            return wanted.isEmpty ? nil : ActivityBatch(workspace: workspace, entries: wanted)
        }
    }
}
