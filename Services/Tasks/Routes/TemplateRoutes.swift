import Models
import Postgres
import ServiceKit

/// Templates, and the tasks that are opened from them.
struct TemplateRoutes: Sendable {
    let database: Database

    private var store: TemplateStore { TemplateStore(database: database) }

    /// One page of templates.
    func list(_ call: Call<NoPath, PageQuery, NoBody>) async throws -> Answer<Page<TaskTemplateSummary>> {
        let (limit, binding) = (call.query.limit ?? .standard, TemplateStore.binding)
        let rows = try await store.list(
            in: try call.principal.workspace, before: try PageReading.id(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// One template.
    func show(_ call: Call<IDPath<TaskTemplate>, NoQuery, NoBody>) async throws -> Answer<TaskTemplate> {
        try .row(try await store.show(call.path.id, in: try call.principal.workspace), "template")
    }

    /// Makes a template.
    func create(_ call: Call<NoPath, NoQuery, CreateTaskTemplate>) async throws -> Answer<TaskTemplate> {
        let context = try call.write
        let items = call.body.items.items
        try await check(items, in: context.workspace)
        let template = TaskTemplate(
            id: .make(at: call.now), name: call.body.name.value, items: items, isActive: true, version: 1,
            createdAt: call.now, updatedAt: call.now)
        let answer = try StoredAnswer(
            status: 201, template, location: "/v1/tasks/templates/\(template.id)", version: 1)
        try await store.add(template, answer: answer, context)
        return .stored(answer)
    }

    /// Changes a template.
    func update(_ call: Call<IDPath<TaskTemplate>, NoQuery, UpdateTaskTemplate>) async throws -> Answer<TaskTemplate> {
        let context = try call.write
        if let items = call.body.items?.items { try await check(items, in: context.workspace) }
        return .stored(try await store.change(call.path.id, call.body, expecting: call.ifMatch, context))
    }

    /// Opens all tasks of a template for a ticket.
    func open(_ call: Call<IDPath<TaskTemplate>, NoQuery, OpenTaskTemplate>) async throws -> Answer<OpenedTasks> {
        let (context, opener) = (try call.write, try call.principal.userID)
        let answer = try await database.transaction(in: .workspace(context.workspace)) { tx in
            let template = try await store.find(call.path.id, tx, context)
            guard template.isActive else { throw Problem(.conflict, "The template was retired: bring it back first.") }
            let facts = try await TemplateFactStore().facts(
                of: template.items, for: call.body.ticketID, openedBy: opener, tx, context)
            let tasks = try TemplateOpening(items: template.items, facts: facts).tasks(at: context.now)
            let answer = try StoredAnswer(status: 201, OpenedTasks(items: tasks))
            guard answer.body.count <= TemplateOpening.answerByteLimit else {
                throw TemplateOpening.refusal("makes the texts of the tasks too long together: more than 1 MiB")
            }
            try await TaskStore(database: database).add(tasks, answer: answer, tx, context)
            return answer
        }
        return .stored(answer)
    }

    /// Refuses texts that could not be filled in, and kinds and people that there are not.
    private func check(_ items: [TemplateItem], in workspace: ID<Workspace>) async throws {
        var faults = try TemplateOpening.faults(in: items)
        let names = NameStore(database: database)
        for (index, item) in items.enumerated() {
            let wanted = WantedNames(assignee: item.assigneeID, team: item.teamID, kind: item.kind?.value)
            let found = try await names.find(wanted, in: workspace)
            if wanted.ownKind != nil, !found.hasKind {
                faults.append(FieldError("/items/\(index)/kind", .notFound, "is no kind that tasks can have"))
            }
            if wanted.assignee != nil, found.assigneeName == nil {
                faults.append(FieldError("/items/\(index)/assignee_id", .notFound, "is nobody who works here"))
            }
            if wanted.team != nil, found.teamName == nil {
                faults.append(FieldError("/items/\(index)/team_id", .notFound, "is no team here"))
            }
        }
        guard faults.isEmpty else { throw Problem.invalidBody(faults) }
    }
}
