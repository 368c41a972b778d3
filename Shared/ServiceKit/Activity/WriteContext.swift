package import Models
package import Postgres

/// What every write needs beside its own values: who acts, in which request, at which instant, under which key.
///
/// It makes the fragments of a one-statement write, which commits the change, its activity and its key together:
///
/// ```swift
/// WITH subject AS (SELECT id, role FROM identity.user WHERE … FOR NO KEY UPDATE),
///      changed AS (UPDATE identity.user AS u SET … FROM subject WHERE … RETURNING u.id, u.version, u.role),
///      \(context.activity(.user, verb: .updated, from: "changed", before: "subject", changes: [.column("role")])),
///      \(context.keep(answer, from: "changed"))
/// SELECT … FROM changed, kept
/// ```
///
/// The first fragment locks the subjects in the order of their ids, so that no two writers wait for each other in a
/// circle. Each row of activity takes a place after its subject's earlier ones (ADR-0021): the order of the stream is
/// also the order of each subject's versions. The last `SELECT` must name `kept`: a fragment that only selects is not
/// run unless it is read.
package struct WriteContext: Sendable {
    /// The workspace that is written to.
    package let workspace: ID<Workspace>
    /// Who acts.
    package let actor: ActivityActor
    /// The request's id, 1 to 128 characters.
    package let requestID: String
    /// The trace of the request, 55 characters; `nil` outside of one.
    package let traceparent: String?
    /// The one instant of the request.
    package let now: Timestamp
    /// The idempotency key; `nil` when none was sent.
    package let idempotency: IdempotencyClaim?

    /// Takes what is known of a write.
    package init(
        workspace: ID<Workspace>, actor: ActivityActor, requestID: String, traceparent: String? = nil, now: Timestamp,
        idempotency: IdempotencyClaim? = nil
    ) {
        self.workspace = workspace
        self.actor = actor
        self.requestID = requestID
        self.traceparent = traceparent
        self.now = now
        self.idempotency = idempotency
    }

    /// The same without the caller's key, for the parts of a write that keeps its answer once.
    package var withoutKey: WriteContext {
        WriteContext(
            workspace: workspace, actor: actor, requestID: requestID, traceparent: traceparent, now: now)
    }

    /// Opens the workspace for the statement.
    package var scope: Scope { .workspace(workspace) }

    /// `activity AS (INSERT …)`: one row of activity for each row of `changed`.
    ///
    /// - Parameters:
    ///   - kind: The kind of the changed record.
    ///   - verb: What was done to it.
    ///   - changed: The fragment with the change's rows; its columns `id` and `version` are the record after it.
    ///   - before: The fragment with the record before the change, joined by `id`; `nil` for one that is new.
    ///   - changes: The fields whose values are carried.
    ///   - limit: The most rows that `changed` can have, in `1...1000`; a row more fails the statement.
    ///   - name: The fragment's own name, for statements that change records of two kinds.
    /// - Returns: The fragment, to stand in a `WITH`.
    package func activity(
        _ kind: RecordKind, verb: ActivityVerb, from changed: SQL, before: SQL? = nil, changes: [FieldChange] = [],
        limit: Int = 1, as name: SQL = "activity"
    ) -> SQL {
        let numbered: SQL =
            limit > 1
            ? "\(changed) JOIN (SELECT id, \(activityIDs(limit)) AS activity_id FROM \(changed)) AS numbered USING (id)"
            : changed
        let insertion = insertion(
            of: kind, in: changed, from: before.map { "\(numbered) JOIN \($0) USING (id)" } ?? numbered,
            ActivityText(
                id: limit > 1 ? "numbered.activity_id" : newID, verb: "\(verb.rawValue)",
                changes: FieldChange.object(changes, before: before, after: changed)))
        return "\(name) AS (\(insertion))"
    }

    /// `activity AS (INSERT …)`: the row of a change of one record whose fields' values are known before the write.
    ///
    /// - Parameters:
    ///   - kind: The kind of the changed record.
    ///   - verb: What was done to it.
    ///   - changed: The fragment with the change's row; its columns `id` and `version` are the record after it.
    ///   - changes: An object of `{"from": …, "to": …}` by field.
    /// - Returns: The fragment, to stand in a `WITH`.
    package func activity(
        _ kind: RecordKind, verb: ActivityVerb, from changed: SQL, carrying changes: JSONText
    ) -> SQL {
        let insertion = insertion(
            of: kind, in: changed, from: changed,
            ActivityText(id: newID, verb: "\(verb.rawValue)", changes: "\(changes)"))
        return "activity AS (\(insertion))"
    }

    /// The statement that records one change, for transactions of several statements.
    ///
    /// Run it after the change, and lock the subjects of all changes before the first.
    ///
    /// - Parameters:
    ///   - kind: The kind of the changed record.
    ///   - subject: The record.
    ///   - version: The record's version after the change, from 1.
    ///   - verb: What was done to it.
    ///   - changes: An object of `{"from": …, "to": …}` by field.
    /// - Returns: The statement.
    package func recorded(
        _ kind: RecordKind, _ subject: ID<AnyRecord>, version: Int, verb: ActivityVerb,
        changes: JSONText = JSONText("{}")
    ) -> SQL {
        insertion(
            of: kind, in: "changed", from: "(VALUES (\(subject), \(version))) AS changed (id, version)",
            ActivityText(id: newID, verb: "\(verb.rawValue)", changes: "\(changes)"))
    }

    /// The insert of one row of activity for each row of `source`, at its place in the stream (ADR-0021).
    ///
    /// - Parameters:
    ///   - kind: The kind of the changed record.
    ///   - changed: The fragment of `source` whose columns `id` and `version` are the record after its change.
    ///   - source: What stands in the `FROM`.
    ///   - words: What it says.
    /// - Returns: The statement.
    func insertion(of kind: RecordKind, in changed: SQL, from source: SQL, _ words: ActivityText) -> SQL {
        """
        INSERT INTO core.activity (
            workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_id, actor_service, changes,
            request_id, traceparent, occurred_at, xid)
        SELECT \(workspace), place.id, \(kind.rawValue), \(changed).id, \(changed).version, \(words.verb),
            \(actor.kind), \(actor.id), \(actor.service), \(words.changes), \(requestID), \(traceparent), \(now),
            place.xid
        FROM \(source)
        CROSS JOIN LATERAL core.activity_place(
            \(workspace), \(kind.rawValue), \(changed).id, \(changed).version, \(words.id)) AS place
        """
    }

    /// `kept AS (SELECT …)`: keeps the answer under the key, if there is one, for each row of `changed`, which has one
    /// row or none.
    ///
    /// Without a key it is one row that does nothing.
    package func keep(_ answer: StoredAnswer?, from changed: SQL) -> SQL {
        guard let idempotency else { return "kept AS (SELECT true AS kept)" }
        return "kept AS (SELECT \(idempotency.keeping(answer, in: workspace, at: now)) AS kept FROM \(changed))"
    }

    /// Keeps the answer under the key, if there is one, in a transaction of several statements: the last of them.
    ///
    /// - Throws: ``PostgresError``, which ``IdempotencyReplay`` reads.
    package func keep(_ answer: StoredAnswer?, in transaction: Transaction) async throws(PostgresError) {
        guard let idempotency else { return }
        _ = try await transaction.query("SELECT \(idempotency.keeping(answer, in: workspace, at: now)) AS kept")
    }

    private var newID: SQL { "\(ID<ActivityEntry>.make(at: now))" }

    private func activityIDs(_ limit: Int) -> SQL {
        let ids = (0..<limit).map { _ in ID<ActivityEntry>.make(at: now) }.sorted()
        return "(\(ids))[row_number() OVER ()]"
    }
}

/// What a row of activity says, as pieces of a statement.
struct ActivityText {
    /// The row's own id: a new one for each.
    let id: SQL
    /// What was done.
    let verb: SQL
    /// An object of `{"from": …, "to": …}` by field.
    let changes: SQL
}
