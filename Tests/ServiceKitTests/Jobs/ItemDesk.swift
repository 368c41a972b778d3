import HTTPTypes
import Models
import Postgres
import TestSupport
import Testing

@testable import ServiceKit

/// A workspace with items and staff, and the service that has jobs over them.
struct ItemDesk: Sendable {
    let service: ServiceUnderTest<ItemJobsDefinition>
    let workspace: ID<Workspace>
    /// Who may begin jobs.
    let manager: ID<User>

    /// Runs a test before a workspace of its own.
    static func run(
        observer: (any DatabaseObserver)? = nil, _ body: @escaping @Sendable (ItemDesk) async throws -> Void
    ) async throws {
        try await ServiceUnderTest<ItemJobsDefinition>.run(observer: observer) { service in
            try await body(try desk(service))
        }
    }

    /// One more workspace before the same service.
    static func desk(_ service: ServiceUnderTest<ItemJobsDefinition>) throws -> ItemDesk {
        let desk = ItemDesk(service: service, workspace: .make(at: .now), manager: .make(at: .now))
        try desk.employ(desk.manager, role: .manager)
        return desk
    }

    /// Makes somebody work here.
    @discardableResult
    func employ(_ person: ID<User> = .make(at: .now), role: Role) throws -> ID<User> {
        _ = try sql(
            """
            INSERT INTO identity.person (workspace_id, id, role)
            VALUES ('\(workspace)', '\(person)', '\(role.rawValue)')
            """)
        return person
    }

    /// Runs SQL as a superuser.
    @discardableResult
    func sql(_ text: String) throws -> [String] {
        let scratch = try ScratchDatabase.current
        return try scratch.cluster.sql(text, database: scratch.name).split(separator: "\n").map(String.init)
    }

    /// Adds items, the ids of which are older than any job and in the order of their numbers.
    func fill(_ count: Int, status: String = "open", from first: Int = 0) throws {
        try sql(
            """
            INSERT INTO identity.item (workspace_id, id, status, version)
            SELECT '\(workspace)', ('00000000-0000-7000-8000-' || lpad((\(first) + i)::text, 12, '0'))::uuid,
                '\(status)', 1
            FROM generate_series(1, \(count)) AS i
            """)
    }

    /// How many items there are of a kind.
    func count(_ condition: String = "true") throws -> Int {
        Int(
            try sql("SELECT count(*) FROM identity.item WHERE workspace_id = '\(workspace)' AND \(condition)").first
                ?? "") ?? -1
    }

    /// Sends a request of the manager, or of somebody else.
    func send(
        _ method: HTTPRequest.Method, _ path: String, as person: ID<User>? = nil, role: Role = .manager,
        _ body: String? = nil, _ headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        let token = try await service.token(role, in: workspace, as: person ?? manager)
        return try await service.send(method, path, as: token, body, headers)
    }

    /// Begins a job, and expects that this is possible.
    func begin(
        _ status: String = "done", where filter: String = "{}", as person: ID<User>? = nil, role: Role = .manager,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let body = #"{"filter": \#(filter), "change": {"status": "\#(status)"}}"#
        let answer = try await send(.post, "/v1/items/jobs", as: person, role: role, body)
        #expect(answer.status == 202, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.header("Location"), sourceLocation: sourceLocation)
    }

    /// The job as it is.
    func job(_ path: String) async throws -> Job {
        let answer = try await send(.get, path)
        return try WireJSON.decode(Job.self, from: answer.json)
    }

    /// Takes turns as a worker does, as many as are named or until none is due.
    ///
    /// - Returns: How many were taken.
    @discardableResult
    func turns(_ most: Int = 1_000, size: Int = 10) async throws -> Int {
        let handlers = ItemJobsDefinition.bulk(on: service.database, clock: service.clock.service, turn: size).handlers
        let timers = TimerStore(database: service.database, service: .identity)
        for taken in 0..<most {
            var mark = TimerMark()
            let due = try await timers.claim([.bulkJob], limit: 1, lease: .seconds(30), from: &mark)
            guard let timer = due.first else { return taken }
            try await handlers[0].perform(timer, timers)
        }
        return most
    }

    /// Takes the next turn of a sweep, whose time has come.
    func sweep() async throws {
        try sql("UPDATE core.timer SET due_at = now() WHERE kind = 'bulk_job_sweep'")
        let handlers = ItemJobsDefinition.bulk(on: service.database, clock: service.clock.service).handlers
        let timers = TimerStore(database: service.database, service: .identity)
        var mark = TimerMark()
        let due = try await timers.claim([.bulkJobSweep], limit: 1, lease: .seconds(30), from: &mark)
        try await handlers[1].perform(try #require(due.first), timers)
    }

    /// Versions of all items and how often the activity tells of each: `version|entries|items`.
    func chains() throws -> [String] {
        try sql(
            """
            SELECT i.version, (SELECT count(*) FROM core.activity AS a WHERE a.subject_id = i.id
                AND a.workspace_id = i.workspace_id) AS entries, count(*)
            FROM identity.item AS i WHERE i.workspace_id = '\(workspace)' GROUP BY 1, 2 ORDER BY 1, 2
            """)
    }
}
