import Models

extension CreateTaskSeries {
    /// What the request names.
    var wanted: WantedNames {
        WantedNames(subject: subject, assignee: assigneeID, team: teamID, kind: kind?.value)
    }

    /// The new series, without its next occurrence.
    ///
    /// - Throws: ``TaskRefusals`` with everything that does not go together.
    func series(
        _ rule: RecurrenceRule, names: ResolvedNames, at now: Timestamp
    ) throws(TaskRefusals) -> TaskSeries {
        var series = TaskSeries(
            id: .make(at: now), rule: rule.description, start: start.value, zone: zone?.value ?? "",
            title: title.value, at: now)
        series.description = description?.value
        series.kind = kind?.value ?? BuiltInKind.standard.rawValue
        series.priority = priority ?? .medium
        (series.subject, series.assignee, series.team) = (names.subject, names.assignee, names.team)
        series.estimateSeconds = estimateSeconds?.value
        series.isRequired = isRequired ?? false
        series.madeBeforeSeconds = madeBeforeSeconds?.value ?? 0
        try series.check()
        return series
    }
}

extension UpdateTaskSeries {
    /// What the request names.
    var wanted: WantedNames {
        WantedNames(subject: subject.value, assignee: assigneeID.value, team: teamID.value, kind: kind?.value)
    }

    /// The series after the change, its next occurrence as it was; the same version when it says the same already.
    ///
    /// - Throws: ``TaskRefusals`` with everything that does not go together.
    func applied(to series: TaskSeries, names: ResolvedNames, at now: Timestamp) throws(TaskRefusals) -> TaskSeries {
        var after = series
        if let rule { after.rule = (try? RecurrenceRule(rule.value))?.description ?? rule.value }
        if let start = start?.value { after.start = start }
        if let zone = zone?.value { after.zone = zone }
        if let title = title?.value { after.title = title }
        if description.isPresent { after.description = description.value?.value }
        if let kind = kind?.value { after.kind = kind }
        if let priority { after.priority = priority }
        if subject.isPresent { after.subject = names.subject }
        if assigneeID.isPresent { after.assignee = names.assignee }
        if teamID.isPresent { after.team = names.team }
        if estimateSeconds.isPresent { after.estimateSeconds = estimateSeconds.value?.value }
        if let isRequired { after.isRequired = isRequired }
        if let seconds = madeBeforeSeconds?.value { after.madeBeforeSeconds = seconds }
        if let isPaused { after.isPaused = isPaused }
        try after.check()
        return SeriesDifference.of(series, after).isEmpty ? series : after.changed(at: now)
    }
}

extension TaskSeries {
    /// The next version of the record.
    func changed(at now: Timestamp) -> TaskSeries {
        var after = self
        after.version += 1
        after.updatedAt = now
        return after
    }

    /// Sets what comes next; a series without it has ended, unless it is paused.
    mutating func come(next: PlannedOccurrence?, at now: Timestamp) {
        nextOccurrence = next?.time.description
        nextAt = next?.at
        if next == nil, !isPaused, endedAt == nil { endedAt = now }
    }

    /// When the task of an instant is to be made.
    func making(of instant: Timestamp) -> Timestamp { instant.adding(.seconds(-madeBeforeSeconds)) }

    /// Whether occurrences come at other times than those of another state.
    func comesOtherwise(than before: TaskSeries) -> Bool {
        (rule, start, zone) != (before.rule, before.start, before.zone) || isPaused != before.isPaused
    }

    /// What the tasks name.
    var wanted: WantedNames {
        WantedNames(
            subject: subject.map { TaskSubjectChoice(kind: $0.kind, id: $0.id) }, assignee: assignee?.id,
            team: team?.id, kind: kind)
    }

    /// The task of an occurrence, with the names as they are now; a kind that new tasks may not have any more gives way
    /// to the one that every workspace has.
    func task(dueAt instant: Timestamp, found: FoundNames, at now: Timestamp) -> TaskItem {
        var task = TaskItem(
            id: .make(at: now), title: title,
            kind: wanted.ownKind == nil || found.hasKind ? kind : BuiltInKind.standard.rawValue, priority: priority,
            seriesID: id, at: now)
        task.description = description
        task.subject = subject.flatMap { subject in
            found.subjectLabel.map { TaskSubject(kind: subject.kind, id: subject.id, label: $0) }
        }
        task.assignee = assignee.flatMap { person in found.assigneeName.map { NamedUser(id: person.id, name: $0) } }
        task.team = team.flatMap { team in found.teamName.map { NamedTeam(id: team.id, name: $0) } }
        task.dueAt = instant
        task.estimateSeconds = estimateSeconds
        task.isRequired = isRequired
        return task
    }

    fileprivate func check() throws(TaskRefusals) {
        if isRequired, subject?.kind != .ticket { throw TaskRefusals(violations: [.requiredWithoutTicket]) }
    }
}
