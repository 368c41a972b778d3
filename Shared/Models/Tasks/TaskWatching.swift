/// Somebody who follows a task.
package struct TaskWatcher: Codable, Sendable {
    /// The person's id.
    package let id: ID<User>
    /// The person's name.
    package let name: String
    /// Since when they follow it.
    package let addedAt: Timestamp
}

/// A task and somebody who follows it.
package struct TaskWatcherPath: Codable, Sendable {
    /// The task's id.
    package let id: ID<TaskItem>
    /// The person's id.
    package let userID: ID<User>
}

/// A person of a filter: an id, or the caller.
package enum PersonReference: Sendable, SchemaDescribed {
    case of(ID<User>)
    case me

    /// The word or id on the wire.
    package var text: String {
        switch self {
        case .of(let id): id.description
        case .me: "me"
        }
    }

    private init?(_ text: String) {
        if text == "me" {
            self = .me
        } else if let id = ID<User>(text) {
            self = .of(id)
        } else {
            return nil
        }
    }

    /// Reads the reference from a JSON string.
    ///
    /// - Throws: `DecodingError` when it is neither.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let reference = PersonReference(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "neither an id nor me")
        }
        self = reference
    }

    /// Writes the reference as a JSON string.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    /// An id or the word.
    package static var schema: Schema {
        .text(
            TextSchema(length: 2...36, summary: "Who: an id or me.") {
                PersonReference($0) == nil ? "must be an id or me" : nil
            })
    }

    /// The caller.
    package static var sample: PersonReference { .me }
}

/// The operations on who follows a task.
package enum TaskWatchers {
    package static let list = Endpoint<IDPath<TaskItem>, PageQuery, NoBody, Page<TaskWatcher>>(
        .get, "/v1/tasks/{id}/watchers", "task_watchers.list", .needs(.tasksRead), "Who follows a task.",
        problems: [.invalidCursor])
    package static let watch = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, NoContent>(
        .post, "/v1/tasks/{id}/watch", "task_watchers.watch", .needs(.tasksRead),
        "Lets the caller follow a task; nothing changes when they do.", success: 204,
        problems: [.conflict, .versionMismatch])
    package static let unwatch = Endpoint<IDPath<TaskItem>, NoQuery, NoBody, NoContent>(
        .post, "/v1/tasks/{id}/unwatch", "task_watchers.unwatch", .needs(.tasksRead),
        "Ends that the caller follows a task; nothing changes when they do not.", success: 204,
        problems: [.versionMismatch])
    package static let add = Endpoint<TaskWatcherPath, NoQuery, NoBody, NoContent>(
        .put, "/v1/tasks/{id}/watchers/{user_id}", "task_watchers.add", .needs(.tasksWrite),
        "Lets somebody follow a task, which at most 200 do; nothing changes when they do.", success: 204,
        problems: [.conflict, .versionMismatch])
    package static let remove = Endpoint<TaskWatcherPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/tasks/{id}/watchers/{user_id}", "task_watchers.remove", .needs(.tasksWrite),
        "Ends that somebody follows a task.", success: 204, problems: [.versionMismatch])

    /// The operations.
    static let contracts: [Contract] = [
        list.contract, watch.contract, unwatch.contract, add.contract, remove.contract,
    ]
}
