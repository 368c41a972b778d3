import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("The audit of calendar links (S-21)", .scratchDatabase(.tasks))
struct CalendarAuditTests {
    private func lines() throws -> [String] {
        try Rows.of(
            """
            SELECT event || ' ' || actor_kind || ' ' || actor_id || ' ' || user_id || ' ' || credential_id
            FROM identity.audit ORDER BY seq
            """)
    }

    @Test("a link that is made, replaced or made void is a line of the audit each, chained; nothing else is one (S-21)")
    func written() async throws {
        try await Desk.run(clock: TestClock(.noon)) { desk in
            #expect(try await desk.send(.delete, "/v1/tasks/calendar").status == 404)
            let first = try await desk.post("/v1/tasks/calendar", nil, as: nil, ["Idempotency-Key": "one"])
            let again = try await desk.post("/v1/tasks/calendar", nil, as: nil, ["Idempotency-Key": "one"])
            #expect(first.status == 201 && again.status == 409)
            let second = try await desk.post("/v1/tasks/calendar")
            for _ in 1...2 {
                let revoked = try await desk.send(
                    .delete, "/v1/tasks/calendar", as: nil, nil, ["Idempotency-Key": "two"])
                #expect(revoked.status == 204, "\(revoked.text)")
            }
            let (old, new) = (first.json["id"]?.text ?? "", second.json["id"]?.text ?? "")
            let agent = desk.company.agent.id
            #expect(
                try lines() == [
                    "calendar_link_created user \(agent) \(agent) \(old)",
                    "calendar_link_created user \(agent) \(agent) \(new)",
                    "calendar_link_revoked user \(agent) \(agent) \(new)",
                ])
            let broken = try Rows.of(
                """
                SELECT a.seq
                FROM (
                    SELECT *, lag(digest, 1, decode(repeat('00', 32), 'hex')) OVER (ORDER BY seq) AS before
                    FROM identity.audit) AS a
                WHERE a.digest <> identity.audit_digest(
                    a.before, a.id, a.event, a.actor_kind, a.actor_id, a.actor_service, a.user_id, a.credential_id,
                    a.detail, a.request_id, a.created_at, a.salt, a.values_digest)
                """)
            #expect(broken == [])
            let end = try Rows.of(
                """
                SELECT c.seq || ' ' || (c.digest = a.digest)
                FROM identity.chain AS c JOIN identity.audit AS a USING (seq)
                WHERE c.kind = 'audit'
                """)
            #expect(end == ["3 true"])
        }
    }

    @Test("tasks may note the links of calendars of its own workspace, and nothing else of the audit (S-1, S-2, S-21)")
    func rights() async throws {
        try await Desk.run { desk in
            let (ours, person) = (desk.company.id, desk.company.agent.id)
            let other = try desk.other().company
            func note(_ event: String, of user: ID<User>, in workspace: ID<Workspace>) -> SQL {
                """
                SELECT identity.record_calendar_link(
                    \(workspace), \(ID<AnyRecord>.make(at: .now)), \(event), \(user), \(ID<AnyRecord>.make(at: .now)),
                    'request', now()) AS noted
                """
            }
            let (made, own) = ("calendar_link_created", Scope.workspace(ours))
            let theirs = Scope.workspace(other.id)
            try await ScratchDatabase.current.withService(.tasks) { database in
                for (statement, scope) in [
                    (note(made, of: person, in: ours), theirs), (note(made, of: other.agent.id, in: other.id), own),
                    (note(made, of: other.agent.id, in: ours), own), (note("role_changed", of: person, in: ours), own),
                ] {
                    let state = await Self.state { _ = try await database.write(in: scope, statement) }
                    #expect(state == "22023", "\(statement.text)")
                }
                for statement: SQL in [
                    "SELECT id FROM identity.audit", "UPDATE identity.chain SET seq = 1",
                    """
                    INSERT INTO identity.audit (workspace_id, id, event, request_id, created_at)
                    VALUES (\(ours), \(person), 'x', 'x', now())
                    """,
                ] {
                    let state = await Self.state { _ = try await database.write(in: own, statement) }
                    #expect(state == "42501", "\(statement.text)")
                }
            }
            for service in [ServiceName.customers, .identity, .tickets] {
                let state = try await ScratchDatabase.current.withService(service) { database in
                    await Self.state { _ = try await database.write(in: own, note(made, of: person, in: ours)) }
                }
                #expect(state == "42501", "\(service)")
            }
            #expect(try lines() == [])
        }
    }

    private static func state(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? PostgresError)?.sqlState
        }
    }
}
