import Models
import Postgres
import ServiceKit

/// The checklist of one task whose lock the transaction has.
///
/// Every statement asks by ix_checklist_entry_task or pk_checklist_entry.
struct LockedChecklist: Sendable {
    private let tx: Transaction
    private let task: ID<TaskItem>
    private let context: WriteContext
    private var workspace: ID<Workspace> { context.workspace }

    /// Works in the transaction that has the task's lock.
    init(_ tx: Transaction, task: ID<TaskItem>, _ context: WriteContext) {
        self.tx = tx
        self.task = task
        self.context = context
    }

    /// One entry.
    ///
    /// - Throws: ``Problem`` 404; ``PostgresError``.
    func entry(_ id: ID<ChecklistEntry>) async throws -> ChecklistRow {
        let row = try await tx.first(
            """
            SELECT e.id, e.place, e.text, e.is_done, p.id AS done_by_id, p.name AS done_by_name, e.done_at, e.created_at
            FROM tasks.checklist_entry AS e
            LEFT JOIN identity.person AS p ON p.workspace_id = \(workspace) AND p.id = e.done_by_id
            WHERE e.workspace_id = \(workspace) AND e.id = \(id) AND e.task_id = \(task)
            """, as: ChecklistRow.self)
        guard let row else { throw Problem.notFound("checklist entry") }
        return row
    }

    /// The entry that stands before another; `nil` when that is the first.
    func predecessor(of entry: ChecklistRow) async throws -> ID<ChecklistEntry>? {
        let result = try await tx.query(
            """
            SELECT e.id FROM tasks.checklist_entry AS e
            WHERE e.workspace_id = \(workspace) AND e.task_id = \(task) AND e.place < \(entry.place)
            ORDER BY e.place DESC
            LIMIT 1
            """)
        guard result.count > 0 else { return nil }
        return try result.value("id", as: ID<ChecklistEntry>.self)
    }

    /// The place where a new entry stands; those behind it move on.
    ///
    /// - Throws: ``Problem`` 422 for an entry to stand behind that is not there; ``PostgresError``.
    func makeRoom(_ after: Patch<ID<ChecklistEntry>>) async throws -> Int64 {
        guard after.isPresent else {
            let result = try await tx.query(
                """
                SELECT COALESCE(max(e.place), 0) + 1 AS place FROM tasks.checklist_entry AS e
                WHERE e.workspace_id = \(workspace) AND e.task_id = \(task)
                """)
            return try result.value("place", as: Int64.self)
        }
        let place = try await place(of: after.value) + 1
        _ = try await tx.query(
            """
            UPDATE tasks.checklist_entry SET place = place + 1
            WHERE workspace_id = \(workspace) AND task_id = \(task) AND place >= \(place)
            """)
        return place
    }

    /// Adds an entry.
    func insert(_ id: ID<ChecklistEntry>, _ text: String, isDone: Bool, at place: Int64) async throws {
        _ = try await tx.query(
            """
            INSERT INTO tasks.checklist_entry (
                workspace_id, id, task_id, place, text, is_done, done_by_id, done_at, created_at)
            VALUES (\(workspace), \(id), \(task), \(place), \(text), \(isDone), \(isDone ? person : nil),
                \(isDone ? context.now : nil), \(context.now))
            """)
    }

    /// Writes what an entry says; who did it and when stay while it is done.
    func update(_ id: ID<ChecklistEntry>, _ text: String, isDone: Bool, from before: ChecklistEntry) async throws {
        let isTicked = isDone && !before.isDone
        _ = try await tx.query(
            """
            UPDATE tasks.checklist_entry
            SET text = \(text), is_done = \(isDone),
                done_by_id = CASE WHEN \(isTicked) THEN \(person) WHEN \(isDone) THEN done_by_id END,
                done_at = CASE WHEN \(isTicked) THEN \(context.now) WHEN \(isDone) THEN done_at END
            WHERE workspace_id = \(workspace) AND id = \(id)
            """)
    }

    /// Puts an entry behind another, or first; those behind it move on.
    ///
    /// - Throws: ``Problem`` 422 for an entry to stand behind that is not there; ``PostgresError``.
    func move(_ id: ID<ChecklistEntry>, behind other: ID<ChecklistEntry>?) async throws {
        let place = try await place(of: other) + 1
        _ = try await tx.query(
            """
            UPDATE tasks.checklist_entry
            SET place = CASE WHEN id = \(id) THEN \(place) ELSE place + 1 END
            WHERE workspace_id = \(workspace) AND task_id = \(task) AND (place >= \(place) OR id = \(id))
            """)
    }

    /// Takes an entry off; whether it was done.
    ///
    /// - Throws: ``Problem`` 404; ``PostgresError``.
    func delete(_ id: ID<ChecklistEntry>) async throws -> Bool {
        let result = try await tx.query(
            """
            DELETE FROM tasks.checklist_entry
            WHERE workspace_id = \(workspace) AND id = \(id) AND task_id = \(task)
            RETURNING is_done
            """)
        guard result.count > 0 else { throw Problem.notFound("checklist entry") }
        return try result.value("is_done", as: Bool.self)
    }

    private var person: ID<User>? {
        if case .user(let id) = context.actor { id } else { nil }
    }

    private func place(of id: ID<ChecklistEntry>?) async throws -> Int64 {
        guard let id else { return 0 }
        do {
            return try await entry(id).place
        } catch is Problem {
            throw Problem.invalidBody([FieldError("/after", .notFound, "is no entry of this checklist")])
        }
    }
}

/// An entry as the table holds it, with the name of whoever did it.
struct ChecklistRow: PostgresRow {
    static let columns = [
        "id", "place", "text", "is_done", "done_by_id", "done_by_name", "done_at", "created_at",
    ]
    /// Where it stands: places have gaps.
    let place: Int64
    let entry: ChecklistEntry

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        place = try row.decode("place")
        let (id, name): (ID<User>?, String?) = (try row.decode("done_by_id"), try row.decode("done_by_name"))
        let person: NamedUser? = if let id, let name { NamedUser(id: id, name: name) } else { nil }
        entry = ChecklistEntry(
            id: try row.decode("id"), text: try row.decode("text"), isDone: try row.decode("is_done"),
            done: (by: person, at: try row.decode("done_at")), createdAt: try row.decode("created_at"))
    }
}
