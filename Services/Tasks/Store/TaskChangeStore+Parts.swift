import Models
import Postgres
import ServiceKit

/// What becomes of a task when something that belongs to it changes.
struct TaskPartChange: Sendable {
    /// What is decided about the task; `nil` when nothing changes.
    let decision: TaskDecision?
    /// What the caller is told.
    let answer: StoredAnswer

    /// Takes a change and its answer.
    init(_ decision: TaskDecision?, _ answer: StoredAnswer) {
        self.decision = decision
        self.answer = answer
    }
}

extension TaskChangeStore {
    /// Changes something that belongs to a task, under the task's lock: a change of the task too.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - version: The version of the task that the caller has seen, if it says so.
    ///   - context: Who acts.
    ///   - work: Writes the part, and says what becomes of the task and what the caller is told.
    /// - Returns: The answer.
    /// - Throws: ``Problem`` 404 or 412, and what `work` throws; ``PostgresError``.
    func changePart(
        of task: ID<TaskItem>, expecting version: Int64?, _ context: WriteContext,
        _ work: @Sendable (TaskRow, Transaction) async throws -> TaskPartChange
    ) async throws -> StoredAnswer {
        try await database.transaction(in: .workspace(context.workspace)) { tx in
            let row = try await lock(task, expecting: version, tx, context)
            let change = try await work(row, tx)
            if let decision = change.decision {
                try await save(decision, before: row.task, change.answer, tx, context)
            } else {
                try await context.keep(change.answer, in: tx)
            }
            return change.answer
        }
    }

    /// Brings a task to a status, under its own lock and those of the tasks that show it: its parent, and what waits
    /// for it.
    ///
    /// The locks are taken in the order of ids, so that two who move tasks which are tied to each other never wait in a
    /// circle. Where a tie was made in between, the transaction begins anew, at most three times.
    ///
    /// - Throws: As `change`; ``Problem`` 503 when ties were made each time.
    func changeStatus(
        of task: ID<TaskItem>, expecting version: Int64?, _ context: WriteContext,
        _ decide: @Sendable (TaskItem, Transaction) async throws -> TaskDecision?
    ) async throws -> StoredAnswer {
        for _ in 1...TaskTies.tries {
            let answer: StoredAnswer? = try await database.transaction(in: .workspace(context.workspace)) { tx in
                let ties = TaskTies(tx, context)
                let locked = try await ties.lock(around: task)
                let row = try await lock(task, expecting: version, tx, context)
                guard try await ties.around(task).isSubset(of: locked) else { return nil }
                return try await write(try await decide(row.task, tx), of: row, tx, context)
            }
            if let answer { return answer }
        }
        throw TaskTies.changed
    }
}
