import Models

/// What a project's activity says of a change of its milestones.
enum MilestoneDifference {
    /// Which milestone, and what of it differs: of its name the versions of the project between which it changed.
    ///
    /// `before` is `nil` for a new milestone, `after` for one that goes; of these the id says all.
    static func of(_ before: Milestone?, _ after: Milestone?, in project: Project) -> JSONValue {
        var members: [JSONValue.Member] = [.ids("milestone_id", from: before?.id, to: after?.id)]
        guard let before, let after else { return .object(members) }
        func text(_ value: (some CustomStringConvertible)?) -> JSONValue {
            value.map { .string($0.description) } ?? .null
        }
        if before.name != after.name {
            let version = Int64(project.version)
            members.append(.change("milestone_name", .integer(version), .integer(version + 1)))
        }
        if before.dueOn != after.dueOn {
            members.append(.change("milestone_due_on", text(before.dueOn), text(after.dueOn)))
        }
        if before.reachedAt != after.reachedAt {
            members.append(.change("milestone_reached_at", text(before.reachedAt), text(after.reachedAt)))
        }
        return .object(members)
    }
}
