import HTTPTypes
import Models
import Postgres
import TestSupport
import Testing

@testable import Customers

@Suite("Plans of customers' statements")
struct PlanTests {
    private let acme = ID<Workspace>.make(at: .now)

    @Test(
        "every statement of every operation names its workspace: of 16 partitions it touches one (SC-5)",
        .scratchDatabase(PlanAudit.template(with: [.customers], key: "customers")))
    func partitions() async throws {
        let recorder = StatementRecorder()
        try await CustomersUnderTest.run(observer: recorder) { [acme] customers in
            let token = try await customers.token(in: acme)
            for kind in ["individuals", "organizations"] { try await Self.use(kind, customers, token) }
            try await Self.useMemberships(customers, token)
        }
        #expect(recorder.statements.count > 25)
        let offences = try await PlanAudit().offences(among: recorder.statements)
        #expect(offences.isEmpty, "\(offences.joined(separator: "\n"))")
    }

    @Test("page 200 of a list reads at most twice the buffers of page 1 (R-4)", .scratchDatabase(.customers))
    func deepPages() async throws {
        let scratch = try ScratchDatabase.current
        try SearchFilling(workspace: acme).fill(10_000)
        _ = try scratch.cluster.sql("VACUUM ANALYZE customers.individual", database: scratch.name)
        for (order, key) in [("name_key", "name_key"), ("created_at DESC", "created_at")] {
            func buffers(from position: Int) throws -> Int {
                let last = try scratch.cluster.sql(
                    """
                    SELECT format('(%L, %L)', \(key), id) FROM customers.individual WHERE workspace_id = '\(acme)'
                    ORDER BY \(order), id \(order.hasSuffix("DESC") ? "DESC" : "") OFFSET \(position) LIMIT 1
                    """, database: scratch.name)
                let plan = try scratch.cluster.sql(
                    """
                    SET ROLE customers;
                    SET casebook.workspace_id = '\(acme)';
                    EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF)
                    SELECT id, name FROM customers.individual
                    WHERE workspace_id = '\(acme)' AND deleted_at IS NULL
                        AND (\(key), id) \(order.hasSuffix("DESC") ? "<" : ">") \(last)
                    ORDER BY \(order), id \(order.hasSuffix("DESC") ? "DESC" : "") LIMIT 51
                    """, database: scratch.name)
                #expect(plan.contains("Index Scan"), "\(plan)")
                let line = plan.split(separator: "\n").first { $0.contains("Buffers: ") }
                return (line?.split(separator: "=") ?? []).compactMap { Int($0.prefix(while: \.isNumber)) }.reduce(0, +)
            }
            _ = try buffers(from: 9_900)
            let (first, last) = (try buffers(from: 0), try buffers(from: 9_900))
            #expect(first > 0)
            #expect(last <= 2 * first, "\(order) \(first) \(last)")
        }
    }

    @Test("the two index steps of a search use the trigram index, whatever is typed", .scratchDatabase(.customers))
    func searchPlans() async throws {
        let scratch = try ScratchDatabase.current
        try SearchFilling(workspace: acme).fill(20_000)
        _ = try scratch.cluster.sql("VACUUM ANALYZE customers.search_text", database: scratch.name)
        for condition in [
            "s.body LIKE '%common%' AND s.body LIKE ALL ('{%common%}')",
            "s.body LIKE '% c%' AND s.body LIKE ALL ('{% c%}')",
            "s.body LIKE '%1234%' AND s.body LIKE ALL ('{%1234%}')", "s.body OPERATOR(extensions.%>) 'comon'",
        ] {
            let plan = try scratch.cluster.sql(
                """
                SET enable_seqscan = off;
                SET enable_indexscan = off;
                EXPLAIN (COSTS OFF) SELECT s.id, s.body FROM customers.search_text AS s
                WHERE s.workspace_id = '\(acme)' AND s.kind = 'individual' AND \(condition) LIMIT 1000
                """, database: scratch.name)
            #expect(plan.contains("Bitmap Index Scan on ix_search_text_body"), "\(plan)")
        }
    }

