import Models
import Postgres
import ServiceKit

/// What is to be done: the joint list, reminders, and sets of tasks that are opened at once.
struct PlanRoutes: Sendable {
    let database: Database

    private var worklist: WorklistRoutes { WorklistRoutes(database: database) }
    private var reminders: ReminderRoutes { ReminderRoutes(database: database) }
    private var templates: TemplateRoutes { TemplateRoutes(database: database) }

    /// Every endpoint and its handler.
    var table: [Route] {
        [
            .on(Worklist.list, use: worklist.list),

            .on(Reminders.list, use: reminders.list),
            .on(Reminders.create, use: reminders.create),
            .on(Reminders.dismiss, use: reminders.dismiss),

            .on(TaskTemplates.list, use: templates.list),
            .on(TaskTemplates.show, use: templates.show),
            .on(TaskTemplates.create, use: templates.create),
            .on(TaskTemplates.update, use: templates.update),
            .on(TaskTemplates.open, use: templates.open),
        ]
    }
}
