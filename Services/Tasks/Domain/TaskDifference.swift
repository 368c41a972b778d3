import Models

/// What the activity says of a change: closed fields and ids with their values before and after.
///
/// Of texts it says the versions between which they changed; they stay in their records, so that erasing a person need
/// not rewrite history.
enum TaskDifference {
    /// `{"status": {"from": "open", "to": "completed"}}` with the fields that differ; `before` is `nil` for a new task.
    static func of(_ before: TaskItem?, _ after: TaskItem) -> JSONValue {
        let fields: [(String, (TaskItem) -> JSONValue)] = [
            ("status", { .string($0.status.rawValue) }), ("priority", { .string($0.priority.rawValue) }),
            ("kind", { .string($0.kind) }), ("subject_kind", { .text($0.subject?.kind.rawValue) }),
            ("subject_id", { .text($0.subject?.id.description) }),
            ("assignee_id", { .text($0.assignee?.id.description) }),
            ("team_id", { .text($0.team?.id.description) }),
            ("delegated_by_id", { .text($0.delegatedBy?.id.description) }),
            ("due_on", { .text($0.dueOn?.description) }), ("due_at", { .text($0.dueAt?.description) }),
            ("estimate_seconds", { .whole($0.estimateSeconds) }),
            ("tracked_seconds", { .whole($0.trackedSeconds) }),
            ("progress_percent", { .whole($0.progress.percent) }), ("is_required", { .bool($0.isRequired) }),
            ("parent_id", { .text($0.parentID?.description) }), ("project_id", { .text($0.projectID?.description) }),
            ("milestone_id", { .text($0.milestoneID?.description) }),
            ("series_id", { .text($0.seriesID?.description) }),
        ]
        let unset = before == nil ? neutral : []
        var members: [JSONValue.Member] = fields.compactMap { name, value in
            let (from, to) = (before.map(value) ?? .null, value(after))
            guard from != to, !(unset.contains(name) && isNeutral(to)) else { return nil }
            return JSONValue.Member(name, change(from, to))
        }
        if let before {
            let revisions = change(.integer(Int64(before.version)), .integer(Int64(after.version)))
            if before.title != after.title { members.append(JSONValue.Member("title", revisions)) }
            if before.description != after.description { members.append(JSONValue.Member("description", revisions)) }
        }
        return .object(members)
    }

    /// What a new task has without anybody's saying so.
    private static let neutral: Set<String> = ["tracked_seconds", "progress_percent", "is_required"]

    private static func isNeutral(_ value: JSONValue) -> Bool { value == .integer(0) || value == .bool(false) }

    private static func change(_ from: JSONValue, _ to: JSONValue) -> JSONValue {
        .object([JSONValue.Member("from", from), JSONValue.Member("to", to)])
    }
}

extension JSONValue {
    fileprivate static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    fileprivate static func whole(_ number: Int?) -> JSONValue { number.map { .integer(Int64($0)) } ?? .null }
}

extension JSONValue.Member {
    /// A field of an activity with its values before and after.
    static func change(_ field: String, _ from: JSONValue, _ to: JSONValue) -> JSONValue.Member {
        JSONValue.Member(field, .object([JSONValue.Member("from", from), JSONValue.Member("to", to)]))
    }

    /// A field that names a record before and after.
    static func ids<Entity>(_ field: String, from old: ID<Entity>?, to new: ID<Entity>?) -> JSONValue.Member {
        func value(_ id: ID<Entity>?) -> JSONValue { id.map { .string($0.description) } ?? .null }
        return .change(field, value(old), value(new))
    }
}
