import Glibc
import Models
import TestSupport
import Testing

extension SuiteTests {
    /// Work on a whole filter is done exactly once, whatever dies in between.
    @Suite("jobs and crashes")
    struct JobCrashes {
        static let tasks = 100_000
        static let touched = 1_000

        @Test(
            """
            a job over 100,000 tasks whose process is killed half-way changes each exactly once; its undo, killed too, \
            restores exactly what nobody changed since (K5, A10, C6)
            """)
        func killed() async throws {
            try await RunningSuite.withSuite { suite in
                let start = try await suite.start()
                let made = try await suite.casebook("admin", "create-key", "admin@example.com")
                let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
                let client = JobClient(address: start.address, credential: key)
                try await fill(suite)

                let job = try await client.begin(
                    #"{"filter": {"status": "open"}, "change": {"status": {"status": "in_progress"}}}"#, under: "tasks")
                try await killHalfWay(suite, client, job) { $0.done }
                let ended = try await finished(client, job)
                #expect(ended.status == .completed)
                #expect([ended.total, ended.done, ended.changed] == Array(repeating: Self.tasks, count: 3))
                #expect(try await chains(suite) == ["in_progress|2|2|\(Self.tasks)"])

                try await touch(suite)
                try await client.undo(job)
                try await killHalfWay(suite, client, job) { $0.undo.restored }
                let undone = try await finished(client, job)
                #expect(undone.status == .undone)
                #expect([undone.undo.restored, undone.undo.kept] == [Self.tasks - Self.touched, Self.touched])
                #expect(
                    try await chains(suite) == [
                        "in_progress|3|3|\(Self.touched)", "open|3|3|\(Self.tasks - Self.touched)",
                    ])
                #expect(try await others(suite) == ["0"], "started_at and all else is as it was")
            }
        }

        /// Kills the process of tasks when the job, or its undo, is half-way, and sees it go on from there.
        private func killHalfWay(
            _ suite: RunningSuite, _ client: JobClient, _ path: String, _ progress: @escaping @Sendable (Job) -> Int
        ) async throws {
            try await eventually(within: .seconds(200), every: .milliseconds(500), "it is half-way") {
                progress(try await client.job(path)) >= Self.tasks / 2
            }
            let victim = try #require(try suite.pid(of: "tasks"))
            kill(victim, SIGKILL)
            let rows = try await suite.sql("SELECT status FROM core.job")
            #expect(rows == ["running"] || rows == ["undoing"], "it was killed on its way")
            try await eventually(within: .seconds(60), "tasks run again") {
                try suite.pid(of: "tasks").map { $0 != victim } ?? false
            }
        }

        private func finished(_ client: JobClient, _ path: String) async throws -> Job {
            try await eventually(within: .seconds(240), every: .milliseconds(500), "it has ended") {
                let status = try await client.job(path).status
                return status != .queued && status != .running && status != .undoing
            }
            return try await client.job(path)
        }

        // MARK: Tasks

        /// Makes open tasks of the administrator's workspace, each with the activity of its making.
        private func fill(_ suite: RunningSuite) async throws {
            _ = try await suite.sql(
                """
                WITH person AS (SELECT workspace_id, id FROM identity.user LIMIT 1),
                made AS (
                    INSERT INTO tasks.task (
                        workspace_id, id, title, kind, status, priority, created_at, updated_at, status_changed_at)
                    SELECT person.workspace_id, ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid,
                        'Task ' || i, 'administrative', 'open', 'medium', now(), now(), now()
                    FROM person, generate_series(1, \(Self.tasks)) AS i
                    RETURNING workspace_id, id
                )
                INSERT INTO core.activity (
                    workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_id, request_id,
                    occurred_at)
                SELECT made.workspace_id, gen_random_uuid(), 'task', made.id, 1, 'created', 'user', person.id, 'seed',
                    now()
                FROM made, person
                """)
            _ = try await suite.sql("ANALYZE tasks.task")
        }

        /// Changes some tasks, scattered over all, as a request would.
        private func touch(_ suite: RunningSuite) async throws {
            _ = try await suite.sql(
                """
                WITH person AS (SELECT workspace_id, id FROM identity.user LIMIT 1),
                changed AS (
                    UPDATE tasks.task SET priority = 'high', version = version + 1
                    WHERE ('x' || right(id::text, 8))::bit(32)::bigint % \(Self.tasks / Self.touched) = 0
                    RETURNING workspace_id, id, version
                )
                INSERT INTO core.activity (
                    workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_id, request_id,
                    occurred_at)
                SELECT changed.workspace_id, gen_random_uuid(), 'task', changed.id, changed.version, 'updated', 'user',
                    person.id, 'hand', now()
                FROM changed, person
                """)
        }

        /// Status, version, entries of activity (each version once), and how many tasks have them.
        private func chains(_ suite: RunningSuite) async throws -> [String] {
            try await suite.sql(
                """
                WITH chain AS (
                    SELECT subject_id AS id, count(*) AS entries
                    FROM core.activity WHERE subject_kind = 'task'
                    GROUP BY subject_id HAVING min(version) = 1 AND count(DISTINCT version) = max(version)
                )
                SELECT t.status, t.version, chain.entries, count(*)
                FROM tasks.task AS t LEFT JOIN chain USING (id) GROUP BY 1, 2, 3 ORDER BY 1
                """)
        }

        /// Restored tasks that are not what they were.
        private func others(_ suite: RunningSuite) async throws -> [String] {
            try await suite.sql(
                """
                SELECT count(*) FROM tasks.task
                WHERE status = 'open' AND (started_at IS NOT NULL OR status_changed_at <> created_at
                    OR priority <> 'medium' OR ended_at IS NOT NULL)
                """)
        }
    }
}
