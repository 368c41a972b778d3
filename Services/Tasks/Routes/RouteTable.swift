import Models
import ServiceKit

/// Every endpoint of the service and its handler, on one screen.
func routeTable(tasks: TaskRoutes, history: HistoryRoutes) -> [Route] {
    [
        .on(Tasks.list, use: tasks.list),
        .on(Tasks.show, use: tasks.show),
        .on(Tasks.create, use: tasks.create),
        .on(Tasks.update, use: tasks.update),
        .on(Tasks.move, use: tasks.move),
        .batch(Tasks.batch),

        .on(Tasks.activity, use: history.activity),
    ]
}
