import Models
import Postgres
import ServiceKit

/// What tasks are parts of, and what they wait for.
struct RelationStore: Sendable {
    let database: Database

    /// The most tasks that a refusal names.
    static let namedLimit = 10

    private var changes: TaskChangeStore { TaskChangeStore(database: database) }

    // MARK: Reading

    /// One page of what a task waits for, or of what waits for it, in the order of their ids.
    ///
    /// Indexes: pk_dependency; ix_dependency_blocker.
    func page(
        _ side: DependencySide, of task: ID<TaskItem>, in workspace: ID<Workspace>, after: ID<TaskItem>?, limit: Int
    ) async throws -> ResultSet {
        let (own, other) = side.columns
        let position: SQL = after.map { "AND d.\(other) > \($0)" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT t.id, t.title, t.status
            FROM tasks.dependency AS d
            JOIN tasks.task AS t ON t.workspace_id = \(workspace) AND t.id = d.\(other)
            WHERE d.workspace_id = \(workspace) AND d.\(own) = \(task) \(position)
            ORDER BY d.\(other)
            LIMIT \(Int64(limit) + 1)
            """)
    }

    // MARK: Parts

    /// Adds a task under its parent, with its activity and its key.
    ///
    /// - Throws: ``Problem`` 422 for a parent that is not there, 409 when there is no room under it; ``PostgresError``.
    func add(_ task: TaskItem, under parent: ID<TaskItem>, answer: StoredAnswer, _ context: WriteContext) async throws {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let row = try await lockParent(parent, tx, context)
            try await TaskTies(tx, context).lockStructure()
            try await TaskStructure(tx, context).expectRoom(for: nil, under: row)
            try await TaskStore(database: database).add([task], answer: answer, tx, context)
            try await TaskTies(tx, context).count(total: 1, open: 1, in: parent)
        }
    }

    /// Makes a task a part of another, or of none.
    ///
    /// - Throws: ``Problem`` 404, 412, 422 for a parent that is not there, 409 for a circle or where there is no room;
    ///   ``PostgresError``.
    func setParent(
        of task: ID<TaskItem>, to parent: ID<TaskItem>?, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        for _ in 1...TaskTies.tries {
            let old = try await parentOf(task, context)
            let answer: StoredAnswer? = try await database.transaction(in: .workspace(context.workspace)) { tx in
                let ties = TaskTies(tx, context)
                try await ties.lock(Set([task, old, parent].compactMap(\.self)))
                let row = try await changes.lock(task, expecting: version, tx, context)
                guard row.task.parentID == old else { return nil }
                guard row.task.parentID != parent else { return try await changes.write(nil, of: row, tx, context) }
                if let parent { try await check(row.task, under: parent, tx, context) }
                var after = row.task.changed(at: context.now)
                after.parentID = parent
                let answer = try await changes.write(
                    TaskDecision(task: after, verb: .updated), of: row, tx, context)
                let open: Int64 = after.status.isEnded ? 0 : 1
                if let old { try await ties.count(total: -1, open: -open, in: old) }
                if let parent { try await ties.count(total: 1, open: open, in: parent) }
                return answer
            }
            if let answer { return answer }
        }
        throw TaskTies.changed
    }

    private func check(
        _ task: TaskItem, under parent: ID<TaskItem>, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        let row = try await lockParent(parent, tx, context)
        try await TaskTies(tx, context).lockStructure()
        let structure = TaskStructure(tx, context)
        try await structure.expectOrder(task.id, before: parent)
        try await structure.expectRoom(for: task.id, under: row)
    }

    private func lockParent(
        _ parent: ID<TaskItem>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> TaskRow {
        do {
            return try await changes.lock(parent, tx, context)
        } catch let problem as Problem where problem.code == .notFound {
            throw RelationProblems.unknownParent
        }
    }

    private func parentOf(_ task: ID<TaskItem>, _ context: WriteContext) async throws -> ID<TaskItem>? {
        let result = try await database.query(
            .point, in: .workspace(context.workspace),
            "SELECT t.parent_id FROM tasks.task AS t WHERE t.workspace_id = \(context.workspace) AND t.id = \(task)")
        guard result.count > 0 else { return nil }
        return try result.value("parent_id", as: ID<TaskItem>?.self)
    }

    // MARK: Waiting

    /// Lets a task wait for another; nothing changes when it does.
    ///
    /// - Throws: ``Problem`` 404 for either, 412, 409 for a circle or one too many; ``PostgresError``.
    func addBlocker(
        _ path: BlockerPath, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let (row, blocker) = try await lockBoth(path, expecting: version, tx, context)
            let state = try await counts(path, tx, context)
            guard try !state.value("waits", as: Bool.self) else {
                return try await changes.write(nil, of: row, tx, context)
            }
            guard try state.value("blockers", as: Int64.self) < Int64(TaskStructure.blockerLimit) else {
                throw RelationProblems.tooManyBlockers
            }
            guard try state.value("blocked", as: Int64.self) < Int64(TaskStructure.blockingLimit) else {
                throw RelationProblems.tooManyBlocked
            }
            try await TaskTies(tx, context).lockStructure()
            try await TaskStructure(tx, context).expectOrder(path.blockerID, before: path.id)
            _ = try await tx.query(
                """
                INSERT INTO tasks.dependency (workspace_id, task_id, blocker_id, created_at)
                VALUES (\(context.workspace), \(path.id), \(path.blockerID), \(context.now))
                """)
            return try await tie(row, to: blocker, by: 1, tx, context)
        }
    }

    /// Lets a task wait for another no more.
    ///
    /// - Throws: ``Problem`` 404 when it does not, 412; ``PostgresError``.
    func removeBlocker(
        _ path: BlockerPath, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let (row, blocker) = try await lockBoth(path, expecting: version, tx, context)
            let gone = try await tx.query(
                """
                DELETE FROM tasks.dependency
                WHERE workspace_id = \(context.workspace) AND task_id = \(path.id) AND blocker_id = \(path.blockerID)
                RETURNING blocker_id
                """)
            guard gone.count > 0 else { throw Problem.notFound("blocker") }
            return try await tie(row, to: blocker, by: -1, tx, context)
        }
    }

    private func lockBoth(
        _ path: BlockerPath, expecting version: Int64?, _ tx: Transaction, _ context: WriteContext
    ) async throws -> (TaskRow, TaskItem) {
        try await TaskTies(tx, context).lock([path.id, path.blockerID])
        let row = try await changes.lock(path.id, expecting: version, tx, context)
        return (row, try await changes.lock(path.blockerID, tx, context).task)
    }

    /// Writes that a task waits for one more, or for one less; the answer shows what it waits for then.
    private func tie(
        _ row: TaskRow, to blocker: TaskItem, by change: Int64, _ tx: Transaction, _ context: WriteContext
    ) async throws -> StoredAnswer {
        let open = blocker.status.isEnded ? 0 : change
        var after = row.task.changed(at: context.now)
        let result = try await tx.query(
            """
            UPDATE tasks.task AS t SET open_blocker_count = t.open_blocker_count + \(open)
            WHERE t.workspace_id = \(context.workspace) AND t.id = \(row.task.id)
            RETURNING t.open_blocker_count > 0 AS is_blocked
            """)
        after.isBlocked = try result.value("is_blocked", as: Bool.self)
        let (old, new): (ID<TaskItem>?, ID<TaskItem>?) = change > 0 ? (nil, blocker.id) : (blocker.id, nil)
        let detail = JSONValue.Member.ids("blocker_id", from: old, to: new)
        return try await changes.write(
            TaskDecision(task: after, verb: change > 0 ? .blockerAdded : .blockerRemoved, details: [detail]),
            of: row, tx, context)
    }

    private func counts(_ path: BlockerPath, _ tx: Transaction, _ context: WriteContext) async throws -> ResultSet {
        try await tx.query(
            """
            SELECT
                EXISTS (
                    SELECT FROM tasks.dependency AS d
                    WHERE d.workspace_id = \(context.workspace) AND d.task_id = \(path.id)
                      AND d.blocker_id = \(path.blockerID)) AS waits,
                (SELECT count(*) FROM tasks.dependency AS d
                    WHERE d.workspace_id = \(context.workspace) AND d.task_id = \(path.id)) AS blockers,
                (SELECT count(*) FROM tasks.dependency AS d
                    WHERE d.workspace_id = \(context.workspace) AND d.blocker_id = \(path.blockerID)) AS blocked
            """)
    }
}

/// From which side a dependency is looked at.
enum DependencySide {
    /// What a task waits for.
    case blockers
    /// What waits for a task.
    case blocking

    /// The column of the task itself, and that of the others.
    fileprivate var columns: (own: SQL, other: SQL) {
        switch self {
        case .blockers: ("task_id", "blocker_id")
        case .blocking: ("blocker_id", "task_id")
        }
    }
}

extension ActivityVerb {
    /// The task waits for another.
    static let blockerAdded = ActivityVerb(rawValue: "blocker_added")
    /// The task waits for another no more.
    static let blockerRemoved = ActivityVerb(rawValue: "blocker_removed")
}
