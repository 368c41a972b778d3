import Models
import Postgres
import ServiceKit

/// The order of tasks on a project's board.
///
/// Who places a task locks the project first and then the task: so a gap between two ranks is filled by one at a time,
/// no two tasks get the same rank, and no two placements wait for each other in a circle.
struct BoardStore: Sendable {
    let database: Database

    /// The most tasks that get new ranks when a gap has become narrow.
    static let spreadLimit = 800

    /// One page of a column.
    ///
    /// Index: ix_task_board.
    func column(
        _ status: TaskStatus, of project: ID<Project>, in workspace: ID<Workspace>,
        after place: (String, ID<TaskItem>)?,
        limit: Int
    ) async throws -> ResultSet {
        let position: SQL = place.map { "AND (t.board_rank, t.id) > (\($0.0) COLLATE \"C\", \($0.1))" } ?? ""
        return try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(TaskColumns.summary), t.board_rank AS _board_rank, t.id AS _id
            FROM tasks.task AS t
            WHERE t.workspace_id = \(workspace) AND t.project_id = \(project) AND t.status = \(status) \(position)
            ORDER BY t.board_rank, t.id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// Puts a task where it is asked for.
    ///
    /// - Throws: ``Problem`` 404, 409 or 412; ``TaskRuleViolation`` or ``TaskRefusals``; ``PostgresError``.
    func place(
        _ task: ID<TaskItem>, _ request: PlaceTask, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        let changes = TaskChangeStore(database: database)
        return try await database.transaction(in: .workspace(context.workspace)) { tx in
            let target = try await target(of: task, request, tx, context)
            let ties = TaskTies(tx, context)
            var locked: Set<ID<TaskItem>>?
            if request.status != nil { locked = try await ties.lock(around: task) }
            let row = try await changes.lock(task, expecting: version, tx, context)
            if let locked, try await !ties.around(task).isSubset(of: locked) { throw TaskTies.changed }
            guard request.projectID.isPresent || row.task.projectID == target else {
                throw Problem(.conflict, "The task came to another project just now: read it again.")
            }
            let decision = try await decision(about: row.task, request, in: target, tx, context)
            let answer = try StoredAnswer(decision?.task ?? row.task, labelRevision: row.labelRevision)
            if let decision {
                try await changes.save(decision, before: row.task, answer, tx, context)
            } else {
                try await context.keep(answer, in: tx)
            }
            return answer
        }
    }

    // MARK: Steps

    /// The project in which the task will be, locked; `nil` when in none.
    private func target(
        of task: ID<TaskItem>, _ request: PlaceTask, _ tx: Transaction, _ context: WriteContext
    ) async throws -> ID<Project>? {
        var target = request.projectID.value
        if !request.projectID.isPresent {
            let result = try await tx.query(
                """
                SELECT t.project_id FROM tasks.task AS t
                WHERE t.workspace_id = \(context.workspace) AND t.id = \(task)
                """)
            guard result.count > 0 else { throw Problem.notFound("task") }
            target = try result.value("project_id", as: ID<Project>?.self)
        }
        guard let target else { return nil }
        do {
            let project = try await ProjectStore(database: database).lock(target, tx, context)
            if request.projectID.isPresent, project.status != .active { throw TaskRuleViolation.projectIsNotActive }
        } catch let problem as Problem where problem.code == .notFound && request.projectID.isPresent {
            throw TaskRuleViolation.unknownProject
        }
        return target
    }

    private func decision(
        about task: TaskItem, _ request: PlaceTask, in target: ID<Project>?, _ tx: Transaction,
        _ context: WriteContext
    ) async throws -> TaskDecision? {
        var after = task
        after.projectID = target
        if task.projectID != target { after.milestoneID = nil }
        if request.milestoneID.isPresent { after.milestoneID = request.milestoneID.value }
        if after.milestoneID != nil, after.milestoneID != task.milestoneID || task.projectID != target {
            try await check(after.milestoneID, of: target, tx, context)
        }
        var moved = false
        if let move = request.status.map({ TaskMove(request: MoveTask(status: $0)) }),
            let next = try move.applied(to: after, at: context.now)
        {
            _ = try await MoveObstacles(tx, context).check(move, of: task)
            (after, moved) = (next, true)
        }
        let rank = try await rank(of: task, request, in: target, tx, context)
        let isSame = after.projectID == task.projectID && after.milestoneID == task.milestoneID
        guard moved || rank != nil || !isSame else { return nil }
        if !moved { after = after.changed(at: context.now) }
        return TaskDecision(task: after, verb: .placed, rank: rank)
    }

    private func check(
        _ milestone: ID<Milestone>?, of project: ID<Project>?, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        let result = try await tx.query(
            """
            SELECT m.id FROM tasks.milestone AS m
            WHERE m.workspace_id = \(context.workspace) AND m.project_id = \(project) AND m.id = \(milestone)
            """)
        if result.count == 0 { throw TaskRuleViolation.unknownMilestone }
    }

    /// The rank that the task gets; `nil` when it keeps its own, or has none.
    private func rank(
        of task: TaskItem, _ request: PlaceTask, in target: ID<Project>?, _ tx: Transaction, _ context: WriteContext
    ) async throws -> BoardRank? {
        guard let target else {
            if request.after.isPresent { throw TaskRuleViolation.placeWithoutProject }
            return nil
        }
        guard request.after.isPresent else {
            guard task.projectID != target else { return nil }
            return .between(try await last(in: target, tx, context), nil)
        }
        var lower: BoardRank?
        if let neighbour = request.after.value {
            lower = neighbour == task.id ? nil : try await rank(of: neighbour, in: target, tx, context)
            if lower == nil { throw TaskRuleViolation.unknownNeighbour }
        }
        let upper = try await next(after: lower, but: task.id, in: target, tx, context)
        let rank = BoardRank.between(lower, upper)
        guard rank.text.utf8.count > BoardRank.comfortableLength else { return rank }
        return try await spread(after: lower, but: task.id, in: target, tx, context)
    }

    private func rank(
        of task: ID<TaskItem>, in project: ID<Project>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> BoardRank? {
        try await tx.first(
            """
            SELECT t.board_rank FROM tasks.task AS t
            WHERE t.workspace_id = \(context.workspace) AND t.id = \(task) AND t.project_id = \(project)
            """, as: RankRow.self)?.rank
    }

    private func last(
        in project: ID<Project>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> BoardRank? {
        try await tx.first(
            """
            SELECT t.board_rank FROM tasks.task AS t
            WHERE t.workspace_id = \(context.workspace) AND t.project_id = \(project)
            ORDER BY t.board_rank DESC, t.id DESC
            LIMIT 1
            """, as: RankRow.self)?.rank
    }

    /// The first rank behind a place, but for the task that is moved.
    ///
    /// Index: ix_task_board_place.
    private func next(
        after lower: BoardRank?, but task: ID<TaskItem>, in project: ID<Project>, _ tx: Transaction,
        _ context: WriteContext
    ) async throws -> BoardRank? {
        try await tx.first(
            """
            SELECT t.board_rank FROM tasks.task AS t
            WHERE t.workspace_id = \(context.workspace) AND t.project_id = \(project)
              AND t.board_rank > \(lower?.text ?? "") COLLATE "C" AND t.id <> \(task)
            ORDER BY t.board_rank, t.id
            LIMIT 1
            """, as: RankRow.self)?.rank
    }

    /// Gives the tasks behind a place new ranks, evenly apart, and returns the one that is free before them.
    ///
    /// The gap has become so narrow that its ranks are long. No record changes by it but in where it stands. Who enters
    /// the project or moves on its board waits for the project's lock, but who leaves it does not: so those that are
    /// still there are locked, in the order of their ids, before they get ranks.
    private func spread(
        after lower: BoardRank?, but task: ID<TaskItem>, in project: ID<Project>, _ tx: Transaction,
        _ context: WriteContext
    ) async throws -> BoardRank {
        let rows = try await tx.query(
            """
            SELECT t.id, t.board_rank FROM tasks.task AS t
            WHERE t.workspace_id = \(context.workspace) AND t.project_id = \(project)
              AND t.board_rank > \(lower?.text ?? "") COLLATE "C" AND t.id <> \(task)
            ORDER BY t.board_rank, t.id
            LIMIT \(Int64(Self.spreadLimit) + 1)
            """, as: PlacedRow.self)
        let upper = rows.count > Self.spreadLimit ? rows.last?.rank : nil
        let here = Set(
            try await tx.query(
                """
                SELECT t.id, t.board_rank
                FROM unnest(\(rows.prefix(Self.spreadLimit).map(\.id))) AS n (id)
                JOIN tasks.task AS t ON t.workspace_id = \(context.workspace) AND t.id = n.id
                WHERE t.project_id = \(project)
                ORDER BY t.id
                FOR NO KEY UPDATE OF t
                """, as: PlacedRow.self
            ).map(\.id))
        let moved = rows.prefix(Self.spreadLimit).filter { here.contains($0.id) }
        let ranks = BoardRank.spread(moved.count + 1, between: lower, upper)
        _ = try await tx.query(
            """
            UPDATE tasks.task AS t
            SET board_rank = n.rank
            FROM unnest(\(moved.map(\.id)), \(ranks.dropFirst().map(\.text))) AS n (id, rank)
            WHERE t.workspace_id = \(context.workspace) AND t.id = n.id AND t.project_id = \(project)
            """)
        return ranks[0]
    }
}

/// A rank as the table holds it.
private struct RankRow: PostgresRow {
    static let columns = ["board_rank"]
    let rank: BoardRank?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        rank = (try row.decode("board_rank", as: String?.self)).map { BoardRank(text: $0) }
    }
}

/// A task and its rank.
private struct PlacedRow: PostgresRow {
    static let columns = ["id", "board_rank"]
    let id: ID<TaskItem>
    let rank: BoardRank

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
        rank = BoardRank(text: try row.decode("board_rank"))
    }
}

extension ActivityVerb {
    /// A task came to another place of a board, or to another project.
    static let placed = ActivityVerb(rawValue: "placed")
}
