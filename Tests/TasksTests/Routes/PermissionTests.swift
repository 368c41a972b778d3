import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Who may call what", .scratchDatabase(.tasks))
struct PermissionTests {
    @Test("every operation is called by the walls, and each id of each body is tried there (S-1, S-3)")
    func complete() async throws {
        try await Desk.run { desk in
            let contracts = desk.service.assembly.routes.map(\.contract)
            #expect(Set(contracts.map(\.id)) == Set(OperationCall.ofTasks.map(\.operation)))
            for contract in contracts where !Self.filtering.contains(contract.id) {
                let bodies = OperationCall.ofTasks.filter { $0.operation == contract.id }.compactMap(\.body)
                for member in Self.ids(of: contract.bodySchema) {
                    let tried = bodies.contains { body in
                        ["\"", "[\""].contains { body.contains("\"\(member)\": \($0)${") }
                    }
                    #expect(tried, "\(contract.id) \(member)")
                }
            }
        }
    }

    @Test("without a token, with a wrong one or one that has expired every operation is 401 (S-1)")
    func noToken() async throws {
        try await Desk.run { desk in
            let old = try await desk.token(desk.company.administrator)
            desk.clock.advance(by: .seconds(61))
            let before = try Rows.everything()
            for contract in desk.service.assembly.routes.map(\.contract) where contract.access.asksWho {
                for token in [nil, "wrong", old] {
                    let answer = try await Self.call(desk, contract, as: token)
                    #expect(answer.status == 401, "\(contract.id)")
                    #expect(answer.code == "unauthenticated")
                    #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("each role may call what its permissions say and nothing else (S-4)", arguments: Role.allCases)
    func roles(role: Role) async throws {
        try await Desk.run { desk in
            let token = try await desk.token(desk.company[role])
            for contract in desk.service.assembly.routes.map(\.contract) {
                guard case .needs(let permission) = contract.access else { continue }
                let answer = try await Self.call(desk, contract, as: token)
                if role.permissions.contains(permission) {
                    #expect(![401, 403, 500, 503].contains(answer.status), "\(role) \(contract.id) \(answer.status)")
                } else {
                    #expect(answer.status == 403, "\(role) \(contract.id)")
                    #expect(answer.json["detail"]?.text?.contains(permission.rawValue) == true)
                }
            }
        }
    }

    @Test("a token of no permission, and one of permissions of other services alone, may call nothing")
    func noPermission() async throws {
        try await Desk.run { desk in
            let others = Set(Permission.all.filter { !$0.rawValue.hasPrefix("tasks:") })
            for permissions in [[], others] {
                let token = try await desk.service.token(
                    in: desk.company.id, subject: desk.company.agent.id.description, permissions: permissions)
                for contract in desk.service.assembly.routes.map(\.contract) where contract.access.asksWho {
                    let answer = try await Self.call(desk, contract, as: token)
                    #expect(answer.status == 403, "\(contract.id)")
                }
            }
        }
    }

    @Test("another workspace's record is 404 for every operation of its mightiest, and in no list (S-1, S-3)")
    func otherWorkspace() async throws {
        try await Desk.run { desk in
            let other = try desk.other()
            let theirs = RecordNames(of: other.company)
            let token = try await other.token(other.company.administrator)
            let rows = try Self.rows(of: other)
            try await desk.make(OperationCall.ofTasks, knowing: try desk.names()) { call in
                // People and teams in the body are theirs; a record of ours there may be found missing first.
                let body = call.call.body.map(theirs.fill(body:))
                let namesOurs = body?.contains("${") == true
                if !call.contract.access.asksWho {
                    // The secret in the address is the proof, whoever else shows it.
                } else if call.namesRecord {
                    let answer = try await desk.service.send(
                        call.method, call.path, as: token, body.map(call.names.fill(body:)))
                    #expect(
                        answer.status == 404 || (namesOurs && answer.status == 422),
                        "\(call.contract.id) \(call.path) \(answer.status)")
                    #expect(!answer.text.contains("canary"), "\(call.contract.id)")
                } else if !call.contract.method.isWrite {
                    let answer = try await desk.service.send(.get, call.path, as: token)
                    let expected = Self.mayHaveNone.contains(call.contract.id) ? 404 : 200
                    #expect(answer.status == expected, "\(call.path) \(answer.text)")
                    #expect(!answer.text.contains("canary"), "\(call.path)")
                }
                return try await call.send()
            }
            #expect(try Self.rows(of: other) == rows)
        }
    }

    /// What a person has one of or none: a running clock, a link to their calendar.
    private static let mayHaveNone: Set<String> = ["task_time.timer", "calendars.show"]

    @Test("each id in each body is refused when it is another workspace's or made up (S-3)")
    func foreignBodies() async throws {
        try await Desk.run { desk in
            let other = try desk.other()
            let theirs = try await other.make(OperationCall.ofTasks, knowing: try other.names())
            try await desk.make(OperationCall.ofTasks, knowing: try desk.names()) { call in
                for foreign in Self.bodies(of: call, theirs) where !Self.filtering.contains(call.contract.id) {
                    let answer = try await desk.send(call.method, call.path, as: desk.company.administrator, foreign)
                    #expect([404, 422].contains(answer.status), "\(call.contract.id) \(foreign) \(answer.status)")
                    #expect(answer.status == 404 || !answer.pointers.isEmpty, "\(call.contract.id) \(answer.text)")
                }
                return try await call.send()
            }
        }
    }

    /// What these name they look for, each by itself: nothing is refused, and nothing is found.
    private static let filtering: Set<String> = ["tasks.batch", "task_jobs.create"]

    // MARK: Steps

    /// The bodies of a call with one of its ids, each in turn, another workspace's or nobody's.
    private static func bodies(of call: ReadyCall, _ theirs: RecordNames) -> [String] {
        guard let listed = call.call.body else { return [] }
        let marks = Set(listed.matches(of: /\$\{\w+\}/).map { String($0.0) })
        return marks.flatMap { mark in
            [theirs.fill(body: mark), ID<TaskItem>.make(at: .now).description].map { id in
                call.names.fill(body: listed.replacing(mark, with: id))
            }
        }
    }

    /// The members of a body that are ids of records.
    private static func ids(of schema: Schema?) -> [String] {
        switch schema {
        case .object(let object)?:
            object.members.flatMap { isID($0.schema) ? [$0.name] : ids(of: $0.schema) }
        case .array(let element, _)?: ids(of: element)
        case .nullable(let schema)?: ids(of: schema)
        default: []
        }
    }

    /// Whether a member is an id, or a list of them.
    private static func isID(_ schema: Schema) -> Bool {
        switch schema {
        case .text(let text): text.format == "uuid"
        case .array(let element, _), .nullable(let element): isID(element)
        default: false
        }
    }

    /// What a workspace has in the tables of tasks.
    private static func rows(of desk: Desk) throws -> [Int] {
        try Rows.of("SELECT format('tasks.%I', tablename) FROM pg_tables WHERE schemaname = 'tasks' ORDER BY 1")
            .map { try Rows.count($0, where: "workspace_id = '\(desk.company.id)'") }
            + [Rows.count("core.activity", where: "workspace_id = '\(desk.company.id)'")]
    }

    private static func call(_ desk: Desk, _ contract: Contract, as token: String?) async throws -> TestAnswer {
        let method = try #require(HTTPRequest.Method(rawValue: contract.method.rawValue))
        let path = contract.path.replacing("{word}", with: "none")
            .replacing(/\{\w+\}/, with: ID<TaskItem>.make(at: .now).description)
        return try await desk.service.send(method, path, as: token, contract.bodySchema == nil ? nil : "[]")
    }
}

extension Access {
    /// Whether it asks who calls; RouteListTests say which operation alone does not.
    fileprivate var asksWho: Bool { if case .needs = self { true } else { false } }
}