    @Test(
        "whatever is typed, a search reads a bounded part of what there is (SC-6)", .scratchDatabase(.customers),
        arguments: ["c", "common", "filler", "1234", "comomn", "fillre 123", "zzzz", "filler common 19999"])
    func searchBuffers(typed: String) async throws {
        let scratch = try ScratchDatabase.current
        try SearchFilling(workspace: acme).fill(20_000)
        _ = try scratch.cluster.sql("VACUUM ANALYZE customers.search_text", database: scratch.name)
        let plan = try scratch.cluster.sql(
            """
            SET ROLE customers;
            SET casebook.workspace_id = '\(acme)';
            EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF)
            SELECT id FROM customers.search('\(acme)', 'individual', '\(typed)', 50)
            """, database: scratch.name)
        let line = plan.split(separator: "\n").first { $0.contains("Buffers: ") }
        let read = (line?.split(separator: "=") ?? []).compactMap { Int($0.prefix(while: \.isNumber)) }.reduce(0, +)
        // The newest 2,000 rows cost 2,000; each step of the index 1,000 rows and its own pages.
        #expect(read > 0 && read < 10_000, "\(plan)")
    }

    private static func use(_ kind: String, _ customers: CustomersUnderTest, _ token: String) async throws {
        let contact = #"{"kind": "email", "value": "\#(kind)@x.example", "is_verified": true}"#
        let path = "/v1/\(kind)"
        let made = try await customers.send(
            .post, path, as: token, #"{"name": "Ada", "contacts": [\#(contact)]}"#, ["Idempotency-Key": "\(kind)"])
        let id = try #require(made.id)
        let first = try #require(made.contacts.first?["id"]?.text)
        _ = try await customers.send(.post, path, as: token, #"{"name": "B", "contacts": [\#(contact)]}"#)
        var cursors = ["sort=name", "sort=-created_at"]
        _ = try await customers.add(path, #"{"name": "C"}"#, as: token)
        for sort in cursors {
            let page = try await customers.send(.get, "\(path)?limit=1&\(sort)", as: token)
            cursors.append("\(sort)&cursor=\(try #require(page.json["next_cursor"]?.text))")
        }
        for query in cursors + ["count=true", "q=ada", "q=adda", "email=a@b.example", "phone=%2B4930123"] {
            #expect(try await customers.send(.get, "\(path)?\(query)", as: token).status == 200)
        }
        let writes: [(HTTPRequest.Method, String, String?)] = [
            (.get, "\(path)/\(id)", nil), (.patch, "\(path)/\(id)", #"{"name": "D"}"#),
            (.patch, "\(path)/\(id)", "{}"),
            (.post, "\(path)/\(id)/contacts", #"{"kind": "email", "value": "z@x.example"}"#),
            (.patch, "\(path)/\(id)/contacts/\(first)", #"{"label": "l"}"#),
            (.post, "\(path)/\(id)/contacts", #"{"kind": "email", "value": "y@x.example", "is_primary": true}"#),
            (.delete, "\(path)/\(id)/contacts/\(first)", nil), (.delete, "\(path)/\(id)", nil),
        ]
        for (number, (method, path, body)) in writes.enumerated() {
            let answer = try await customers.send(
                method, path, as: token, body, ["Idempotency-Key": "\(kind) \(number)"])
            #expect(answer.status < 300, "\(method) \(path) \(answer.text)")
        }
    }

    private static func useMemberships(_ customers: CustomersUnderTest, _ token: String) async throws {
        let person = try await customers.addIndividual(as: token)
        let company = try await customers.addOrganization(as: token)
        let path = "/v1/organizations/\(company)/members/\(person)"
        for (method, path, body) in [
            (HTTPRequest.Method.put, path, Optional("{}")), (.put, path, #"{"role": "r"}"#),
            (.put, path, #"{"role": "r"}"#),
            (.get, "/v1/organizations/\(company)/members", nil), (.get, "/v1/individuals/\(person)/memberships", nil),
            (.get, "/v1/individuals?organization=\(company)", nil),
            (.get, "/v1/individuals?organization=\(company)&sort=name", nil), (.delete, path, nil),
        ] {
            let answer = try await customers.send(method, path, as: token, body)
            #expect(answer.status < 300, "\(method) \(path) \(answer.text)")
        }
    }
}
