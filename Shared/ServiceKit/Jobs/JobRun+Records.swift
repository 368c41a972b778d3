import Models
import Postgres

extension JobRun {
    // MARK: Forwards

    /// Looks at the next records that the filter means; whether the first of them is somebody else's just now.
    func advance(_ row: inout JobRow, _ turn: JobTurn, limit: Int) async throws -> Bool {
        if row.job.status == .queued { (row.job.status, row.job.startedAt) = (.running, turn.asker.now) }
        let order = try WireJSON.decode(Work.Order.self, from: row.ordered)
        // What a filter says of the time, it says of the time of the order.
        let asker = turn.asker.at(row.job.createdAt)
        let conditions = SQL.joined(work.conditions(of: order, by: asker) + ["true"], by: " AND ")
        let next = try await turn.transaction.query(
            """
            SELECT t.id FROM \(work.table) AS t
            WHERE t.workspace_id = \(turn.asker.workspace) AND \(conditions)
              AND t.id > \(row.position) AND t.id <= \(row.through)
            ORDER BY t.id
            LIMIT \(Int64(limit))
            """, as: SubjectRow.self
        ).map(\.id)
        guard !next.isEmpty else {
            row.end(.completed, at: turn.asker.now)
            return false
        }
        let held = try await hold(next, conditions, turn)
        guard let last = held.last else { return true }
        let wanted = held.records.filter(\.isWanted).map(\.record)
        let decisions = try await work.decide(wanted, order, turn)
        guard let reached = reached(wanted, decisions, of: next, last) else { return true }
        row.position = reached
        try await write(decisions, of: wanted, order, &row, turn)
        return false
    }

    private func write(
        _ decisions: [JobDecision], of records: [Work.Record], _ order: Work.Order, _ row: inout JobRow,
        _ turn: JobTurn
    ) async throws {
        var changes = JobChanges(told: work.toldFields)
        for (record, decision) in zip(records, decisions) {
            row.job.done += 1
            switch decision {
            case .unchanged: row.job.unchanged += 1
            case .refused(let code):
                row.job.refused += 1
                row.job.count(refusal: code)
                changes.refuse(record.subject, code)
            case .changed(let change):
                row.job.changed += 1
                changes.add(record.subject, before: work.values(of: record), change, at: turn.asker.now)
            }
        }
        guard !changes.isEmpty else { return }
        try await write(changes, of: row, alongside: work.alongside(order, turn), turn)
    }

    // MARK: Backwards

    /// Looks at the next records that the job changed; whether the first of them is somebody else's just now.
    func restore(_ row: inout JobRow, _ turn: JobTurn, limit: Int) async throws -> Bool {
        let items = try await turn.transaction.query(
            """
            SELECT i.subject_id, i.version, i.before FROM core.job_item AS i
            WHERE i.workspace_id = \(turn.asker.workspace) AND i.job_id = \(row.job.id) AND i.code IS NULL
              AND i.subject_id > \(row.position)
            ORDER BY i.subject_id
            LIMIT \(Int64(limit))
            """, as: ItemRow.self)
        guard !items.isEmpty else {
            row.endUndo()
            return false
        }
        let held = try await hold(items.map(\.subject), "true", turn)
        guard let last = held.last else { return true }
        let records = Dictionary(uniqueKeysWithValues: held.records.map { ($0.record.subject, $0.record) })
        let same = items.prefix { $0.subject <= last }.compactMap { item in
            records[item.subject].flatMap { record in
                record.version == item.version ? (record, work.values(of: record).overridden(by: item.before)) : nil
            }
        }
        let decisions = try await work.restore(same.map(\.0), to: same.map(\.1), turn)
        guard let reached = reached(same.map(\.0), decisions, of: items.map(\.subject), last) else { return true }
        row.position = reached
        row.job.undo.kept += items.count { $0.subject <= reached } - decisions.count
        try await write(decisions, back: same.map(\.0), &row, turn)
        return false
    }

    private func write(
        _ decisions: [JobDecision], back records: [Work.Record], _ row: inout JobRow, _ turn: JobTurn
    ) async throws {
        var changes = JobChanges(told: work.toldFields)
        for (record, decision) in zip(records, decisions) {
            switch decision {
            case .unchanged, .refused: row.job.undo.kept += 1
            case .changed(let change):
                row.job.undo.restored += 1
                changes.add(record.subject, before: work.values(of: record), change, at: turn.asker.now)
            }
        }
        if !changes.isEmpty { try await write(changes, of: nil, alongside: "alongside AS (SELECT 1 AS one)", turn) }
    }

    // MARK: Steps

    /// The last id that was dealt with: of all that were held, or of those before the first record that was not decided
    /// about; `nil` when none was.
    private func reached(
        _ records: [Work.Record], _ decisions: [JobDecision], of ids: [ID<AnyRecord>], _ last: ID<AnyRecord>
    ) -> ID<AnyRecord>? {
        precondition(decisions.count <= records.count, "at most a decision for each record")
        guard decisions.count < records.count else { return last }
        let first = records[decisions.count].subject
        return ids.last { $0 < first }
    }

