import Models
import ServiceKit

/// Every endpoint of the service and its handler, on one screen.
func routeTable(
    tasks: TaskRoutes, queue: QueueRoutes, history: HistoryRoutes, kinds: KindRoutes, projects: ProjectRoutes,
    plans: PlanRoutes, parts: PartRoutes
) -> [Route] {
    let own: [Route] = [
        .on(Tasks.list, use: tasks.list),
        .on(Tasks.show, use: tasks.show),
        .on(Tasks.create, use: tasks.create),
        .on(Tasks.update, use: tasks.update),
        .on(Tasks.move, use: tasks.move),
        .batch(Tasks.batch),

        .on(TaskQueues.claim, use: queue.claim),
        .on(TaskQueues.assign, use: queue.assign),
        .on(TaskQueues.unassign, use: queue.unassign),
        .on(TaskQueues.delegate, use: queue.delegate),
        .on(TaskQueues.recall, use: queue.recall),
        .on(TaskQueues.day, use: tasks.day),

        .on(Tasks.activity, use: history.activity),
        .on(TaskQueues.assignments, use: history.assignments),

        .on(TaskKinds.list, use: kinds.list),
        .on(TaskKinds.create, use: kinds.create),
        .on(TaskKinds.update, use: kinds.update),

        .on(Projects.list, use: projects.list),
        .on(Projects.show, use: projects.show),
        .on(Projects.create, use: projects.create),
        .on(Projects.update, use: projects.update),
        .on(Projects.activity, use: projects.activity),
        .on(Projects.board, use: projects.board),
        .on(Projects.place, use: projects.place),
        .on(Projects.milestones, use: projects.milestones),
        .on(Projects.addMilestone, use: projects.addMilestone),
        .on(Projects.updateMilestone, use: projects.updateMilestone),
        .on(Projects.removeMilestone, use: projects.removeMilestone),
    ]
    return own + plans.table + parts.table
}
