import Models

/// What a request names that must be there: looked up before anything is decided.
struct WantedNames: Sendable {
    /// The record that the task is about.
    var subject: TaskSubjectChoice?
    /// Who is to do it.
    var assignee: ID<User>?
    /// Whose queue it goes to.
    var team: ID<Team>?
    /// Its kind.
    var kind: String?
    /// The day on which it is due, whose end is looked up in the workspace's zone.
    var dueOn: CalendarDate?

    /// Whether there is nothing to look up.
    var isNothing: Bool {
        subject == nil && assignee == nil && team == nil && ownKind == nil && dueOn == nil
    }

    /// The kind, when it must be one of the workspace's own.
    var ownKind: String? {
        kind.flatMap { BuiltInKind(rawValue: $0) == nil ? $0 : nil }
    }

    /// Puts what was found in the place of what was named.
    ///
    /// - Throws: ``TaskRefusals`` with everything that is not there.
    func resolved(by found: FoundNames) throws(TaskRefusals) -> ResolvedNames {
        var names = ResolvedNames()
        var violations: [TaskRuleViolation] = []
        if let subject {
            if let label = found.subjectLabel {
                names.subject = TaskSubject(kind: subject.kind, id: subject.id, label: label)
            } else {
                violations.append(.unknownSubject(subject.kind))
            }
        }
        if ownKind != nil, !found.hasKind { violations.append(.unknownKind) }
        if let assignee {
            names.assignee = found.assigneeName.map { NamedUser(id: assignee, name: $0) }
            if names.assignee == nil { violations.append(.unknownAssignee) }
        }
        if let team {
            names.team = found.teamName.map { NamedTeam(id: team, name: $0) }
            if names.team == nil { violations.append(.unknownTeam) }
        }
        guard violations.isEmpty else { throw TaskRefusals(violations: violations) }
        names.dayEnd = found.dayEnd
        return names
    }
}

/// What was found of it; `nil` for what is not there, or is there no more.
struct FoundNames: Sendable {
    var subjectLabel: String?
    var assigneeName: String?
    var teamName: String?
    var hasKind = false
    /// The end of the day on which the task is due.
    var dayEnd: Timestamp?
}

/// What a task copies.
struct ResolvedNames: Sendable {
    var subject: TaskSubject?
    var assignee: NamedUser?
    var team: NamedTeam?
    var dayEnd: Timestamp?
}
