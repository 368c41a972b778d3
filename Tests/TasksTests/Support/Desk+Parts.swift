import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

extension ServiceDesk<TasksDefinition> {
    /// Adds a step to a task's checklist, and expects that this is possible; its path.
    func step(
        _ text: String, on task: MadeTask, more: String = "", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let answer = try await post("\(task.path)/checklist", #"{"text": "\#(text)"\#(more)}"#)
        #expect(answer.status == 201, "\(answer.text)", sourceLocation: sourceLocation)
        return "\(task.path)/checklist/\(answer.json["id"]?.text ?? "")"
    }

    /// What a task's checklist says, in its order.
    func steps(of task: MadeTask) async throws -> [String] {
        try await get("\(task.path)/checklist").json["items"]?.items.compactMap { $0["text"]?.text } ?? []
    }

    /// Lets a task wait for another.
    func block(_ task: MadeTask, by blocker: MadeTask, as person: Staff? = nil) async throws -> TestAnswer {
        try await send(.put, "\(task.path)/blockers/\(blocker.id)", as: person)
    }

    /// Makes a task a part of another.
    func put(_ task: MadeTask, under parent: MadeTask?) async throws -> TestAnswer {
        try await post("\(task.path)/parent", #"{"parent_id": \#(parent.map { "\"\($0.id)\"" } ?? "null")}"#)
    }

    /// A task as it is now.
    func now(_ task: MadeTask) async throws -> JSONValue { try await get(task.path).json }

    /// Tries to bring a task to a status.
    func tryMove(_ task: MadeTask, to status: TaskStatus, more: String = "") async throws -> TestAnswer {
        try await post("\(task.path)/status", #"{"status": "\#(status.rawValue)"\#(more)}"#)
    }

    /// Expects that the stream has every version of every task once, in the order of its transactions.
    func expectStreamWithoutGaps(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let gaps = try Rows.of(
            """
            SELECT t.id FROM tasks.task AS t
            WHERE t.version <> (
                SELECT count(*) FROM core.activity AS a WHERE a.subject_kind = 'task' AND a.subject_id = t.id)
            """)
        #expect(gaps.isEmpty, "\(gaps)", sourceLocation: sourceLocation)
    }

    /// Expects that what tasks fold in from others is what the others say.
    func expectFolds(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let wrong = try Rows.of(
            """
            SELECT t.id FROM tasks.task AS t
            WHERE t.subtask_count <> (SELECT count(*) FROM tasks.task AS s WHERE s.parent_id = t.id)
               OR t.open_subtask_count <> (
                    SELECT count(*) FROM tasks.task AS s WHERE s.parent_id = t.id AND NOT s.is_ended)
               OR t.open_blocker_count <> (
                    SELECT count(*) FROM tasks.dependency AS d JOIN tasks.task AS b ON b.id = d.blocker_id
                    WHERE d.task_id = t.id AND NOT b.is_ended)
               OR t.checklist_total <> (SELECT count(*) FROM tasks.checklist_entry AS e WHERE e.task_id = t.id)
               OR t.checklist_done <> (
                    SELECT count(*) FROM tasks.checklist_entry AS e WHERE e.task_id = t.id AND e.is_done)
               OR t.tracked <> (
                    SELECT COALESCE(sum(e.worked), '0 seconds') FROM tasks.time_entry AS e WHERE e.task_id = t.id)
            """)
        #expect(wrong.isEmpty, "\(wrong)", sourceLocation: sourceLocation)
    }
}
