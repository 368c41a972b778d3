/// What somebody said about a task; a comment is not changed afterwards.
package struct TaskComment: Codable, Sendable {
    /// The comment's id.
    package let id: ID<TaskComment>
    /// What was said.
    package let text: String
    /// Who said it.
    package let author: ActivityItem.Actor
    /// Whom it calls.
    package let mentions: CommentMentions
    /// When it was said.
    package let createdAt: Timestamp

    /// Takes a comment.
    package init(
        id: ID<TaskComment>, text: String, author: ActivityItem.Actor, mentions: CommentMentions, createdAt: Timestamp
    ) {
        self.id = id
        self.text = text
        self.author = author
        self.mentions = mentions
        self.createdAt = createdAt
    }
}

/// The people and teams whom a comment calls: at most 20 of each.
package struct CommentMentions: Codable, Sendable {
    /// People, who watch the task from then on.
    package let userIds: Several<ID<User>, MentionBound>
    /// Teams, whose members of the moment are told.
    package let teamIds: Several<ID<Team>, MentionBound>

    /// Names people and teams.
    package init(userIds: [ID<User>] = [], teamIds: [ID<Team>] = []) {
        self.userIds = Several(userIds)
        self.teamIds = Several(teamIds)
    }
}

/// Whom a new comment calls.
package struct ChosenMentions: Codable, Sendable {
    /// People, by their ids.
    package let userIds: Several<ID<User>, MentionBound>?
    /// Teams, by their ids.
    package let teamIds: Several<ID<Team>, MentionBound>?
}

/// A comment calls at most 20 people and 20 teams.
package enum MentionBound: ListBound {
    /// The most of each.
    package static let limit = 20
}

/// Says something about a task.
package struct CreateTaskComment: Codable, Sendable {
    /// What is said.
    package let text: Text<NoteText>
    /// Whom it calls.
    package let mentions: ChosenMentions?
}

/// A comment that called somebody, as they see it.
package struct TaskMention: Codable, Sendable {
    /// The mention's id.
    package let id: ID<TaskMention>
    /// The task.
    package let task: TaskCard
    /// The comment's id.
    package let commentID: ID<TaskComment>
    /// What was said.
    package let text: String
    /// Who said it.
    package let author: ActivityItem.Actor
    /// The team by which they were called; empty when they were called themselves.
    package let teamID: ID<Team>?
    /// When it was said.
    package let createdAt: Timestamp
    /// When they read it; empty while they have not.
    package let readAt: Timestamp?
}

/// Which mentions a list shows.
package struct TaskMentionQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Whether only those that were not read are shown.
    package let unread: Bool?
}

/// The operations on what is said about tasks.
package enum TaskComments {
    package static let list = Endpoint<IDPath<TaskItem>, PageQuery, NoBody, Page<TaskComment>>(
        .get, "/v1/tasks/{id}/comments", "task_comments.list", .needs(.tasksRead), "A task's comments, newest first.",
        problems: [.invalidCursor])
    package static let create = Endpoint<IDPath<TaskItem>, NoQuery, CreateTaskComment, TaskComment>(
        .post, "/v1/tasks/{id}/comments", "task_comments.create", .needs(.tasksWrite),
        "Says something about a task, and calls people or teams by their ids.", success: 201,
        problems: [.versionMismatch])
    package static let mentions = Endpoint<NoPath, TaskMentionQuery, NoBody, Page<TaskMention>>(
        .get, "/v1/tasks/mentions", "task_comments.mentions", .needs(.tasksRead),
        "The comments that called the caller, newest first.", problems: [.invalidCursor])
    package static let readMention = Endpoint<IDPath<TaskMention>, NoQuery, NoBody, NoContent>(
        .post, "/v1/tasks/mentions/{id}/read", "task_comments.read_mention", .needs(.tasksRead),
        "Marks a mention of the caller as read; nothing changes when it is.", success: 204)

    /// The operations.
    static let contracts: [Contract] = [list.contract, create.contract, mentions.contract, readMention.contract]
}