    /// Locks records in the order of their ids, without waiting for any: those before the first that is somebody
    /// else's just now.
    private func hold(
        _ ids: [ID<AnyRecord>], _ conditions: SQL, _ turn: JobTurn
    ) async throws -> HeldRecords<Work.Record> {
        let rows = try await turn.transaction.query(
            """
            SELECT \(columns: Work.Record.self), (\(conditions)) IS TRUE AS is_wanted
            FROM \(work.table) AS t
            WHERE t.workspace_id = \(turn.asker.workspace) AND t.id = ANY (\(ids))
            ORDER BY t.id
            FOR NO KEY UPDATE OF t SKIP LOCKED
            """, as: HeldRow<Work.Record>.self)
        let found = Set(rows.map(\.record.subject))
        let missing = ids.filter { !found.contains($0) }
        guard !missing.isEmpty else { return HeldRecords(records: rows, last: ids.last) }
        // What is not there any more is nobody's.
        let elsewhere = try await turn.transaction.query(
            """
            SELECT t.id FROM \(work.table) AS t
            WHERE t.workspace_id = \(turn.asker.workspace) AND t.id = ANY (\(missing))
            ORDER BY t.id
            """, as: SubjectRow.self)
        guard let first = elsewhere.first?.id else { return HeldRecords(records: rows, last: ids.last) }
        return HeldRecords(
            records: rows.filter { $0.record.subject < first }, last: ids.last { $0 < first })
    }

    /// Writes changes, their activity and what is kept of them in one statement.
    private func write(
        _ changes: JobChanges, of row: JobRow?, alongside: SQL, _ turn: JobTurn
    ) async throws {
        let result = try await turn.transaction.query(
            """
            WITH decided AS MATERIALIZED (
                SELECT d.id, d.activity_id, d.verb, d.before, d.after, d.changes, d.extra
                FROM jsonb_to_recordset(\(changes.document)) AS d (
                    id uuid, activity_id uuid, verb text, before jsonb, after jsonb, changes jsonb, extra jsonb)
            ),
            changed AS (\(work.update(turn))),
            \(turn.context.activity(work.recordKind, from: "changed", ofEach: "decided")),
            \(items(changes, of: row, turn)),
            \(alongside)
            SELECT (SELECT count(*) FROM changed) AS changed, (SELECT count(*) FROM alongside) AS alongside
            """)
        guard try result.value("changed", as: Int64.self) == Int64(changes.count) else { throw JobMiscount() }
    }

    /// What is kept of each record, so that the job can be undone and says what it was forbidden; nothing of an undo.
    private func items(_ changes: JobChanges, of row: JobRow?, _ turn: JobTurn) -> SQL {
        guard let row else { return "items AS (SELECT 1 AS one)" }
        return """
            items AS (
                INSERT INTO core.job_item (workspace_id, job_id, subject_id, service, version, before, code)
                SELECT \(turn.asker.workspace), \(row.job.id), changed.id, \(store.service), changed.version,
                    decided.before, NULL::text
                FROM changed JOIN decided ON decided.id = changed.id
                UNION ALL
                SELECT \(turn.asker.workspace), \(row.job.id), r.id, \(store.service), NULL::bigint, NULL::jsonb, r.code
                FROM jsonb_to_recordset(\(changes.refusals)) AS r (id uuid, code text))
            """
    }
}

/// The statement changed more or fewer records than were decided about: the turn is undone.
private struct JobMiscount: Error {}

extension JSONValue {
    /// An object with the members of another in the place of its own; itself when either is none.
    fileprivate func overridden(by other: JSONValue) -> JSONValue {
        guard case .object(let own) = self, case .object(let new) = other else { return self }
        return .object(own.filter { other[$0.name] == nil } + new)
    }
}

/// Records that are locked, and the last that has been dealt with by that; `nil` when the first is somebody else's.
private struct HeldRecords<Record: JobRecord>: Sendable {
    let records: [HeldRow<Record>]
    let last: ID<AnyRecord>?
}

private struct HeldRow<Record: JobRecord>: PostgresRow {
    static var columns: [String] { Record.columns + ["is_wanted"] }
    let record: Record
    /// Whether the filter still means it.
    let isWanted: Bool

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        record = try Record(row: row)
        isWanted = try row.decode("is_wanted")
    }
}

private struct SubjectRow: PostgresRow {
    static let columns = ["id"]
    let id: ID<AnyRecord>

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        id = try row.decode("id")
    }
}

private struct ItemRow: PostgresRow {
    static let columns = ["subject_id", "version", "before"]
    let subject: ID<AnyRecord>
    let version: Int
    let before: JSONValue

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        subject = try row.decode("subject_id")
        version = try row.decode("version")
        before = try JobRow.json(try row.decode("before"))
    }
}

extension Job {
    /// Counts a reason; beyond the most that are counted apart, under `other`.
    fileprivate mutating func count(refusal code: String) {
        let isKnown = refusals.contains { $0.code == code }
        let word = isKnown || refusals.count < JobLimits.reasons - 1 ? code : "other"
        guard let index = refusals.firstIndex(where: { $0.code == word }) else {
            refusals.append(JobRefusal(code: word, count: 1))
            return
        }
        refusals[index] = JobRefusal(code: word, count: refusals[index].count + 1)
    }
}
