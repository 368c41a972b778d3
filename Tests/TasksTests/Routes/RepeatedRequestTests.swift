import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

@Suite("Repeated and concurrent requests", .scratchDatabase(.tasks))
struct RepeatedRequestTests {
    @Test("every write is repeated by its key, byte for byte, and done once (R-1)")
    func replays() async throws {
        try await Desk.run { desk in
            var number = 0
            try await desk.make(OperationCall.ofTasks, knowing: try desk.names()) { call in
                guard call.contract.method.isWrite, call.contract.keptAnswer != .none else {
                    return try await call.send()
                }
                number += 1
                let headers = ["Idempotency-Key": "k\(number)"]
                let first = try await call.send(headers)
                let entries = try Rows.count("core.activity")
                let second = try await call.send(headers)
                if call.contract.keptAnswer == .secret {
                    // What holds a secret is shown once.
                    #expect(second.status == 409 && second.code == "already_issued", "\(call.contract.id)")
                    return first
                }
                #expect(second.status == first.status, "\(call.contract.id)")
                #expect(second.bytes == first.bytes, "\(call.contract.id)")
                #expect(second.header("ETag") == first.header("ETag"), "\(call.contract.id)")
                #expect(second.header("Location") == first.header("Location"), "\(call.contract.id)")
                #expect(second.header("Idempotent-Replayed") == "true", "\(call.contract.id)")
                let after = try Rows.count("core.activity")
                #expect(after == entries, "\(call.contract.id)")
                return first
            }
            #expect(number > 15)
        }
    }

    @Test("every write of a record that is there honours If-Match, and refuses an old version (R-3)")
    func matches() async throws {
        try await Desk.run { desk in
            var tried: Set<String> = []
            try await desk.make(OperationCall.ofTasks, knowing: try desk.names()) { call in
                if call.contract.problems.contains(.versionMismatch) {
                    tried.insert(call.contract.id)
                    let stale = try await call.send(["If-Match": "\"999\""])
                    #expect(stale.status == 412, "\(call.contract.id) \(stale.status)")
                    #expect(stale.code == "version_mismatch", "\(call.contract.id)")
                    let version = try #require(stale.json["version"]?.whole, "\(call.contract.id)")
                    return try await call.send(["If-Match": "\"\(version).7\""])
                }
                return try await call.send()
            }
            let declared = desk.service.assembly.routes.map(\.contract)
                .filter { $0.problems.contains(.versionMismatch) }.map(\.id)
            #expect(tried == Set(declared))
        }
    }

    @Test("what every operation answers decodes into its type, whatever its statement")
    func decodes() async throws {
        try await Desk.run { desk in
            try await desk.make(OperationCall.ofTasks, knowing: try desk.names()) { call in
                let answer = try await call.send()
                if let schema = call.contract.outputSchema, call.contract.outputMediaType == "application/json" {
                    #expect(schema.faults(in: answer.json).isEmpty, "\(call.path) \(schema.faults(in: answer.json))")
                }
                return answer
            }
            let page = try await desk.get("/v1/tasks?team=\(desk.company.team)")
            let summary = try WireJSON.decode(Page<TaskSummary>.self, from: page.bytes).items.first
            #expect(summary?.title == "canary two" && summary?.team?.name == Company.teamName)
            let shown = try await desk.get("/v1/tasks/\(try #require(summary).id)")
            let task = try WireJSON.decode(TaskItem.self, from: shown.bytes)
            #expect(task.estimateSeconds == 3_600 && task.description == "canary in full")
        }
    }

    @Test("fifty equal POSTs with one key make one task; each answer is 201 with the same bytes, or 409 (R-1)")
    func concurrentPosts() async throws {
        try await Desk.run { desk in
            let answers = try await atOnce(50) { _ in
                try await desk.post("/v1/tasks", #"{"title": "T"}"#, ["Idempotency-Key": "one"])
            }
            let good = answers.filter { $0.status == 201 }
            #expect(!good.isEmpty)
            for answer in good { #expect(answer.bytes == good[0].bytes) }
            for answer in answers where answer.status != 201 {
                #expect(answer.status == 409)
                #expect(answer.code == "idempotency_in_progress")
            }
            let rows = try [
                Rows.count("tasks.task"), Rows.count("core.activity"), Rows.count("core.idempotency_key"),
            ]
            #expect(rows == [1, 1, 1])
            let other = try await desk.post("/v1/tasks", #"{"title": "U"}"#, ["Idempotency-Key": "one"])
            #expect(other.status == 422 && other.code == "idempotency_key_reused")
        }
    }

    @Test("of fifty PATCHes with one ETag one succeeds, and 49 are told the newer version (R-3)")
    func concurrentPatches() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            let answers = try await atOnce(50) { number in
                try await desk.patch(task.path, #"{"title": "T\#(number)"}"#, ["If-Match": "\"1.0\""])
            }
            #expect(answers.filter { $0.status == 200 }.count == 1)
            let stale = answers.filter { $0.status == 412 }
            #expect(stale.count == 49)
            for answer in stale { #expect(answer.json["version"]?.whole == 2) }
            let entries = try Rows.count("core.activity")
            #expect(entries == 2)
        }
    }

    @Test("If-None-Match of what one has is 304 without a body, by version and label revision (R-3)")
    func notModified() async throws {
        try await Desk.run { desk in
            let task = try await desk.make()
            for tag in ["\"1.0\"", "W/\"1.0\"", "\"9.9\", \"1.0\"", "*"] {
                let answer = try await desk.send(.get, task.path, nil, ["If-None-Match": tag])
                #expect(answer.status == 304 && answer.bytes.isEmpty, "\(tag)")
            }
            try Rows.run("UPDATE tasks.task SET label_revision = 1")
            let refreshed = try await desk.send(.get, task.path, nil, ["If-None-Match": "\"1.0\""])
            #expect(refreshed.status == 200)
            #expect(refreshed.header("ETag") == "\"1.1\"")
        }
    }
}
