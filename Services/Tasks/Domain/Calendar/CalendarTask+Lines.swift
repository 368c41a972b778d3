import Models

extension CalendarTask {
    /// The zone in whose time its lines stand; `nil` when they stand in UTC or as dates.
    var zoneInUse: String? {
        guard let recurrence, case .at = due else { return nil }
        return recurrence.zone
    }

    /// Writes it as a VTODO (RFC 5545, 3.6.2).
    func writeTodo(to lines: inout ContentLines) {
        lines.add("BEGIN", "VTODO")
        writeIdentity(to: &lines)
        lines.add("SUMMARY", text: summary)
        writeTexts(to: &lines)
        writeDue(to: &lines)
        writeRule(to: &lines, secondsBefore: secondsFromStartOfDay)
        if priority > 0 { lines.add("PRIORITY", priority) }
        lines.add("STATUS", status.rawValue)
        if let percentComplete { lines.add("PERCENT-COMPLETE", percentComplete) }
        if status == .completed, let completedAt { lines.add("COMPLETED", completedAt.inCalendar) }
        lines.add("END", "VTODO")
    }

    /// Writes it as a VEVENT (RFC 5545, 3.6.1), which must have a due time; what is completed has a tick.
    func writeEvent(to lines: inout ContentLines) {
        lines.add("BEGIN", "VEVENT")
        writeIdentity(to: &lines)
        lines.add("SUMMARY", text: status == .completed ? "\u{2713} " + summary : summary)
        writeTexts(to: &lines)
        writeMoment(to: &lines)
        writeRule(to: &lines, secondsBefore: 0)
        if priority > 0 { lines.add("PRIORITY", priority) }
        lines.add("STATUS", status == .cancelled ? "CANCELLED" : "CONFIRMED")
        lines.add("TRANSP", "TRANSPARENT")
        lines.add("END", "VEVENT")
    }

    /// In a calendar without METHOD the stamp is the last change (3.8.7.2), so that the same tasks are the same bytes.
    private func writeIdentity(to lines: inout ContentLines) {
        lines.add("UID", text: uid)
        lines.add("DTSTAMP", updatedAt.inCalendar)
        lines.add("CREATED", createdAt.inCalendar)
        lines.add("LAST-MODIFIED", updatedAt.inCalendar)
        lines.add("SEQUENCE", sequence)
    }

    private func writeTexts(to lines: inout ContentLines) {
        if let details, !details.isEmpty { lines.add("DESCRIPTION", text: details) }
        if let url, !url.isEmpty { lines.add("URL", uri: url) }
    }

    /// The due time, and the start that a rule needs.
    ///
    /// The start must come before the due time (3.8.2.3), and the rule counts by days: so it is the start of the due
    /// day. Where none comes before, on a day or at its very start, both are the same, as programs that write such
    /// to-dos have it.
    private func writeDue(to lines: inout ContentLines) {
        switch due {
        case .at(let instant):
            guard let recurrence else { return lines.add("DUE", instant.inCalendar) }
            let start = recurrence.start.adding(seconds: -secondsFromStartOfDay)
            lines.add("DTSTART;TZID=\(recurrence.zone)", start.compact)
            lines.add("DUE;TZID=\(recurrence.zone)", recurrence.start.compact)
        case .on(let day):
            if recurrence != nil { lines.add("DTSTART;VALUE=DATE", day.compactDate) }
            lines.add("DUE;VALUE=DATE", day.compactDate)
        case nil: break
        }
    }

    private func writeMoment(to lines: inout ContentLines) {
        switch due {
        case .at(let instant):
            if let recurrence {
                lines.add("DTSTART;TZID=\(recurrence.zone)", recurrence.start.compact)
            } else {
                lines.add("DTSTART", instant.inCalendar)
            }
            lines.add("DURATION", "PT\(CalendarText.eventSeconds / 60)M")
        case .on(let day):
            lines.add("DTSTART;VALUE=DATE", day.compactDate)
            lines.add("DTEND;VALUE=DATE", day.adding(seconds: 86_400).compactDate)
        case nil: break
        }
    }

    /// By how much a to-do that comes round again starts before it is due.
    private var secondsFromStartOfDay: Int64 { recurrence?.start.secondOfDay ?? 0 }

    /// UNTIL and EXDATE have the type of the start and name starts (3.3.10 and 3.8.5.1).
    private func writeRule(to lines: inout ContentLines, secondsBefore: Int64) {
        guard let recurrence, let due else { return }
        let rule = recurrence.rule
        switch due {
        case .at:
            let until = (recurrence.until ?? rule.until?.instant)?.adding(.seconds(-secondsBefore))
            lines.add("RRULE", rule.text(until: until?.inCalendar ?? rule.until?.text))
            for exception in recurrence.exceptions {
                lines.add("EXDATE;TZID=\(recurrence.zone)", exception.adding(seconds: -secondsBefore).compact)
            }
        case .on:
            lines.add("RRULE", rule.text(until: rule.until?.date))
            for exception in recurrence.exceptions { lines.add("EXDATE;VALUE=DATE", exception.compactDate) }
        }
    }
}

extension Timestamp {
    /// An instant in iCalendar: UTC, to the second.
    fileprivate var inCalendar: String { CivilDateTime(utc: self).compact + "Z" }
}

extension RecurrenceRule.Until {
    /// The last moment, where it is an instant.
    fileprivate var instant: Timestamp? {
        if case .utc(let instant) = self { instant } else { nil }
    }

    /// The day of the last moment.
    fileprivate var date: String {
        switch self {
        case .date(let time), .local(let time): time.compactDate
        case .utc(let instant): CivilDateTime(utc: instant).compactDate
        }
    }
}
