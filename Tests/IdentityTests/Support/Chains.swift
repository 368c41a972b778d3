import HTTPTypes
import Logging
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

extension IdentityUnderTest {
    /// What the check of the chains answers an administrator.
    func verification(_ workspace: TestWorkspace) async throws -> JSONValue {
        let token = try await token(workspace.administrator.session.credential)
        let answer = try await send(.get, "/v1/workspaces/current/audit/verification", as: token)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    /// The faults of one chain, each as `<link> <line or entry> <kind>`.
    func faults(_ workspace: TestWorkspace, _ chain: String) async throws -> [String] {
        try await verification(workspace)[chain]?["faults"]?.items.map { fault in
            "\(fault["seq"]?.whole ?? 0) \(fault["id"]?.text ?? "-") \(fault["kind"]?.text ?? "")"
        } ?? []
    }

    /// Asks as the operator for values to be blanked.
    func blank(
        _ ids: [String], in slug: String, as token: String? = nil, key: String? = nil
    ) async throws -> TestAnswer {
        let list = ids.map { "\"\($0)\"" }.joined(separator: ", ")
        let asker: String
        if let token { asker = token } else { asker = try await operatorToken(in: slug) }
        return try await send(
            .post, "/v1/workspaces/current/audit/blankings", as: asker, #"{"ids": [\#(list)]}"#,
            key.map { ["Idempotency-Key": $0] } ?? [:])
    }

    /// How many entries of a workspace's activity are sealed.
    func sealedEntries(_ workspace: TestWorkspace) async throws -> Int {
        let result = try await database.query(
            .scan, in: .workspace(workspace.id),
            """
            SELECT COALESCE(sum(cardinality(activity_ids)), 0)::bigint AS n FROM identity.activity_seal
            WHERE workspace_id = \(workspace.id)
            """)
        return Int(try result.value("n", as: Int64.self))
    }

    /// Runs the consumer that seals, or that of another version, until so many entries of a workspace are sealed.
    func seal(_ workspace: TestWorkspace, until count: Int, by other: ActivityConsumer? = nil) async throws {
        let consumer =
            other
            ?? ActivitySealing(database: database, clock: clock.service, logger: Logger(label: "test")).consumer
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await consumer.run() }
            try await eventually("\(count) entries are sealed") { try await sealedEntries(workspace) == count }
            group.cancelAll()
        }
        // Whoever is cancelled keeps its lease to the end; the next one need not wait for that.
        let scratch = try ScratchDatabase.current
        let release = "UPDATE core.cursor SET lease_id = NULL, leased_until = NULL"
        _ = try scratch.cluster.sql(release, database: scratch.name)
    }

    /// The number of the seal that an entry lies under: what others do at the time decides how many there are.
    func sealNumber(of entry: String) throws -> Int {
        try Rows.number("SELECT seq FROM identity.activity_seal WHERE '\(entry)' = ANY (activity_ids)")
    }

    /// The lines of an event, oldest first.
    func lineIDs(_ workspace: TestWorkspace, _ event: String) async throws -> [String] {
        try await texts(
            workspace,
            """
            SELECT id::text AS t FROM identity.audit
            WHERE workspace_id = \(workspace.id) AND event = \(event) AND seq IS NOT NULL
            ORDER BY seq
            """)
    }

    /// The entries of the activity of a kind of record and a verb, oldest first.
    func entryIDs(_ workspace: TestWorkspace, _ kind: String, _ verb: String) async throws -> [String] {
        try await texts(
            workspace,
            """
            SELECT id::text AS t FROM core.activity
            WHERE workspace_id = \(workspace.id) AND subject_kind = \(kind) AND verb = \(verb)
            ORDER BY xid, id
            """)
    }

    /// The column `t` of all rows, read as the service in a workspace.
    func texts(_ workspace: TestWorkspace, _ statement: SQL) async throws -> [String] {
        let result = try await database.query(.scan, in: .workspace(workspace.id), statement)
        return try (0..<result.count).map { try result.text("t", row: $0) ?? "" }
    }

    /// Does something to the database as a superuser, looks, and puts everything back.
    func tampering(_ statement: String, _ look: () async throws -> Void) async throws {
        let scratch = try ScratchDatabase.current
        let tables = ["identity.audit", "core.activity", "identity.activity_seal", "identity.sealed_entry"]
        let keep = tables.map { "CREATE TABLE public.kept_\($0.replacing(".", with: "_")) AS TABLE \($0);" }
        let back = tables.map { table in
            let kept = "public.kept_\(table.replacing(".", with: "_"))"
            return "DELETE FROM \(table); INSERT INTO \(table) SELECT * FROM \(kept); DROP TABLE \(kept);"
        }
        _ = try scratch.cluster.sql(keep.joined() + statement, database: scratch.name)
        do {
            try await look()
        } catch {
            _ = try? scratch.cluster.sql(back.joined(), database: scratch.name)
            throw error
        }
        _ = try scratch.cluster.sql(back.joined(), database: scratch.name)
    }
}
