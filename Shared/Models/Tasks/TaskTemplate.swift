/// A set of tasks that is opened for a ticket at once.
package struct TaskTemplate: Codable, Sendable {
    /// The template's id.
    package let id: ID<TaskTemplate>
    /// The name that people read.
    package let name: String
    /// Its tasks.
    package let items: [TemplateItem]
    /// Whether it can be opened.
    package let isActive: Bool
    /// Counts changes.
    package let version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package let updatedAt: Timestamp

    /// Takes a template as it is.
    package init(
        id: ID<TaskTemplate>, name: String, items: [TemplateItem], isActive: Bool, version: Int,
        createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.items = items
        self.isActive = isActive
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// A template as the list shows it: without its tasks, which are long.
package struct TaskTemplateSummary: Codable, Sendable {
    /// The template's id.
    package let id: ID<TaskTemplate>
    /// The name that people read.
    package let name: String
    /// How many tasks it opens.
    package let taskCount: Int
    /// Whether it can be opened.
    package let isActive: Bool
    /// Counts changes.
    package let version: Int
    /// When it was made.
    package let createdAt: Timestamp
    /// When it was changed last.
    package let updatedAt: Timestamp
}

/// One task of a template.
///
/// Its texts may hold placeholders: `{{ticket.case_number}}`, `{{ticket.title}}`, `{{ticket.owner}}`,
/// `{{ticket.assignee}}`, `{{opener.name}}` and `{{today}}`, each with words to take when there is nothing:
/// `{{ticket.assignee | somebody}}`.
package struct TemplateItem: Codable, Sendable {
    /// What is to be done, in one line; placeholders are filled in.
    package let title: Text<Label>
    /// What is to be done in full; placeholders are filled in.
    package let description: Text<NoteText>?
    /// The word of its kind; `administrative` when it is not given, or was retired by then.
    package let kind: Text<SnakeCaseWord>?
    /// How urgent it is; `medium` when it is not given.
    package let priority: Priority?
    /// Who gets it; nobody when neither this nor `assignee_id` is given.
    package let assignee: TemplateAssignee?
    /// The person who gets it, unless they work here no more by then.
    package let assigneeID: ID<User>?
    /// The team whose queue it goes to, unless it was dissolved by then.
    package let teamID: ID<Team>?
    /// On which day it is due: so many days after that of the opening.
    package let dueInDays: DueInDays?
    /// How long it will take, in seconds.
    package let estimateSeconds: WorkSeconds?
    /// Whether the ticket cannot be completed before it.
    package let isRequired: Bool?
}

/// Who gets a task of a template.
package enum TemplateAssignee: String, WireWord {
    /// Whoever opens the template.
    case opener
    /// Whoever has the ticket then, unless they work here no more.
    case ticketAssignee = "ticket_assignee"
}

/// A number of days from 0 to 365.
package struct DueInDays: BoundedInteger {
    /// What the number may be.
    package static let range = 0...365
    /// The number.
    package let value: Int

    /// Takes a number that was validated.
    package init(value: Int) {
        self.value = value
    }
}

/// A template has at most 50 tasks.
package enum TemplateBound: ListBound {
    /// The most tasks of a template.
    package static let limit = 50
}

/// Makes a template.
package struct CreateTaskTemplate: Codable, Sendable {
    /// The name that people read.
    package let name: Text<Label>
    /// Its tasks, at least one.
    package let items: Several<TemplateItem, TemplateBound>
}

/// Changes a template; tasks that were opened from it stay as they are.
package struct UpdateTaskTemplate: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// Its tasks, all of them, at least one.
    package let items: Several<TemplateItem, TemplateBound>?
    /// Whether it can be opened.
    package let isActive: Bool?
}

/// Opens a template for a ticket.
package struct OpenTaskTemplate: Codable, Sendable {
    /// The ticket.
    package let ticketID: ID<Ticket>
}

/// The tasks that were opened from a template.
package struct OpenedTasks: Codable, Sendable {
    /// In the order of the template.
    package let items: [TaskItem]

    /// Takes tasks.
    package init(items: [TaskItem]) {
        self.items = items
    }
}

/// The operations on templates.
package enum TaskTemplates {
    package static let list = Endpoint<NoPath, PageQuery, NoBody, Page<TaskTemplateSummary>>(
        .get, "/v1/tasks/templates", "task_templates.list", .needs(.tasksRead),
        "Templates, newest first, without their tasks.", problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<TaskTemplate>, NoQuery, NoBody, TaskTemplate>(
        .get, "/v1/tasks/templates/{id}", "task_templates.show", .needs(.tasksRead), "One template.")
    package static let create = Endpoint<NoPath, NoQuery, CreateTaskTemplate, TaskTemplate>(
        .post, "/v1/tasks/templates", "task_templates.create", .needs(.tasksAdminister),
        "Makes a template of at most 50 tasks, 256 KiB together; a workspace has at most 500.", success: 201,
        problems: [.conflict])
    package static let update = Endpoint<IDPath<TaskTemplate>, NoQuery, UpdateTaskTemplate, TaskTemplate>(
        .patch, "/v1/tasks/templates/{id}", "task_templates.update", .needs(.tasksAdminister),
        "Changes a template, retires it or brings it back.", problems: [.versionMismatch])
    package static let open = Endpoint<IDPath<TaskTemplate>, NoQuery, OpenTaskTemplate, OpenedTasks>(
        .post, "/v1/tasks/templates/{id}/open", "task_templates.open", .needs(.tasksWrite),
        "Opens all tasks of a template for a ticket, with the placeholders filled in; 1 MiB together.",
        success: 201,
        problems: [.conflict])

    /// The operations as the service lists them.
    static let contracts: [Contract] = [
        list.contract, show.contract, create.contract, update.contract, open.contract,
    ]
}
