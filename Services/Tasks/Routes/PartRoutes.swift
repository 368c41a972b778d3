import Models
import Postgres
import ServiceKit

/// What belongs to a task: its checklist, its ties to other tasks, what is said about it, who follows it, its time.
struct PartRoutes: Sendable {
    let database: Database

    private var checklists: ChecklistRoutes { ChecklistRoutes(database: database) }
    private var relations: RelationRoutes { RelationRoutes(database: database) }
    private var comments: CommentRoutes { CommentRoutes(database: database) }
    private var watchers: WatcherRoutes { WatcherRoutes(database: database) }
    private var times: TimeRoutes { TimeRoutes(database: database) }

    /// Every endpoint and its handler.
    var table: [Route] {
        [
            .on(TaskChecklists.list, use: checklists.list),
            .on(TaskChecklists.create, use: checklists.create),
            .on(TaskChecklists.update, use: checklists.update),
            .on(TaskChecklists.move, use: checklists.move),
            .on(TaskChecklists.delete, use: checklists.delete),

            .on(TaskRelations.setParent, use: relations.setParent),
            .on(TaskRelations.blockers, use: relations.blockers),
            .on(TaskRelations.blocking, use: relations.blocking),
            .on(TaskRelations.addBlocker, use: relations.addBlocker),
            .on(TaskRelations.removeBlocker, use: relations.removeBlocker),

            .on(TaskComments.list, use: comments.list),
            .on(TaskComments.create, use: comments.create),
            .on(TaskComments.mentions, use: comments.mentions),
            .on(TaskComments.readMention, use: comments.readMention),

            .on(TaskWatchers.list, use: watchers.list),
            .on(TaskWatchers.watch, use: watchers.watch),
            .on(TaskWatchers.unwatch, use: watchers.unwatch),
            .on(TaskWatchers.add, use: watchers.add),
            .on(TaskWatchers.remove, use: watchers.remove),

            .on(TaskTimes.list, use: times.list),
            .on(TaskTimes.create, use: times.create),
            .on(TaskTimes.delete, use: times.delete),
            .on(TaskTimes.timer, use: times.timer),
            .on(TaskTimes.start, use: times.start),
            .on(TaskTimes.stop, use: times.stop),
        ]
    }
}

extension TaskStore {
    /// Expects a task, whose parts are about to be read.
    ///
    /// - Throws: ``Problem`` 404; ``PostgresError``.
    func expect(_ task: ID<TaskItem>, in workspace: ID<Workspace>) async throws {
        guard try await exists(task, in: workspace) else { throw Problem.notFound("task") }
    }
}
