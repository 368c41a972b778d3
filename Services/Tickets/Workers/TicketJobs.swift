import Models
import Postgres
import ServiceKit

/// Bulk changes of tickets: to a status, to a person or team, to a priority or category (FEATURES.md, A10, C6, K5).
struct TicketJobs: JobWork {
    typealias Order = CreateTicketJob
    typealias Record = TicketRow

    let database: Database

    var recordKind: RecordKind { .ticket }
    var table: SQL { "tickets.ticket" }
    var toldFields: [String] {
        ["status", "wait_reason", "wait_until", "priority", "category", "assignee_id", "team_id"]
    }
    var permission: Permission { .ticketsWrite }
    var oversight: Permission { .ticketsAssign }

    func kind(of order: CreateTicketJob, by asker: JobAsker) async throws -> String {
        let change = try TicketBulk(order.change)
        try await RuleProblems.translating(under: "/change/\(change.word)") {
            if case .status(let request) = change {
                try TicketMove(request: request, mayReopenAnytime: false, reopenWindowDays: 0).check(at: asker.now)
            }
            let found = try await NameStore(database: database).find(change.wanted, in: asker.workspace)
            _ = try change.wanted.resolved(by: found)
        }
        return change.word
    }

    func conditions(of order: CreateTicketJob, by asker: JobAsker) -> [SQL] {
        TicketList(workspace: asker.workspace, query: TicketListQuery(order.filter), caller: asker.person).conditions
    }

    func decide(
        _ records: [TicketRow], _ order: CreateTicketJob, _ turn: JobTurn
    ) async throws -> [JobDecision] {
        let change = try TicketBulk(order.change)
        var rules = try await rules(of: change, turn)
        if case .status(let request) = change, request.status.hasEnded {
            let tickets = records.filter { !$0.ticket.status.hasEnded }.map(\.ticket.id)
            rules.held = try await RequiredTaskStore.held(tickets, in: turn.asker.workspace, turn.transaction)
        }
        return records.map { row in
            do throws(TicketRuleViolation) {
                guard let change = try rules.change(of: row.ticket) else { return .unchanged }
                return .changed(change)
            } catch {
                return .refused(RuleProblems.code(of: error))
            }
        }
    }

    /// A ticket becomes what it was, unless it had ended and required tasks are open by now.
    func restore(
        _ records: [TicketRow], to values: [JSONValue], _ turn: JobTurn
    ) async throws -> [JobDecision] {
        let hadEnded = values.map { value in
            value["status"] == .string("completed") || value["status"] == .string("closed")
        }
        let ending = zip(records, hadEnded).filter { !$0.ticket.status.hasEnded && $1 }.map(\.0.ticket.id)
        let held =
            ending.isEmpty
            ? [] : try await RequiredTaskStore.held(ending, in: turn.asker.workspace, turn.transaction)
        return zip(records, values).map { row, value in
            held.contains(row.ticket.id)
                ? .refused(.requiredTasksOpen) : .changed(JobChange(after: value, verb: .restored))
        }
    }

    /// What stands in the way of the whole job is looked up once a turn.
    ///
    /// - Throws: ``JobFailure`` when somebody or something that the change names is not there any more.
    private func rules(of change: TicketBulk, _ turn: JobTurn) async throws -> TicketBulkRules {
        let workspace = turn.asker.workspace
        let found = try await turn.transaction.first(
            "SELECT \(NameStore.columns(change.wanted, in: workspace))", as: NameRow.self)
        let window = try await turn.transaction.first(
            "SELECT s.reopen_window_days FROM tickets.setting AS s WHERE s.workspace_id = \(workspace)",
            as: WindowRow.self)
        do throws(TicketRefusals) {
            return TicketBulkRules(
                change: change, names: try change.wanted.resolved(by: found?.names ?? FoundNames()),
                reopenWindowDays: window?.days ?? TicketSettings.standard.reopenWindowDays, asker: turn.asker)
        } catch {
            throw JobFailure("target_gone")
        }
    }

    func values(of record: TicketRow) -> JSONValue { TicketBulkRules.values(of: record.ticket) }

    /// Names are copied where somebody else comes to have the ticket.
    func update(_ turn: JobTurn) -> SQL {
        let workspace = turn.asker.workspace
        return """
            UPDATE tickets.ticket AS t
            SET status = v.status, wait_reason = v.wait_reason, wait_until = v.wait_until, priority = v.priority,
                category = v.category, assignee_id = v.assignee_id, team_id = v.team_id,
                assignee_name = CASE WHEN v.assignee_id IS NOT DISTINCT FROM t.assignee_id THEN t.assignee_name ELSE (
                    SELECT p.name FROM identity.person AS p
                    WHERE p.workspace_id = \(workspace) AND p.id = v.assignee_id) END,
                team_name = CASE WHEN v.team_id IS NOT DISTINCT FROM t.team_id THEN t.team_name ELSE (
                    SELECT c.name FROM identity.team_card AS c
                    WHERE c.workspace_id = \(workspace) AND c.id = v.team_id) END,
                reopen_count = v.reopen_count, status_changed_at = v.status_changed_at, started_at = v.started_at,
                completed_at = v.completed_at, closed_at = v.closed_at, version = t.version + 1,
                updated_at = \(turn.asker.now)
            FROM decided AS d
            CROSS JOIN LATERAL jsonb_to_record(d.after) AS v (
                status text, wait_reason text, wait_until timestamptz, priority text, category text, assignee_id uuid,
                team_id uuid, reopen_count bigint, status_changed_at timestamptz, started_at timestamptz,
                completed_at timestamptz, closed_at timestamptz)
            WHERE t.workspace_id = \(workspace) AND t.id = d.id
            RETURNING t.id, t.version
            """
    }

    /// The reason of a move becomes a note of each ticket, which is searched.
    func alongside(_ order: CreateTicketJob, _ turn: JobTurn) -> SQL {
        guard let reason = order.change.status?.reason else { return "alongside AS (SELECT 1 AS one)" }
        let author = ActivityItem.Actor(turn.context.actor)
        let workspace = turn.asker.workspace
        return """
            noted AS (
                INSERT INTO tickets.note (
                    workspace_id, id, ticket_id, kind, text, author_kind, author_id, author_service, created_at)
                SELECT \(workspace), (decided.extra -> 'note_id' ->> 'to')::uuid, changed.id,
                    \(TicketNoteKind.internal), \(reason), \(author.kind), \(author.id), \(author.service),
                    \(turn.asker.now)
                FROM changed JOIN decided ON decided.id = changed.id
                RETURNING ticket_id
            ),
            alongside AS (SELECT tickets.index_ticket(\(workspace), noted.ticket_id) AS done FROM noted)
            """
    }
}

extension TicketRow: JobRecord {
    var subject: ID<AnyRecord> { ticket.id.erased }
    var version: Int { ticket.version }
}

private struct WindowRow: PostgresRow {
    static let columns = ["reopen_window_days"]
    let days: Int

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        days = try row.decode("reopen_window_days")
    }
}
