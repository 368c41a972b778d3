import Models
import ServiceKit

/// Which kinds of record a caller sees changes of: those that it may read.
///
/// A kind that is not listed is seen by nobody.
struct VisibleKinds: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let workspace = VisibleKinds(rawValue: 1)
    static let customers = VisibleKinds(rawValue: 2)
    static let tickets = VisibleKinds(rawValue: 4)
    static let tasks = VisibleKinds(rawValue: 8)

    /// The kinds of `core.activity` by what reading them needs; a test compares them with the services' own.
    ///
    /// A reminder is its owner's alone, and a stream does not know whose a record is: nobody is told of one.
    static let all: [String: VisibleKinds] = [
        "workspace": .workspace, "user": .workspace, "team": .workspace, "skill": .workspace,
        "availability": .workspace,
        "individual": .customers, "organization": .customers,
        "ticket": .tickets, "ticket_category": .tickets, "ticket_setting": .tickets,
        "task": .tasks, "task_kind": .tasks, "project": .tasks, "task_template": .tasks, "task_series": .tasks,
        "reminder": [],
    ]

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// What somebody with some permissions sees.
    init(_ permissions: Set<Permission>) {
        var kinds: VisibleKinds = []
        if permissions.contains(.workspaceRead) { kinds.insert(.workspace) }
        if permissions.contains(.customersRead) { kinds.insert(.customers) }
        if permissions.contains(.ticketsRead) { kinds.insert(.tickets) }
        if permissions.contains(.tasksRead) { kinds.insert(.tasks) }
        self = kinds
    }

    /// Whether a change of a kind of record is seen.
    func sees(_ kind: String) -> Bool {
        Self.all[kind].map { !$0.isEmpty && contains($0) } ?? false
    }
}
