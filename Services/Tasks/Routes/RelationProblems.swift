import Models
import ServiceKit

/// What callers are told when what tasks have to do with each other forbids something.
enum RelationProblems {
    /// 409 with some of the parts that are open.
    static func openSubtasks(_ tasks: [TaskCard]) -> Problem {
        Problem(
            .openSubtasks, "End its parts first, or move it by force with a reason.",
            members: [JSONValue.Member("subtasks", list(tasks))])
    }

    /// 409 with some of the tasks that it waits for.
    static func blocked(by tasks: [TaskCard]) -> Problem {
        Problem(
            .blocked, "End the tasks that it waits for first, or move it by force with a reason.",
            members: [JSONValue.Member("blockers", list(tasks))])
    }

    /// 409 with the way on which the tie would come back to where it starts.
    static func cycle(_ path: [TaskCard]) -> Problem {
        Problem(
            .dependencyCycle, "The later of the two has to end before the earlier one already.",
            members: [JSONValue.Member("path", list(path))])
    }

    /// 409 for a tie whose circles cannot be looked for within bounds.
    static var tooMuchHangsTogether: Problem {
        Problem(.conflict, "More than \(TaskStructure.walkLimit) ties hang together here: take some apart first.")
    }

    /// 409 for a part of what has ended.
    static var parentHasEnded: Problem {
        Problem(.conflict, "The task that it would be a part of has ended: reopen it first.")
    }

    /// 409 for one part too many.
    static var tooManySubtasks: Problem {
        Problem(.conflict, "A task has at most \(TaskStructure.subtaskLimit) parts.")
    }

    /// 409 for parts of parts beyond the limit.
    static var tooDeep: Problem {
        Problem(.conflict, "Parts go at most \(TaskStructure.depthLimit) levels deep.")
    }

    /// 409 for a task that waits for too many.
    static var tooManyBlockers: Problem {
        Problem(.conflict, "A task waits for at most \(TaskStructure.blockerLimit) others.")
    }

    /// 409 for a task that too many wait for.
    static var tooManyBlocked: Problem {
        Problem(.conflict, "At most \(TaskStructure.blockingLimit) others wait for a task.")
    }

    /// 422 for a parent that is none of the workspace's tasks.
    static var unknownParent: Problem {
        Problem.invalidBody([FieldError("/parent_id", .notFound, "is no task here")])
    }

    private static func list(_ tasks: [TaskCard]) -> JSONValue {
        .array(
            tasks.map { task in
                .object([
                    JSONValue.Member("id", .string(task.id.description)),
                    JSONValue.Member("title", .string(task.title)),
                    JSONValue.Member("status", .string(task.status.rawValue)),
                ])
            })
    }
}
