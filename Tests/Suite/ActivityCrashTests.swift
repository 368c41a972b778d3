import Foundation
import Glibc
import TestSupport
import Testing

extension SuiteTests {
    /// A change and its row of activity are one, whatever dies in between.
    @Suite("activity and crashes")
    struct ActivityCrashes {
        /// What is killed at one point.
        private enum Victim: CaseIterable {
            /// The process of tickets that is written to.
            case service
            /// A session of PostgreSQL: its server ends all others and recovers from its log.
            case session
            /// PostgreSQL's server itself, which the supervisor starts again.
            case server
        }

        @Test(
            "R-12: kill -9 of tickets and of PostgreSQL at 200 points: no change without activity, nor the reverse"
        )
        func killed() async throws {
            try await RunningSuite.withSuite { suite in
                try await suite.start()
                let made = try await suite.casebook("admin", "create-key", "admin@example.com")
                let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
                let replica = try Replica(of: "tickets", in: suite)
                let identity = "http://127.0.0.1:\(try suite.port(of: "identity"))"
                let writer = TicketWriter(
                    client: KeyedClient(address: replica.address, identity: identity, credential: key))
                try replica.start()
                try await killing(replica, suite, writer)

                #expect(writer.refused == [])
                let stored = try await suite.sql("SELECT id, version FROM tickets.ticket")
                #expect(Set(stored) == Set(writer.versions.map { "\($0.key)|\($0.value)" }))
                #expect(try await faults(suite) == [])
                try await plantFaults(suite)
            }
        }

        /// Kills at 200 points, each after a few more steps, while four writers write.
        private func killing(_ replica: Replica, _ suite: RunningSuite, _ writer: TicketWriter) async throws {
            let goesOn = Flag()
            let victims = Array(repeating: Victim.service, count: 132) + Array(repeating: .session, count: 60)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 { group.addTask { await writer.run { goesOn.isSet } } }
                defer { goesOn.clear() }
                for victim in (victims + Array(repeating: .server, count: 8)).shuffled() {
                    try await progress(Int.random(in: 1...8), replica, writer)
                    try await kill(victim, replica, suite)
                }
                try await progress(8, replica, writer)
                goesOn.clear()
                try await group.waitForAll()
            }
        }

        /// Waits for some more steps.
        private func progress(_ steps: Int, _ replica: Replica, _ writer: TicketWriter) async throws {
            let enough = writer.steps + steps
            try await eventually(within: .seconds(60), "steps are acknowledged: \(writer.refused)") {
                try replica.keepRunning()
                return writer.steps >= enough
            }
        }

        private func kill(_ victim: Victim, _ replica: Replica, _ suite: RunningSuite) async throws {
            switch victim {
            case .service:
                try await replica.kill()
                try replica.start()
            case .session:
                if let session = try suite.session(of: "tickets") { Glibc.kill(session, SIGKILL) }
            case .server:
                if let server = try suite.pid(of: "postgres") { Glibc.kill(server, SIGKILL) }
            }
        }

        /// Each question counts what must not be; only those with an answer above 0 are told.
        private func faults(_ suite: RunningSuite) async throws -> [String] {
            try await suite.sql(
                """
                WITH record AS (
                    SELECT workspace_id, 'ticket' AS kind, id, version FROM tickets.ticket
                    UNION ALL SELECT workspace_id, 'user', id, version FROM identity.user
                ),
                chain AS (
                    SELECT workspace_id, subject_kind AS kind, subject_id AS id, count(*) AS entries,
                        min(version) AS first, max(version) AS last
                    FROM core.activity
                    WHERE subject_kind IN ('ticket', 'user')
                    GROUP BY 1, 2, 3
                ),
                told AS (
                    SELECT DISTINCT ON (workspace_id, subject_id) workspace_id, subject_id AS id,
                        changes #>> '{status,to}' AS status
                    FROM core.activity
                    WHERE subject_kind = 'ticket' AND changes ? 'status'
                    ORDER BY workspace_id, subject_id, version DESC
                ),
                noted AS (
                    SELECT workspace_id, subject_id AS ticket_id, (changes #>> '{note_id,to}')::uuid AS id
                    FROM core.activity
                    WHERE subject_kind = 'ticket' AND changes ? 'note_id'
                ),
                fault (what, times) AS (
                    SELECT 'changes without activity', count(*)
                    FROM record LEFT JOIN chain USING (workspace_id, kind, id)
                    WHERE last IS NULL OR version > last
                    UNION ALL
                    SELECT 'activity without a change', count(*)
                    FROM chain LEFT JOIN record USING (workspace_id, kind, id)
                    WHERE version IS NULL OR last > version
                    UNION ALL
                    SELECT 'chains with a gap', count(*) FROM chain WHERE first <> 1 OR entries <> last
                    UNION ALL
                    SELECT 'another status than activity tells', count(*)
                    FROM tickets.ticket LEFT JOIN told USING (workspace_id, id)
                    WHERE ticket.status IS DISTINCT FROM told.status
                    UNION ALL
                    SELECT 'notes without activity, or activity without a note', count(*)
                    FROM tickets.note FULL JOIN noted USING (workspace_id, ticket_id, id)
                    WHERE note.text IS NULL OR noted.ticket_id IS NULL
                )
                SELECT what, times FROM fault WHERE times > 0
                """)
        }

        /// The questions would notice: each kind of fault is made once and told.
        private func plantFaults(_ suite: RunningSuite) async throws {
            _ = try await suite.sql(
                """
                DELETE FROM core.activity
                WHERE (workspace_id, id) IN (
                    SELECT activity.workspace_id, activity.id
                    FROM core.activity JOIN tickets.ticket ON ticket.id = activity.subject_id
                    WHERE verb = 'note_added' AND ticket.version > activity.version LIMIT 1);
                UPDATE tickets.ticket SET version = version + 1
                WHERE (workspace_id, id) IN (SELECT workspace_id, id FROM tickets.ticket ORDER BY id LIMIT 1);
                UPDATE tickets.ticket SET version = version - 1
                WHERE (workspace_id, id) IN (
                    SELECT workspace_id, id FROM tickets.ticket WHERE version > 2 ORDER BY id DESC LIMIT 1);
                UPDATE tickets.ticket SET status = 'in_progress', closed_at = NULL
                WHERE (workspace_id, id) IN (
                    SELECT workspace_id, id FROM tickets.ticket WHERE status <> 'in_progress' LIMIT 1);
                """)
            let told = try await faults(suite).map { $0.prefix { $0 != "|" } }
            #expect(told.count == 5, "\(told)")
        }
    }
}
