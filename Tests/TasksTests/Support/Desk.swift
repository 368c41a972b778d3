import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

/// A company at work with tasks.
typealias Desk = ServiceDesk<TasksDefinition>

extension ServiceDesk<TasksDefinition> {
    /// Makes a task, and expects that this is possible.
    @discardableResult
    func make(
        _ title: String = "Call the supplier", more: String = "", as person: Staff? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> MadeTask {
        let text = String(decoding: JSONWriter.bytes(of: .string(title)), as: UTF8.self)
        let answer = try await post("/v1/tasks", #"{"title": \#(text)\#(more)}"#, as: person)
        #expect(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return MadeTask(
            id: try #require(answer.json["id"]?.text, sourceLocation: sourceLocation), answer: answer)
    }

    /// Brings a task to a status, and expects that this is possible.
    @discardableResult
    func move(
        _ task: MadeTask, to status: TaskStatus, more: String = "", as person: Staff? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestAnswer {
        let answer = try await post(
            "\(task.path)/status", #"{"status": "\#(status.rawValue)"\#(more)}"#, as: person)
        #expect(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return answer
    }

    /// Makes a project as the manager; its id.
    func project(
        _ name: String = "Move to the new hall", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let answer = try await post("/v1/projects", #"{"name": "\#(name)"}"#, as: company.manager)
        #expect(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return try #require(answer.json["id"]?.text, sourceLocation: sourceLocation)
    }

    /// Puts a task last into a project, and expects that this is possible.
    func place(
        _ task: MadeTask, in project: String, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TestAnswer {
        let answer = try await post("\(task.path)/place", #"{"project_id": "\#(project)"}"#)
        #expect(answer.status == 200, "\(answer.text)", sourceLocation: sourceLocation)
        return answer
    }

    /// Adds a ticket straight to the table; its id.
    func ticket(_ title: String = "The pump leaks", status: String = "open") throws -> ID<Ticket> {
        let id = ID<Ticket>.make(at: .now)
        let number = try Rows.number("SELECT count(*) FROM tickets.ticket") + 260_115_001
        let ends = status == "closed" ? "now(), now()" : status == "completed" ? "now(), NULL" : "NULL, NULL"
        try Rows.run(
            """
            INSERT INTO tickets.ticket (
                workspace_id, id, case_number, title, description, category, priority, status, owner_kind, memo,
                owner_label, created_at, updated_at, status_changed_at, completed_at, closed_at)
            VALUES ('\(company.id)', '\(id)', '\(number)', '\(title)', '\(title)', 'inquiry', 'medium', '\(status)',
                'memo', 'M', 'M', now(), now(), now(), \(ends))
            """)
        return id
    }
}

/// A task that a test made.
struct MadeTask: Sendable {
    let id: String
    let answer: TestAnswer
    var path: String { "/v1/tasks/\(id)" }
}
