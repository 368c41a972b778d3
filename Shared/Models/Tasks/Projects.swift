/// The operations on projects and their milestones.
package enum Projects {
    package static let list = Endpoint<NoPath, ProjectListQuery, NoBody, Page<Project>>(
        .get, "/v1/projects", "projects.list", .needs(.tasksRead), "Projects, newest first.",
        problems: [.invalidCursor])
    package static let show = Endpoint<IDPath<Project>, NoQuery, NoBody, ProjectView>(
        .get, "/v1/projects/{id}", "projects.show", .needs(.tasksRead), "One project, and how far it has come.")
    package static let create = Endpoint<NoPath, NoQuery, CreateProject, Project>(
        .post, "/v1/projects", "projects.create", .needs(.tasksAdminister), "Makes a project.", success: 201)
    package static let update = Endpoint<IDPath<Project>, NoQuery, UpdateProject, Project>(
        .patch, "/v1/projects/{id}", "projects.update", .needs(.tasksAdminister),
        "Changes a project, completes it, puts it away or brings it back.", problems: [.versionMismatch])
    package static let activity = Endpoint<IDPath<Project>, PageQuery, NoBody, Page<ActivityItem>>(
        .get, "/v1/projects/{id}/activity", "projects.activity", .needs(.tasksRead),
        "Everything that was done to a project and its milestones, newest first.", problems: [.invalidCursor])
    package static let board = Endpoint<IDPath<Project>, BoardQuery, NoBody, Page<TaskSummary>>(
        .get, "/v1/projects/{id}/board", "projects.board", .needs(.tasksRead),
        "One column of a project's board, in the order that people gave it.", problems: [.invalidCursor])
    package static let milestones = Endpoint<IDPath<Project>, NoQuery, NoBody, MilestoneList>(
        .get, "/v1/projects/{id}/milestones", "milestones.list", .needs(.tasksRead), "A project's milestones.")
    package static let addMilestone = Endpoint<IDPath<Project>, NoQuery, CreateMilestone, Milestone>(
        .post, "/v1/projects/{id}/milestones", "milestones.create", .needs(.tasksAdminister),
        "Makes a milestone; a project has at most 100.", success: 201, problems: [.conflict])
    package static let updateMilestone = Endpoint<MilestonePath, NoQuery, UpdateMilestone, Milestone>(
        .patch, "/v1/projects/{id}/milestones/{milestone_id}", "milestones.update", .needs(.tasksAdminister),
        "Changes a milestone, or says that it is reached.", problems: [.versionMismatch])
    package static let removeMilestone = Endpoint<MilestonePath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/projects/{id}/milestones/{milestone_id}", "milestones.delete", .needs(.tasksAdminister),
        "Takes a milestone away that no task is for.", success: 204, problems: [.conflict, .versionMismatch])
    package static let place = Endpoint<IDPath<TaskItem>, NoQuery, PlaceTask, TaskItem>(
        .post, "/v1/tasks/{id}/place", "tasks.place", .needs(.tasksWrite),
        "Puts a task into a project, at a place of its board, or takes it out.",
        problems: [.illegalTransition, .blocked, .openSubtasks, .conflict, .versionMismatch])

    /// The operations as the service lists them.
    static let contracts: [Contract] = [
        list.contract, show.contract, create.contract, update.contract, activity.contract, board.contract,
        milestones.contract, addMilestone.contract, updateMilestone.contract, removeMilestone.contract, place.contract,
    ]
}

/// Which column of a board is shown.
package struct BoardQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// The column; `open` when it is not given.
    package let status: TaskStatus?
}

/// Says where a task stands among the tasks of a project; what is absent stays.
package struct PlaceTask: MergePatch {
    /// The project; `null` takes the task out of the one it is in.
    package let projectID: Patch<ID<Project>>
    /// The milestone of the project for which it is done.
    package let milestoneID: Patch<ID<Milestone>>
    /// The task of the same project behind which it stands; `null` for the first place.
    ///
    /// A task that comes into a project without it stands last.
    package let after: Patch<ID<TaskItem>>
    /// The column, which is the status that the task comes to; one that had ended is reopened by its own operation.
    package let status: TaskStatus?
}
