import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

/// Every write with a body, all at once: a database for each write and check would cost minutes.
@Suite("Bad input", .scratchDatabase(.tasks))
struct BadInputTests {
    /// The writes of every room; their paths are the contracts'.
    static let writes: [Write] = making + having + kinds + projects + parts + series + plans

    private static let id = #""0190a0a0-0000-7000-8000-000000000000""#

    private static let making = [
        Write(
            method: .post, path: "/v1/tasks",
            fields: [
                "title": #""T""#, "description": #""D""#, "kind": #""report""#, "priority": #""low""#,
                "subject": #"{"kind": "ticket", "id": \#(id)}"#, "assignee_id": id, "team_id": id,
                "due_on": #""2099-01-01""#, "due_at": #""2099-01-01T00:00:00Z""#, "estimate_seconds": "60",
                "is_required": "true",
            ], required: ["title"], texts: ["title": 140, "description": 20_000, "kind": 40],
            nullable: [
                "description", "kind", "priority", "subject", "assignee_id", "team_id", "due_on", "due_at",
                "estimate_seconds", "is_required",
            ]),
        Write(
            method: .patch, path: "/v1/tasks/{id}",
            fields: [
                "title": #""T""#, "description": #""D""#, "kind": #""report""#, "priority": #""low""#,
                "subject": #"{"kind": "ticket", "id": \#(id)}"#, "due_on": #""2099-01-01""#,
                "due_at": #""2099-01-01T00:00:00Z""#, "estimate_seconds": "60", "progress_percent": "5",
                "is_required": "true",
            ], texts: ["title": 140, "description": 20_000, "kind": 40],
            nullable: ["description", "subject", "due_on", "due_at", "estimate_seconds"]),
        Write(
            method: .post, path: "/v1/tasks/{id}/status",
            fields: ["status": #""completed""#, "reason": #""R""#, "force": "true"],
            required: ["status"], texts: ["reason": 500], nullable: ["reason", "force"]),
        Write(method: .post, path: "/v1/tasks/batch", fields: ["operations": "[]"], required: ["operations"]),
    ]

    private static let having = [
        Write(
            method: .post, path: "/v1/tasks/{id}/assign", fields: ["assignee_id": id, "team_id": id],
            nullable: ["assignee_id", "team_id"]),
        Write(
            method: .post, path: "/v1/tasks/{id}/delegate", fields: ["assignee_id": id, "note": #""N""#],
            required: ["assignee_id"], texts: ["note": 20_000], nullable: ["note"]),
    ]

    private static let kinds = [
        Write(
            method: .post, path: "/v1/tasks/kinds", fields: ["word": #""own""#, "name": #""O""#],
            required: ["word", "name"], texts: ["word": 40, "name": 140]),
        Write(
            method: .patch, path: "/v1/tasks/kinds/{word}", fields: ["name": #""O""#, "is_active": "true"],
            texts: ["name": 140]),
    ]

    private static let projects = [
        Write(
            method: .post, path: "/v1/projects",
            fields: ["name": #""P""#, "description": #""D""#, "due_on": #""2099-01-01""#], required: ["name"],
            texts: ["name": 140, "description": 20_000], nullable: ["description", "due_on"]),
        Write(
            method: .patch, path: "/v1/projects/{id}",
            fields: [
                "name": #""P""#, "description": #""D""#, "due_on": #""2099-01-01""#, "status": #""archived""#,
            ], texts: ["name": 140, "description": 20_000], nullable: ["description", "due_on"]),
        Write(
            method: .post, path: "/v1/projects/{id}/milestones",
            fields: ["name": #""M""#, "due_on": #""2099-01-01""#], required: ["name"], texts: ["name": 140],
            nullable: ["due_on"]),
        Write(
            method: .patch, path: "/v1/projects/{id}/milestones/{milestone_id}",
            fields: ["name": #""M""#, "due_on": #""2099-01-01""#, "is_reached": "true"], texts: ["name": 140],
            nullable: ["due_on"]),
        Write(
            method: .post, path: "/v1/tasks/{id}/place",
            fields: ["project_id": id, "milestone_id": id, "after": id, "status": #""open""#],
            nullable: ["project_id", "milestone_id", "after"]),
    ]

    private static let parts = [
        Write(
            method: .post, path: "/v1/tasks/{id}/checklist",
            fields: ["text": #""T""#, "is_done": "true", "after": id], required: ["text"], texts: ["text": 500],
            nullable: ["is_done", "after"]),
        Write(
            method: .patch, path: "/v1/tasks/{id}/checklist/{entry_id}",
            fields: ["text": #""T""#, "is_done": "true"], texts: ["text": 500]),
        Write(
            method: .post, path: "/v1/tasks/{id}/checklist/{entry_id}/move", fields: ["after": id],
            required: ["after"], nullable: ["after"]),
        Write(
            method: .post, path: "/v1/tasks/{id}/parent", fields: ["parent_id": id], required: ["parent_id"],
            nullable: ["parent_id"]),
        Write(
            method: .post, path: "/v1/tasks/{id}/comments",
            fields: ["text": #""T""#, "mentions": #"{"user_ids": [\#(id)], "team_ids": [\#(id)]}"#],
            required: ["text"], texts: ["text": 20_000], nullable: ["mentions"]),
        Write(
            method: .post, path: "/v1/tasks/{id}/time",
            fields: ["seconds": "60", "note": #""N""#, "started_at": #""2020-01-01T00:00:00Z""#],
            required: ["seconds"], texts: ["note": 500], nullable: ["note", "started_at"]),
    ]

    private static let series = [
        Write(
            method: .post, path: "/v1/tasks/series",
            fields: [
                "rule": #""FREQ=DAILY""#, "start": #""2098-01-01T09:00:00""#, "zone": #""Europe/Berlin""#,
                "title": #""T""#, "description": #""D""#, "kind": #""report""#, "priority": #""low""#,
                "subject": #"{"kind": "ticket", "id": \#(id)}"#, "assignee_id": id, "team_id": id,
                "estimate_seconds": "60", "is_required": "true", "made_before_seconds": "60",
            ], required: ["rule", "start", "title"],
            texts: ["title": 140, "description": 20_000, "kind": 40],
            nullable: [
                "zone", "description", "kind", "priority", "subject", "assignee_id", "team_id", "estimate_seconds",
                "is_required", "made_before_seconds",
            ]),
        Write(
            method: .patch, path: "/v1/tasks/series/{id}",
            fields: [
                "rule": #""FREQ=DAILY""#, "start": #""2098-01-01T09:00:00""#, "zone": #""Europe/Berlin""#,
                "title": #""T""#, "description": #""D""#, "kind": #""report""#, "priority": #""low""#,
                "subject": #"{"kind": "ticket", "id": \#(id)}"#, "assignee_id": id, "team_id": id,
                "estimate_seconds": "60", "is_required": "true", "made_before_seconds": "60", "is_paused": "true",
            ], texts: ["title": 140, "description": 20_000, "kind": 40],
            nullable: ["description", "subject", "assignee_id", "team_id", "estimate_seconds"]),
        Write(
            method: .post, path: "/v1/tasks/series/{id}/skip", fields: ["occurrence": #""2098-01-01T09:00:00""#],
            required: ["occurrence"]),
    ]

    private static let plans = [
        Write(
            method: .post, path: "/v1/tasks/{id}/reminders",
            fields: ["remind_at": #""2099-01-01T00:00:00Z""#, "before_due_seconds": "60"],
            nullable: ["remind_at", "before_due_seconds"]),
        Write(
            method: .post, path: "/v1/tasks/templates", fields: ["name": #""T""#, "items": #"[{"title": "T"}]"#],
            required: ["name", "items"], texts: ["name": 140]),
        Write(
            method: .patch, path: "/v1/tasks/templates/{id}",
            fields: ["name": #""T""#, "items": #"[{"title": "T"}]"#, "is_active": "true"], texts: ["name": 140]),
        Write(
            method: .post, path: "/v1/tasks/templates/{id}/open", fields: ["ticket_id": id],
            required: ["ticket_id"]),
        Write(
            method: .post, path: "/v1/tasks/jobs",
            fields: ["filter": "{}", "change": #"{"update": {"priority": "low"}}"#], required: ["filter", "change"]),
    ]

    @Test("every write with a body is tried here")
    func all() async throws {
        try await Desk.run { desk in
            let contracts = desk.service.assembly.routes.map(\.contract).filter { $0.bodySchema != nil }
            #expect(
                Set(contracts.map { "\($0.method.rawValue) \($0.path)" }) == Set(Self.writes.map(\.testDescription)))
        }
    }

    @Test("what is not JSON is 400, and nothing is written")
    func malformed() async throws {
        try await unchanged { try await $0.malformed() }
    }

    @Test("a body of another shape is 422, and all missing fields are named at once")
    func otherShapes() async throws {
        try await unchanged { try await $0.otherShapes() }
    }

    @Test("every field of a wrong type is named, all at once")
    func wrongTypes() async throws {
        try await unchanged { try await $0.wrongTypes() }
    }

    @Test("a field that is not known is named, the server's own too (S-5)")
    func unknown() async throws {
        let own = [
            "status", "assignee", "team", "delegated_by", "delegated_by_id", "label_revision", "tracked_seconds",
            "progress", "series_id", "started_at", "ended_at", "status_changed_at", "is_ended", "is_built_in",
            "board_rank", "due_key", "subject_label",
        ]
        try await unchanged { try await $0.unknownFields(own) }
    }

    @Test("a text that is too long, empty, or holds NUL is named")
    func texts() async throws {
        try await unchanged { try await $0.texts() }
    }

    @Test("a body over 1 MiB is 413, another media type 415")
    func tooLarge() async throws {
        try await unchanged { try await $0.tooLarge() }
    }

    @Test("a malformed If-Match or Idempotency-Key changes nothing")
    func headers() async throws {
        try await unchanged { try await $0.headers() }
    }

    @Test("numbers beyond their range, days that do not exist and words that nobody knows are named")
    func values() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let before = try Rows.everything()
            for (field, value) in [
                ("estimate_seconds", "0"), ("estimate_seconds", "3600001"), ("estimate_seconds", "-1"),
                ("progress_percent", "101"), ("progress_percent", "-1"), ("due_on", #""2026-02-30""#),
                ("due_on", #""2026-1-1""#), ("due_on", #""0000-01-01""#), ("due_at", #""2026-01-01""#),
                ("due_at", #""2026-01-01T00:00:00""#), ("priority", #""critical""#), ("kind", #""nobody_knows""#),
                ("subject", #"{"kind": "user", "id": \#(Self.id)}"#), ("subject", #"{"kind": "ticket"}"#),
                ("subject", #"{"kind": "article", "id": \#(Self.id)}"#),
            ] {
                let answer = try await desk.patch(task.path, "{\"\(field)\": \(value)}")
                #expect(answer.status == 422, "\(field) \(value)")
                #expect(answer.pointers.allSatisfy { $0.hasPrefix("/\(field)") }, "\(field) \(value) \(answer.text)")
            }
            let end = try await desk.post("/v1/tasks", #"{"title": "T", "due_on": "9999-12-31"}"#)
            #expect([201, 422].contains(end.status), "\(end.text)")
            if end.status == 422 { #expect(try Rows.everything() == before) }
        }
    }

    @Test("a reference that is none names nothing: 404, for each operation that takes one")
    func wrongReferences() async throws {
        try await Desk.run { desk in
            let before = try Rows.everything()
            for write in Self.operations(desk) where write.contract.path.contains("{") {
                for reference in [
                    "x", "0", "00000000-0000-0000-0000-000000000000", "%00", "%FF", "..%2F", "'%20OR%201=1--",
                    "260115001", ID<TaskItem>.make(at: .now).description, String(repeating: "9", count: 300),
                ] {
                    let path = write.contract.path.replacing(/\{\w+\}/, with: reference)
                    let answer = try await desk.send(write.method, path, as: desk.company.administrator, write.body)
                    #expect(
                        answer.status == 404, "\(write.contract.id) \(reference.prefix(40)) \(answer.status)")
                    #expect(answer.header("Content-Type") == "application/problem+json")
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a body where none belongs is 400, a parameter too, and neither changes anything")
    func needless() async throws {
        try await Desk.run { desk in
            let names = try await desk.make(OperationCall.ofTasks, knowing: try desk.names())
            let before = try Rows.everything()
            for call in OperationCall.ofTasks where !call.path.contains("?") {
                let ready = try desk.ready(call, names)
                let parameter = try await desk.send(
                    ready.method, "\(ready.path)?odd=1", as: desk.company.administrator, ready.body)
                #expect(parameter.status == 400, "\(call.operation) \(parameter.status)")
                #expect(parameter.pointers == ["odd"], "\(call.operation)")
                guard ready.contract.method.isWrite, ready.contract.bodySchema == nil else { continue }
                let body = try await desk.send(ready.method, ready.path, as: desk.company.administrator, "{}")
                #expect(body.status == 400, "\(call.operation) \(body.status)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    // MARK: Steps

    /// Each operation with a body that is good in every workspace, as far as it takes one.
    private static func operations(_ desk: Desk) -> [(contract: Contract, method: HTTPRequest.Method, body: String?)] {
        desk.service.assembly.routes.map(\.contract).compactMap { contract in
            guard let method = HTTPRequest.Method(rawValue: contract.method.rawValue) else { return nil }
            let names = RecordNames(of: desk.company)
            let bodies = OperationCall.ofTasks.filter { $0.operation == contract.id }
                .compactMap { $0.body.map(names.fill(body:)) }
            // One that names people and teams alone, if there is one.
            let body = bodies.first { !$0.contains("${") } ?? bodies.first
            return (contract, method, body?.replacing(/\$\{\w+\}/, with: ID<TaskItem>.make(at: .now).description))
        }
    }

    /// Runs checks of every write at a record that is there, and expects that no row of any table was changed by them.
    private func unchanged(_ checks: @escaping @Sendable (BadInput) async throws -> Void) async throws {
        try await Desk.run { desk in
            let names = try await desk.make(OperationCall.ofTasks, knowing: try desk.names())
            let token = try await desk.token(desk.company.administrator)
            let before = try Rows.everything()
            for write in Self.writes {
                let call = try #require(
                    OperationCall.ofTasks.first { call in
                        desk.service.assembly.routes.contains { route in
                            let contract = route.contract
                            return contract.id == call.operation
                                && "\(contract.method.rawValue) \(contract.path)" == write.testDescription
                        }
                    }, "\(write.testDescription)")
                let path = names.fill(path: call.path)
                try await checks(
                    BadInput(write) { bytes, headers in
                        try await desk.service.send(write.method, path, as: token, bytes: bytes, headers)
                    })
            }
            #expect(try Rows.everything() == before)
        }
    }
}
