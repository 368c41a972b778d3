import Models
import Postgres
import ServiceKit

/// What is said about tasks, and whom it calls.
struct CommentRoutes: Sendable {
    let database: Database

    private var store: CommentStore { CommentStore(database: database) }

    /// One page of comments.
    func list(_ call: Call<IDPath<TaskItem>, PageQuery, NoBody>) async throws -> Answer<Page<TaskComment>> {
        let (task, workspace) = (call.path.id, try call.principal.workspace)
        let limit = call.query.limit ?? .standard
        try await TaskStore(database: database).expect(task, in: workspace)
        let binding = "task_comments \(task)"
        let rows = try await store.comments(
            of: task, in: workspace, before: try PageReading.id(call.query.cursor, binding: binding),
            limit: limit.value)
        return try .page(rows, limit: limit, binding: binding, keys: ["id"])
    }

    /// Says something: a change of the task, which the author and the people who are called follow from then on.
    func create(_ call: Call<IDPath<TaskItem>, NoQuery, CreateTaskComment>) async throws -> Answer<TaskComment> {
        let context = try call.write
        // As the request lists them: faults are told by their places there.
        let (users, teams) = (call.body.mentions?.userIds?.items ?? [], call.body.mentions?.teamIds?.items ?? [])
        let people = try await store.recipients(users, teams, in: context.workspace)
        let mentions = CommentMentions(userIds: Set(users).sorted(), teamIds: Set(teams).sorted())
        let draft = CommentDraft(call.body.text.value, mentions: mentions, telling: people, by: context)
        let answer = try StoredAnswer(
            status: 201, draft.comment, location: "/v1/tasks/\(call.path.id)/comments")
        return .stored(
            try await TaskChangeStore(database: database).changePart(
                of: call.path.id, expecting: call.ifMatch, context
            ) { row, _ in
                var decision = TaskDecision(task: row.task.changed(at: context.now), verb: .commented)
                decision.comment = draft
                decision.watchers = mentions.userIds.items
                return TaskPartChange(decision, answer)
            })
    }

    /// One page of the comments that called the caller.
    func mentions(_ call: Call<NoPath, TaskMentionQuery, NoBody>) async throws -> Answer<Page<TaskMention>> {
        let person = try call.userID
        let binding = "task_mentions \(person) \(call.query.unread == true ? "unread" : "*")"
        let rows = try await store.mentions(
            of: person, in: try call.principal.workspace, call.query,
            before: try PageReading.id(call.query.cursor, binding: binding))
        return try .page(rows, limit: call.query.limit ?? .standard, binding: binding, keys: ["id"])
    }

    /// Marks a mention of the caller as read.
    func readMention(_ call: Call<IDPath<TaskMention>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await store.read(call.path.id, by: try call.userID, try call.write)
        return .noContent
    }
}
