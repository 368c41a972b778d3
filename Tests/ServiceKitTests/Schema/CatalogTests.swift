import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

/// Every schema that there is, `core` and those of the services, as their files lie in the repository.
enum AllSchemas {
    static let template = DatabaseTemplate.core(with: schemas, key: "all schemas")

    static let schemas: [MigratedSchema] = ((try? Repository.migrations()) ?? []).compactMap { schema, steps in
        ServiceName(rawValue: schema).map { MigratedSchema($0, steps) }
    }

    static var names: [String] { ["core"] + schemas.map(\.service.rawValue) }
}

@Suite("The catalog keeps the rules of every schema (S-2, SC-1, SC-2)")
struct CatalogTests {
    @Test("no table, key, policy, view, role or function breaks a rule", .scratchDatabase(AllSchemas.template))
    func rules() async throws {
        let audit = SchemaAudit(schemas: AllSchemas.names, exceptions: try SchemaExceptions().offences)
        let offences = try await ScratchDatabase.current.withDatabase { try await audit.offences(in: $0) }
        #expect(offences == [])
    }

    @Test("no exception is listed that nothing needs", .scratchDatabase(AllSchemas.template))
    func exceptions() async throws {
        let audit = SchemaAudit(schemas: AllSchemas.names, exceptions: try SchemaExceptions().offences)
        let needless = try await ScratchDatabase.current.withDatabase { try await audit.needless(in: $0) }
        #expect(needless == [])
    }

    @Test("every service with a schema is audited")
    func allAudited() throws {
        #expect(Set(try Repository.migrations().map(\.schema)) == Set(AllSchemas.schemas.map(\.service.rawValue)))
    }

    /// What is planted, and one offence that must be named for it.
    static let plants: [(sql: SQL, offence: String)] = [
        ("CREATE TABLE core.bad (id uuid NOT NULL)", "first_column core.bad"),
        ("CREATE TABLE core.bad (workspace_id uuid)", "first_column core.bad"),
        ("CREATE TABLE core.bad (workspace_id uuid NOT NULL)", "row_security core.bad"),
        ("CREATE TABLE core.bad (workspace_id uuid NOT NULL)", "no_workspace_policy core.bad"),
        ("ALTER TABLE core.parked NO FORCE ROW LEVEL SECURITY", "row_security core.parked"),
        ("ALTER TABLE core.parked DISABLE ROW LEVEL SECURITY", "row_security core.parked"),
        ("DROP POLICY workspace ON core.parked", "no_workspace_policy core.parked"),
        ("CREATE POLICY more ON core.parked USING (true)", "policy core.parked.more"),
        (
            """
            ALTER POLICY workspace ON core.parked
                USING (workspace_id = current_setting('casebook.workspace_id', true)::uuid)
            """,
            "no_workspace_policy core.parked"
        ),
        ("ALTER TABLE core.parked ADD CONSTRAINT uq_bad UNIQUE (activity_id)", "index core.uq_bad"),
        ("CREATE INDEX ix_bad ON core.parked (parked_at)", "index core.ix_bad"),
        (
            """
            ALTER TABLE core.parked ADD CONSTRAINT fk_bad FOREIGN KEY (activity_id, workspace_id)
                REFERENCES core.activity (id, workspace_id)
            """, "foreign_key core.parked.fk_bad"
        ),
        ("ALTER TABLE core.parked ADD CONSTRAINT positive CHECK (failures > 0)", "name core.parked.positive"),
        ("CREATE VIEW core.everybody AS SELECT * FROM core.activity", "mighty_owner core.everybody"),
        ("CREATE VIEW core.everybody AS SELECT * FROM core.activity", "owner core.everybody"),
        ("ALTER TABLE core.parked OWNER TO identity", "mighty_owner core.parked"),
        ("GRANT SELECT ON core.parked TO PUBLIC", "public core.parked"),
        ("CREATE SEQUENCE core.numbers", "sequence core.numbers"),
        ("ALTER TABLE core.parked ADD COLUMN number bigserial", "sequence core.parked_number_seq"),
        ("ALTER TABLE core.parked ADD COLUMN seen_at timestamptz", "unchecked_time core.parked.seen_at"),
        (
            "ALTER TABLE core.parked ADD CONSTRAINT uq_bad UNIQUE (workspace_id, activity_id) DEFERRABLE",
            "unportable core.parked.uq_bad"
        ),
        (
            """
            CREATE TRIGGER bad BEFORE UPDATE ON core.parked FOR EACH ROW
                EXECUTE FUNCTION suppress_redundant_updates_trigger()
            """, "trigger core.parked.bad"
        ),
        (
            "CREATE FUNCTION core.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'",
            "security_definer core.peek without search_path"
        ),
    ]

    @Test("a planted offence is named", .scratchDatabase(.core), arguments: plants.indices)
    func planted(_ index: Int) async throws {
        let plant = Self.plants[index]
        let audit = SchemaAudit(schemas: ["core"], exceptions: try SchemaExceptions().offences)
        let offences = try await ScratchDatabase.current.withDatabase { database in
            let sql =
                plant.offence.hasPrefix("foreign_key")
                ? "CREATE UNIQUE INDEX uq_reversed ON core.activity (id, workspace_id)" as SQL : "SELECT 1 AS nothing"
            _ = try await database.write(in: .none, sql)
            _ = try await database.write(in: .none, plant.sql)
            return try await audit.offences(in: database)
        }
        #expect(offences.contains(plant.offence))
    }

    @Test(
        "a role of a service that may pass over row-level security, or owns anything, is named", .scratchDatabase(.core)
    )
    func plantedRole() async throws {
        let audit = SchemaAudit(schemas: ["core"], exceptions: try SchemaExceptions().offences)
        try await ScratchDatabase.current.withDatabase { database in
            // Roles are the cluster's, and other tests look at them: this one is never committed.
            _ = await #expect(throws: Undone.self) {
                try await database.transaction(in: .none, TransactionOptions(deadline: .seconds(20))) { transaction in
                    _ = try await transaction.query("CREATE ROLE mighty BYPASSRLS IN ROLE casebook_service")
                    let mighty = try await audit.offences(in: transaction)
                    #expect(mighty == ["mighty_service mighty"])
                    _ = try await transaction.query("CREATE SCHEMA taken AUTHORIZATION mighty")
                    let owning = try await audit.offences(in: transaction)
                    #expect(owning.contains { $0.hasPrefix("service_owns mighty pg_namespace") })
                    throw Undone()
                }
            }
        }
    }

    private struct Undone: Error {}
}
