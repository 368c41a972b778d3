import Models
import ServiceKit

/// The handlers of tasks, by what they are about.
struct TaskHandlers: Sendable {
    let tasks: TaskRoutes
    let queue: QueueRoutes
    let history: HistoryRoutes
    let kinds: KindRoutes
    let projects: ProjectRoutes
    let plans: PlanRoutes
    let parts: PartRoutes
}

/// Every endpoint of the service and its handler, on one screen.
func routeTable(_ handlers: TaskHandlers) -> [Route] {
    let own: [Route] = [
        .on(Tasks.list, use: handlers.tasks.list),
        .on(Tasks.show, use: handlers.tasks.show),
        .on(Tasks.create, use: handlers.tasks.create),
        .on(Tasks.update, use: handlers.tasks.update),
        .on(Tasks.move, use: handlers.tasks.move),
        .batch(Tasks.batch),

        .on(TaskQueues.claim, use: handlers.queue.claim),
        .on(TaskQueues.assign, use: handlers.queue.assign),
        .on(TaskQueues.unassign, use: handlers.queue.unassign),
        .on(TaskQueues.delegate, use: handlers.queue.delegate),
        .on(TaskQueues.recall, use: handlers.queue.recall),
        .on(TaskQueues.day, use: handlers.tasks.day),

        .on(Tasks.activity, use: handlers.history.activity),
        .on(TaskQueues.assignments, use: handlers.history.assignments),

        .on(TaskKinds.list, use: handlers.kinds.list),
        .on(TaskKinds.create, use: handlers.kinds.create),
        .on(TaskKinds.update, use: handlers.kinds.update),

        .on(Projects.list, use: handlers.projects.list),
        .on(Projects.show, use: handlers.projects.show),
        .on(Projects.create, use: handlers.projects.create),
        .on(Projects.update, use: handlers.projects.update),
        .on(Projects.activity, use: handlers.projects.activity),
        .on(Projects.board, use: handlers.projects.board),
        .on(Projects.place, use: handlers.projects.place),
        .on(Projects.milestones, use: handlers.projects.milestones),
        .on(Projects.addMilestone, use: handlers.projects.addMilestone),
        .on(Projects.updateMilestone, use: handlers.projects.updateMilestone),
        .on(Projects.removeMilestone, use: handlers.projects.removeMilestone),
    ]
    return own + handlers.plans.table + handlers.parts.table
}
