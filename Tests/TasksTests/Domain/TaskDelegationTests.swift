import Models
import TestSupport
import Testing

@testable import Tasks

@Suite("Who has a task, and who hands it on (F3, D6)")
struct TaskDelegationTests {
    private static let ada = NamedUser(id: .make(at: .noon), name: "Ada")
    private static let ben = NamedUser(id: .make(at: .noon), name: "Ben")
    private static let later = Timestamp.noon.adding(.seconds(60))

    private static func task(
        _ status: TaskStatus = .open, of assignee: NamedUser? = nil, delegatedBy delegator: NamedUser? = nil
    ) -> TaskItem {
        var task = TaskItem(id: .sample, title: "T", kind: "report", priority: .medium, at: .noon)
        (task.status, task.assignee, task.delegatedBy) = (status, assignee, delegator)
        return task
    }

    @Test("only the holder delegates, to somebody else, what has not ended", arguments: TaskStatus.allCases)
    func delegates(status: TaskStatus) throws {
        let delegation = TaskDelegation(caller: Self.ada)
        guard !status.isEnded else {
            #expect(throws: TaskRuleViolation.isOver) {
                try delegation.delegated(Self.task(status, of: Self.ada), to: Self.ben, at: Self.later)
            }
            return
        }
        let after = try delegation.delegated(Self.task(status, of: Self.ada), to: Self.ben, at: Self.later)
        #expect(after.assignee == Self.ben && after.delegatedBy == Self.ada)
        #expect(after.version == 2 && after.updatedAt == Self.later && after.status == status)
        for holder in [nil, Self.ben] {
            #expect(throws: TaskRuleViolation.delegatesAnothers) {
                try delegation.delegated(Self.task(status, of: holder), to: Self.ben, at: Self.later)
            }
        }
        #expect(throws: TaskRuleViolation.delegatesToHolder) {
            try delegation.delegated(Self.task(status, of: Self.ada), to: Self.ada, at: Self.later)
        }
    }

    @Test("only who delegated takes back, what has not ended", arguments: TaskStatus.allCases)
    func recalls(status: TaskStatus) throws {
        let task = Self.task(status, of: Self.ben, delegatedBy: Self.ada)
        guard !status.isEnded else {
            #expect(throws: TaskRuleViolation.isOver) {
                try TaskDelegation(caller: Self.ada).recalled(task, at: Self.later)
            }
            return
        }
        let after = try TaskDelegation(caller: Self.ada).recalled(task, at: Self.later)
        #expect(after.assignee == Self.ada && after.delegatedBy == nil && after.version == 2)
        #expect(throws: TaskRuleViolation.delegatedByAnother(Self.ada)) {
            try TaskDelegation(caller: Self.ben).recalled(task, at: Self.later)
        }
        #expect(throws: TaskRuleViolation.isNotDelegated) {
            try TaskDelegation(caller: Self.ada).recalled(Self.task(status, of: Self.ada), at: Self.later)
        }
    }

    @Test("who delegated is forgotten when the task comes to somebody else, and not when its team changes")
    func forgotten() {
        let before = Self.task(of: Self.ben, delegatedBy: Self.ada)
        var given = before
        given.team = NamedTeam(id: .make(at: .noon), name: "Support")
        #expect(given.given(since: before).delegatedBy == Self.ada)
        given.assignee = nil
        #expect(given.given(since: before).delegatedBy == nil)
    }
}
