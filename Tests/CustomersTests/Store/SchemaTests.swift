import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Customers

@Suite("The schema of customers", .scratchDatabase(.customers))
struct SchemaTests {
    private let acme = ID<Workspace>.make(at: .now)

    @Test("no table, key, policy, view, role or function breaks a rule but the listed exceptions (S-2, SC-1, SC-2)")
    func catalog() async throws {
        let audit = SchemaAudit(schemas: ["customers"], exceptions: try SchemaExceptions().offences)
        let offences = try await ScratchDatabase.current.withDatabase { try await audit.offences(in: $0) }
        #expect(offences == [])
    }

    @Test("times of making, ids and owners cannot be changed by the service, and no record be removed")
    func columnGrants() async throws {
        try await ScratchDatabase.current.withService(.customers) { database in
            for statement: SQL in [
                "UPDATE customers.individual SET created_at = now()", "UPDATE customers.individual SET id = id",
                "DELETE FROM customers.individual", "DELETE FROM customers.organization",
                "UPDATE customers.organization SET workspace_id = workspace_id",
                "UPDATE customers.contact SET individual_id = NULL", "UPDATE customers.contact SET kind = 'email'",
                "UPDATE customers.membership SET individual_id = individual_id", "TRUNCATE customers.contact",
            ] {
                let state = await Self.sqlState { _ = try await database.write(in: .workspace(acme), statement) }
                #expect(state == "42501", "\(statement.text)")
            }
        }
    }

    @Test("the service reads and writes no row of search_text but through the owner's functions (S-2)")
    func searchTextIsClosed() async throws {
        try await ScratchDatabase.current.withService(.customers) { database in
            for statement: SQL in [
                "SELECT count(*) AS n FROM customers.search_text", "DELETE FROM customers.search_text",
                "INSERT INTO customers.search_text VALUES (gen_random_uuid(), 'individual', gen_random_uuid(), 'x')",
                "UPDATE customers.search_text SET body = 'x'",
                "SELECT count(*) AS n FROM customers.search_indexed(gen_random_uuid(), 'individual', '{%a%}')",
                "SELECT count(*) AS n FROM customers.search_similar(gen_random_uuid(), 'individual', 'abc')",
            ] {
                let state = await Self.sqlState { _ = try await database.write(in: .workspace(acme), statement) }
                #expect(state == "42501", "\(statement.text)")
            }
        }
    }

    @Test("the owner's functions work in the workspace that the session has open and in no other (S-1, S-2)")
    func searchWalls() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let id = try await customers.addIndividual("Canary", as: try await customers.token(in: acme))
            let bolt = ID<Workspace>.make(at: .now)
            let record = ID<Individual>(id)
            for statement: SQL in [
                "SELECT count(*) AS n FROM customers.search(\(acme), 'individual', 'canary', 10)",
                "SELECT customers.write_search_text(\(acme), 'individual', \(record), 'x') AS n",
            ] {
                let state = await Self.sqlState {
                    _ = try await customers.database.write(in: .workspace(bolt), statement)
                }
                #expect(state == "42501", "\(statement.text)")
                let unset = await Self.sqlState { _ = try await customers.database.write(in: .none, statement) }
                #expect(unset == "42704" || unset == "22P02")
            }
            _ = try await customers.database.write(
                in: .workspace(bolt), "SELECT customers.remove_search_text(\(acme), 'individual', \(record)) AS n")
            let found = try await customers.database.query(
                .scan, in: .workspace(acme),
                "SELECT count(*) AS n FROM customers.search(\(acme), 'individual', 'canary', 10)")
            #expect(try found.value("n", as: Int64.self) == 1)
        }
    }

    @Test("another service may not search, and reads of customers the owner card of its workspace alone (S-2)")
    func ownerCard() async throws {
        try await CustomersUnderTest.run { [acme] customers in
            let token = try await customers.token(in: acme)
            let ada = try await customers.addIndividual("Ada", as: token)
            let company = try await customers.addOrganization("Engines", as: token)
            _ = try await customers.addIndividual("Foreign", as: try await customers.token(in: .make(at: .now)))
            _ = try await customers.send(.delete, "/v1/individuals/\(ada)", as: token)
            try await ScratchDatabase.current.withService(.tickets) { database in
                let cards = try await database.query(
                    .scan, in: .workspace(acme),
                    """
                    SELECT string_agg(
                        kind || ' ' || id || ' ' || label || ' ' || is_deleted, ', ' ORDER BY kind) AS cards
                    FROM customers.owner_card WHERE workspace_id = \(acme)
                    """)
                #expect(
                    try cards.text("cards") == "individual \(ada) Ada true, organization \(company) Engines false")
                let unset = await Self.sqlState {
                    _ = try await database.query(.scan, in: .none, "SELECT id FROM customers.owner_card")
                }
                #expect(unset == "42704" || unset == "22P02")
                for table in ["individual", "organization", "contact", "membership", "search_text"] {
                    let state = await Self.sqlState {
                        _ = try await database.query(
                            .scan, in: .workspace(acme), "SELECT count(*) AS n FROM customers.\(unsafe: table)")
                    }
                    #expect(state == "42501", "\(table)")
                }
                let search = await Self.sqlState {
                    _ = try await database.query(
                        .scan, in: .workspace(acme),
                        "SELECT count(*) AS n FROM customers.search(\(acme), 'individual', 'a', 10)")
                }
                #expect(search == "42501")
            }
        }
    }

    @Test("a contact has exactly one owner, a verified one once, and one primary of a kind, by the schema itself")
    func constraints() throws {
        let scratch = try ScratchDatabase.current
        func insert(_ individual: String, _ organization: String, _ value: String, _ flags: String) throws -> String {
            try scratch.cluster.sql(
                """
                INSERT INTO customers.contact VALUES ('\(acme)', gen_random_uuid(), \(individual), \(organization),
                    'handle', '\(value)', '\(value)', NULL, \(flags), now(), now())
                """, database: scratch.name)
        }
        let (person, company) = ("'\(ID<Individual>.make(at: .now))'", "'\(ID<Organization>.make(at: .now))'")
        for (table, id) in [("individual", person), ("organization", company)] {
            _ = try scratch.cluster.sql(
                """
                INSERT INTO customers.\(table) (workspace_id, id, name, name_key, created_at, updated_at)
                VALUES ('\(acme)', \(id), 'N', 'n', now(), now())
                """, database: scratch.name)
        }
        _ = try insert(person, "NULL", "a", "true, true")
        _ = try insert("NULL", company, "b", "true, true")
        #expect(throws: (any Error).self) { try insert("NULL", "NULL", "c", "false, false") }
        #expect(throws: (any Error).self) { try insert(person, company, "c", "false, false") }
        #expect(throws: (any Error).self) { try insert("NULL", company, "a", "true, false") }
        #expect(throws: (any Error).self) { try insert(person, "NULL", "c", "false, true") }
        #expect(throws: (any Error).self) { try insert(person, "NULL", "a", "false, false") }
        #expect(throws: (any Error).self) { try insert("NULL", person, "d", "false, false") }
    }

    private static func sqlState(_ work: () async throws -> Void) async -> String? {
        do {
            try await work()
            return nil
        } catch {
            return (error as? PostgresError)?.sqlState
        }
    }
}
