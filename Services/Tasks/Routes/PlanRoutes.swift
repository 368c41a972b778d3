import Models
import Postgres
import ServiceKit

/// What is arranged ahead: reminders, and sets of tasks that are opened at once.
struct PlanRoutes: Sendable {
    let database: Database

    private var reminders: ReminderRoutes { ReminderRoutes(database: database) }
    private var templates: TemplateRoutes { TemplateRoutes(database: database) }

    /// Every endpoint and its handler.
    var table: [Route] {
        [
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
