import Models
import Postgres
import ServiceKit

/// Projects, their milestones and their boards.
struct ProjectRoutes: Sendable {
    let database: Database

    private var store: ProjectStore { ProjectStore(database: database) }
    private var milestoneStore: MilestoneStore { MilestoneStore(database: database) }
    private var boards: BoardStore { BoardStore(database: database) }

    /// One page of projects.
    func list(_ call: Call<NoPath, ProjectListQuery, NoBody>) async throws -> Answer<Page<Project>> {
        let (limit, binding) = (call.query.limit ?? .standard, ProjectStore.binding(call.query))
        let rows = try await store.list(
            call.query, in: try call.principal.workspace,
            before: try PageReading.id(call.query.cursor, binding: binding), limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// One project.
    func show(_ call: Call<IDPath<Project>, NoQuery, NoBody>) async throws -> Answer<ProjectView> {
        try .row(
            try await store.show(call.path.id, in: try call.principal.workspace), "project", isTagged: false)
    }

    /// Makes a project.
    func create(_ call: Call<NoPath, NoQuery, CreateProject>) async throws -> Answer<Project> {
        let project = Project(
            id: .make(at: call.now), name: call.body.name.value, description: call.body.description?.value,
            status: .active, dueOn: call.body.dueOn, version: 1, createdAt: call.now, updatedAt: call.now)
        let answer = try StoredAnswer(status: 201, project, location: "/v1/projects/\(project.id)", version: 1)
        try await store.add(project, answer: answer, try call.write)
        return .stored(answer)
    }

    /// Changes a project.
    func update(_ call: Call<IDPath<Project>, NoQuery, UpdateProject>) async throws -> Answer<Project> {
        .stored(try await store.change(call.path.id, call.body, expecting: call.ifMatch, try call.write))
    }

    /// One page of a project's activity.
    func activity(_ call: Call<IDPath<Project>, PageQuery, NoBody>) async throws -> Answer<Page<ActivityItem>> {
        let (limit, binding) = (call.query.limit ?? .standard, "project_activity \(call.path.id)")
        let rows = try await RecordHistory(of: .project, database: database).activity(
            of: call.path.id.erased, in: try call.principal.workspace,
            before: try PageReading.version(call.query.cursor, binding: binding), limit: limit.value)
        try await find(call.path.id, in: try call.principal.workspace, when: rows.count == 0)
        return try .page(rows, limit: limit, binding: binding, keys: ["version"])
    }

    /// One page of a column of a board.
    func board(_ call: Call<IDPath<Project>, BoardQuery, NoBody>) async throws -> Answer<Page<TaskSummary>> {
        let (limit, status) = (call.query.limit ?? .standard, call.query.status ?? .open)
        let binding = "board \(call.path.id) \(status.rawValue)"
        let place = try PageReading.keys(call.query.cursor, binding: binding, count: 2).map { keys in
            guard let id = ID<TaskItem>(keys[1]) else { throw PageReading.wrongCursor }
            return (keys[0], id)
        }
        let rows = try await boards.column(
            status, of: call.path.id, in: try call.principal.workspace, after: place, limit: limit.value)
        try await find(call.path.id, in: try call.principal.workspace, when: rows.count == 0)
        return try .page(rows, limit: limit, binding: binding, keys: ["_board_rank", "_id"])
    }

    /// Puts a task into a project, at a place of its board.
    func place(_ call: Call<IDPath<TaskItem>, NoQuery, PlaceTask>) async throws -> Answer<TaskItem> {
        let context = try call.write
        return .stored(
            try await RuleProblems.translating {
                try await boards.place(call.path.id, call.body, expecting: call.ifMatch, context)
            })
    }

    /// All milestones of a project.
    func milestones(_ call: Call<IDPath<Project>, NoQuery, NoBody>) async throws -> Answer<MilestoneList> {
        let items = try await milestoneStore.list(of: call.path.id, in: try call.principal.workspace)
        try await find(call.path.id, in: try call.principal.workspace, when: items.isEmpty)
        return try .value(MilestoneList(items: items))
    }

    /// Makes a milestone.
    func addMilestone(_ call: Call<IDPath<Project>, NoQuery, CreateMilestone>) async throws -> Answer<Milestone> {
        let milestone = Milestone(
            id: .make(at: call.now), name: call.body.name.value, dueOn: call.body.dueOn, reachedAt: nil)
        return .stored(try await milestoneStore.add(milestone, to: call.path.id, try call.write))
    }

    /// Changes a milestone.
    func updateMilestone(_ call: Call<MilestonePath, NoQuery, UpdateMilestone>) async throws -> Answer<Milestone> {
        .stored(try await milestoneStore.change(call.path, call.body, expecting: call.ifMatch, try call.write))
    }

    /// Takes a milestone away.
    func removeMilestone(_ call: Call<MilestonePath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await milestoneStore.remove(call.path, expecting: call.ifMatch, try call.write)
        return .noContent
    }

    /// An empty list of a project that is not there is no list.
    private func find(_ project: ID<Project>, in workspace: ID<Workspace>, when isEmpty: Bool) async throws {
        guard isEmpty else { return }
        if try await store.show(project, in: workspace).count == 0 { throw Problem.notFound("project") }
    }
}
