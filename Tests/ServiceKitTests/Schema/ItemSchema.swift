import FoundationEssentials
import Models
import Postgres
import ServiceKit
import TestSupport

/// A record to change, with a unique name: the smallest service there could be.
///
/// Its schema is `identity`'s, whose role tests work as.
enum Item {
    static let template = DatabaseTemplate.core(with: [schema], key: "item")

    static let schema = MigratedSchema(
        .identity,
        [
            Migration(
                name: "m0001_item",
                sql: """
                    CREATE TABLE identity.item (
                        workspace_id uuid NOT NULL,
                        id uuid NOT NULL,
                        status text NOT NULL,
                        version bigint NOT NULL,
                        due_at timestamptz,
                        CONSTRAINT pk_item PRIMARY KEY (workspace_id, id),
                        CONSTRAINT ck_item_due_at CHECK (core.is_instant(due_at))
                    );
                    ALTER TABLE identity.item ENABLE ROW LEVEL SECURITY;
                    ALTER TABLE identity.item FORCE ROW LEVEL SECURITY;
                    CREATE POLICY workspace ON identity.item
                        USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
                    GRANT SELECT, INSERT, UPDATE, DELETE ON identity.item TO identity;
                    """),
            // Who does what and may do it, as identity publishes it.
            Migration(
                name: "m0002_person",
                sql: """
                    CREATE TABLE identity.person (
                        workspace_id uuid NOT NULL,
                        id uuid NOT NULL,
                        name text NOT NULL DEFAULT 'Somebody',
                        role text NOT NULL DEFAULT 'manager',
                        is_active boolean NOT NULL DEFAULT true,
                        CONSTRAINT pk_person PRIMARY KEY (workspace_id, id)
                    );
                    ALTER TABLE identity.person ENABLE ROW LEVEL SECURITY;
                    ALTER TABLE identity.person FORCE ROW LEVEL SECURITY;
                    CREATE POLICY workspace ON identity.person
                        USING (workspace_id = current_setting('casebook.workspace_id')::uuid);
                    GRANT SELECT ON identity.person TO casebook_service;
                    """),
        ])

    static let kind = RecordKind(rawValue: "item")
}

/// Writes items as services write their records: one statement, with activity and key.
struct ItemStore {
    let database: Database

    func create(_ id: ID<AnyRecord>, _ context: WriteContext) async throws -> StoredAnswer {
        let answer = StoredAnswer(
            status: 201, location: "/v1/items/\(id)", etag: "\"1\"", body: Array("{\"id\":\"\(id)\"}".utf8))
        _ = try await database.write(
            in: context.scope,
            """
            WITH changed AS (
                INSERT INTO identity.item (workspace_id, id, status, version)
                VALUES (\(context.workspace), \(id), 'open', 1)
                RETURNING id, version, status),
            \(context.activity(Item.kind, verb: .created, from: "changed", changes: [.column("status")])),
            \(context.keep(answer, from: "changed"))
            SELECT changed.id FROM changed, kept
            """)
        return answer
    }

    /// Changes an item's state; with an expected version, only that one.
    ///
    /// Answers the version, `nil` when it was another.
    func update(
        _ id: ID<AnyRecord>, to status: String, expecting version: Int? = nil, _ context: WriteContext
    ) async throws -> Int? {
        let answer = StoredAnswer(status: 200, body: Array("{\"status\":\"\(status)\"}".utf8))
        let changes: [FieldChange] = [.column("status"), .time("due_at")]
        let result = try await database.write(
            in: context.scope,
            """
            WITH subject AS (
                SELECT id, version, status, due_at FROM identity.item
                WHERE workspace_id = \(context.workspace) AND id = \(id)
                FOR NO KEY UPDATE),
            changed AS (
                UPDATE identity.item AS i
                SET status = \(status), due_at = \(context.now), version = i.version + 1
                FROM subject
                WHERE i.workspace_id = \(context.workspace) AND i.id = subject.id
                  AND subject.version = coalesce(\(version), subject.version)
                RETURNING i.id, i.version, i.status, i.due_at),
            \(context.activity(Item.kind, verb: .updated, from: "changed", before: "subject", changes: changes)),
            \(context.keep(answer, from: "changed"))
            SELECT changed.version FROM changed, kept
            """)
        return result.count == 0 ? nil : try result.value("version")
    }

    func count(in workspace: ID<Workspace>) async throws -> Int {
        try await database.query(
            .point, in: .workspace(workspace),
            "SELECT count(*) AS n FROM identity.item WHERE workspace_id = \(workspace)"
        ).value("n")
    }

    func activity(in workspace: ID<Workspace>) async throws -> [ActivityEntry] {
        try await database.query(
            .scan, in: .workspace(workspace),
            """
            SELECT \(columns: ActivityEntry.self) FROM core.activity
            WHERE workspace_id = \(workspace) ORDER BY xid, id
            """, as: ActivityEntry.self)
    }
}

extension WriteContext {
    /// A person's write.
    static func sample(
        workspace: ID<Workspace> = .make(at: .now), user: ID<User> = .make(at: .now), now: Timestamp = .now,
        claim: IdempotencyClaim? = nil
    ) -> WriteContext {
        WriteContext(
            workspace: workspace, actor: .user(user), requestID: "request-1",
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", now: now, idempotency: claim)
    }
}
