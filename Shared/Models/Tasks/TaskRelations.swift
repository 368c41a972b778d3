/// How many parts a task has.
package struct SubtaskCounts: Codable, Hashable, Sendable {
    /// All of them, at most 200.
    package let total: Int
    /// Those that are neither completed nor cancelled.
    package let open: Int

    /// Takes the figures.
    package init(total: Int, open: Int) {
        self.total = total
        self.open = open
    }
}

/// A task as others name it.
package struct TaskCard: Codable, Hashable, Sendable {
    /// The task's id.
    package let id: ID<TaskItem>
    /// What is to be done, in one line.
    package let title: String
    /// Where it stands.
    package let status: TaskStatus

    /// Names a task.
    package init(id: ID<TaskItem>, title: String, status: TaskStatus) {
        self.id = id
        self.title = title
        self.status = status
    }
}

/// Makes a task a part of another, or of none.
package struct SetTaskParent: Codable, Sendable {
    /// The task of which it becomes a part; `null` makes it stand by itself.
    package let parentID: Nullable<ID<TaskItem>>
}

/// A task and one that must end before it.
package struct BlockerPath: Codable, Sendable {
    /// The id of the task that waits.
    package let id: ID<TaskItem>
    /// The id of the task that it waits for.
    package let blockerID: ID<TaskItem>
}

extension Problem.Code {
    /// Parts of the task are still open.
    package static let openSubtasks = Problem.Code("open_subtasks", 409, "Parts of it are still open")
    /// The task waits for others that have not ended.
    package static let blocked = Problem.Code("blocked", 409, "It waits for other tasks")
    /// A task would have to end before itself.
    package static let dependencyCycle = Problem.Code(
        "dependency_cycle", 409, "A task would have to end before itself")
}

/// The operations on what tasks have to do with each other.
package enum TaskRelations {
    package static let setParent = Endpoint<IDPath<TaskItem>, NoQuery, SetTaskParent, TaskItem>(
        .post, "/v1/tasks/{id}/parent", "tasks.set_parent", .needs(.tasksWrite),
        "Makes a task a part of another, or of none: at most 5 levels deep, 200 parts a task, and in no circle.",
        problems: [.dependencyCycle, .conflict, .versionMismatch])
    package static let blockers = Endpoint<IDPath<TaskItem>, PageQuery, NoBody, Page<TaskCard>>(
        .get, "/v1/tasks/{id}/blockers", "tasks.blockers", .needs(.tasksRead),
        "The tasks that must end before it, oldest first, those that have ended too.", problems: [.invalidCursor])
    package static let blocking = Endpoint<IDPath<TaskItem>, PageQuery, NoBody, Page<TaskCard>>(
        .get, "/v1/tasks/{id}/blocking", "tasks.blocking", .needs(.tasksRead),
        "The tasks that wait for it, oldest first.", problems: [.invalidCursor])
    package static let addBlocker = Endpoint<BlockerPath, NoQuery, NoBody, TaskItem>(
        .put, "/v1/tasks/{id}/blockers/{blocker_id}", "tasks.add_blocker", .needs(.tasksWrite),
        "Lets a task wait for another, at most for 50; nothing changes when it does already.",
        problems: [.dependencyCycle, .conflict, .versionMismatch])
    package static let removeBlocker = Endpoint<BlockerPath, NoQuery, NoBody, TaskItem>(
        .delete, "/v1/tasks/{id}/blockers/{blocker_id}", "tasks.remove_blocker", .needs(.tasksWrite),
        "Lets a task wait for another no more.", problems: [.versionMismatch])

    /// The operations.
    static let contracts: [Contract] = [
        setParent.contract, blockers.contract, blocking.contract, addBlocker.contract, removeBlocker.contract,
    ]
}
