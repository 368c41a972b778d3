import Models

/// The opening of a template's tasks for a ticket.
struct TemplateOpening: Sendable {
    /// The template's tasks.
    let items: [TemplateItem]
    /// The ticket and what is known of it.
    let facts: TemplateFacts

    /// The most bytes of a template's tasks as JSON: the answer that shows them is kept for a repeated request, and
    /// what is filled in makes them longer.
    static let itemsByteLimit = 262_144
    /// The most bytes of the answer that shows the tasks which were opened: so many are kept for a repeated request.
    static let answerByteLimit = 1_048_576

    /// What is wrong with a template's tasks, each at its member; empty when nothing is.
    ///
    /// - Throws: `EncodingError`.
    static func faults(in items: [TemplateItem]) throws -> [FieldError] {
        guard !items.isEmpty else { return [FieldError("/items", .tooShort, "must have at least one task")] }
        guard try WireJSON.encode(items).count <= itemsByteLimit else {
            return [FieldError("/items", .tooLong, "must take at most \(itemsByteLimit) bytes together")]
        }
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
    /// What is there no more leaves a task without it: with a person who left, whether the template or the ticket names
    /// them, and with a team that was dissolved it comes to nobody; with a kind that was retired it is of the standard
    /// kind.
    ///
    /// - Throws: ``Problem`` 422 when a place of a text has nothing to be filled in with, or leaves nothing of a title.
    func tasks(at now: Timestamp) throws(Problem) -> [TaskItem] {
        var tasks: [TaskItem] = []
        for (index, item) in items.enumerated() {
            var task = TaskItem(
                id: .make(at: now), title: try title(of: item, number: index + 1), kind: kind(of: item),
                priority: item.priority ?? .medium, at: now)
            if let description = item.description?.value {
                let text = NoteText.normalise(
                    Self.cut(try filled(description, number: index + 1), to: NoteText.length.upperBound))
                task.description = NoteText.problem(in: text) == nil && !text.isEmpty ? text : nil
            }
            task.subject = facts.subject
            task.assignee = assignee(of: item)
            task.team = item.teamID.flatMap { id in facts.teams[id].map { NamedTeam(id: id, name: $0) } }
            if let day = item.dueInDays.flatMap({ facts.days[$0.value] }) {
                (task.dueOn, task.dueAt) = (day.date, day.end)
            }
            task.estimateSeconds = item.estimateSeconds?.value
            task.isRequired = item.isRequired ?? false
            tasks.append(task)
        }
        return tasks
    }

    /// The filled title on one line: what is filled in may hold line ends.
    private func title(of item: TemplateItem, number: Int) throws(Problem) -> String {
        let words = try filled(item.title.value, number: number).unicodeScalars.split { scalar in
            scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
        }
        let line = words.map { String($0) }.joined(separator: " ")
        let title = Label.normalise(Self.cut(line, to: Label.length.upperBound))
        guard !title.isEmpty, Label.problem(in: title) == nil else {
            throw Self.refusal("leaves nothing of the title of task \(number)")
        }
        return title
    }

    private func kind(of item: TemplateItem) -> String {
        let isThere = item.kind.map { BuiltInKind(rawValue: $0.value) != nil || facts.ownKinds.contains($0.value) }
        return (isThere == true ? item.kind?.value : nil) ?? BuiltInKind.standard.rawValue
    }

    private func assignee(of item: TemplateItem) -> NamedUser? {
        switch item.assignee {
        case .opener: facts.opener
        case .ticketAssignee: facts.ticketAssignee
        case nil: item.assigneeID.flatMap { id in facts.people[id].map { NamedUser(id: id, name: $0) } }
        }
    }

    private func filled(_ text: String, number: Int) throws(Problem) -> String {
        do throws(TemplateText.Fault) {
            return try TemplateText(text).filled(from: facts.values)
        } catch {
            throw Self.refusal("\(Self.message(error)), in task \(number)")
        }
    }

    /// What is told of a ticket that does not fit the template.
    static func refusal(_ detail: String) -> Problem {
        Problem.invalidBody([FieldError("/ticket_id", .notAllowed, detail)])
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
    /// Whoever has the ticket, unless they work here no more.
    let ticketAssignee: NamedUser?
    /// Whoever opens the template.
    let opener: NamedUser?
    /// The places that have something.
    let values: [TemplateText.Place: String]
    /// The names of those who work here, among the people that the template names.
    let people: [ID<User>: String]
    /// The names of the teams that there are, among those that the template names.
    let teams: [ID<Team>: String]
    /// The workspace's own kinds that new tasks may have, among those that the template names.
    let ownKinds: Set<String>
    /// The days so many days after today, by the days of the workspace.
    let days: [Int: Day]

    /// A day and its end.
    struct Day: Sendable {
        let date: CalendarDate
        let end: Timestamp
    }
}
