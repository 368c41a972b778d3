import Models

/// The opening of a template's tasks for a ticket.
struct TemplateOpening: Sendable {
    /// The template's tasks.
    let items: [TemplateItem]
    /// The ticket and what is known of it.
    let facts: TemplateFacts

    /// What is wrong with a template's texts, each at its member; empty when nothing is.
    static func faults(in items: [TemplateItem]) -> [FieldError] {
        guard !items.isEmpty else { return [FieldError("/items", .tooShort, "must have at least one task")] }
        return items.enumerated().flatMap { index, item in
            let texts = [("title", item.title.value), ("description", item.description?.value ?? "")]
            var faults = texts.compactMap { member, text -> FieldError? in
                do throws(TemplateText.Fault) {
                    _ = try TemplateText(text)
                    return nil
                } catch {
                    return FieldError("/items/\(index)/\(member)", .invalidFormat, message(error))
                }
            }
            if item.assignee != nil, item.assigneeID != nil {
                faults.append(
                    FieldError("/items/\(index)/assignee", .notAllowed, "cannot be given together with assignee_id"))
            }
            return faults
        }
    }

    /// The new tasks, in the template's order.
    ///
    /// - Throws: ``Problem`` 422 when a place of a text has nothing to be filled in with.
    func tasks(at now: Timestamp) throws(Problem) -> [TaskItem] {
        try items.map { item throws(Problem) in
            var task = TaskItem(
                id: .make(at: now), title: Self.cut(try filled(item.title.value), to: Label.length.upperBound),
                kind: item.kind?.value ?? BuiltInKind.standard.rawValue, priority: item.priority ?? .medium, at: now)
            if let description = item.description?.value {
                task.description = Self.cut(try filled(description), to: NoteText.length.upperBound)
            }
            task.subject = facts.subject
            task.assignee = assignee(of: item)
            task.team = item.teamID.flatMap { id in facts.teams[id].map { NamedTeam(id: id, name: $0) } }
            if let day = item.dueInDays.flatMap({ facts.days[$0.value] }) {
                (task.dueOn, task.dueAt) = (day.date, day.end)
            }
            task.estimateSeconds = item.estimateSeconds?.value
            task.isRequired = item.isRequired ?? false
            return task
        }
    }

    private func assignee(of item: TemplateItem) -> NamedUser? {
        switch item.assignee {
        case .opener: facts.opener
        case .ticketAssignee: facts.ticketAssignee
        case nil: item.assigneeID.flatMap { id in facts.people[id].map { NamedUser(id: id, name: $0) } }
        }
    }

    private func filled(_ text: String) throws(Problem) -> String {
        do throws(TemplateText.Fault) {
            return try TemplateText(text).filled(from: facts.values)
        } catch {
            throw Problem.invalidBody([FieldError("/ticket_id", .notAllowed, Self.message(error))])
        }
    }

    private static func message(_ fault: TemplateText.Fault) -> String {
        switch fault {
        case .unknownPlace(let name):
            let known = TemplateText.Place.allCases.map(\.rawValue).joined(separator: ", ")
            return "has the placeholder \(name), which is none of \(known)"
        case .unclosed: return "has a placeholder that is not closed by }}"
        case .nothing(let place): return "has no \(place.rawValue), which a text of the template needs"
        }
    }

    /// What is filled in can be long: a task holds its beginning.
    private static func cut(_ text: String, to limit: Int) -> String {
        text.unicodeScalars.count <= limit ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit)))
    }
}

/// What an opening fills in, as it was found.
struct TemplateFacts: Sendable {
    /// The ticket with its label.
    let subject: TaskSubject
    /// Whoever has the ticket.
    let ticketAssignee: NamedUser?
    /// Whoever opens the template.
    let opener: NamedUser?
    /// The places that have something.
    let values: [TemplateText.Place: String]
    /// The names of those who work here, among the people that the template names.
    let people: [ID<User>: String]
    /// The names of the teams that there are, among those that the template names.
    let teams: [ID<Team>: String]
    /// The days so many days after today, by the days of the workspace.
    let days: [Int: Day]

    /// A day and its end.
    struct Day: Sendable {
        let date: CalendarDate
        let end: Timestamp
    }
}
