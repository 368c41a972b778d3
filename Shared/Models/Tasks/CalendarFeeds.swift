/// The secret link of a person's calendar, without its secret.
package struct CalendarFeed: Codable, Sendable {
    /// The link's id.
    package let id: ID<CalendarFeed>
    /// When it was made.
    package let createdAt: Timestamp

    /// Names a link.
    package init(id: ID<CalendarFeed>, createdAt: Timestamp) {
        self.id = id
        self.createdAt = createdAt
    }
}

/// A link of a calendar that was made just now: its secret is shown this once.
package struct CreatedCalendarFeed: Codable, Sendable {
    /// The link's id.
    package let id: ID<CalendarFeed>
    /// Where calendar programs subscribe: whoever knows it reads the person's tasks.
    package let address: String
    /// When it was made.
    package let createdAt: Timestamp

    /// Takes a link with its secret.
    package init(id: ID<CalendarFeed>, address: String, createdAt: Timestamp) {
        self.id = id
        self.address = address
        self.createdAt = createdAt
    }
}

/// What a calendar writes tasks as.
package enum CalendarShape: String, WireWord {
    /// Events, which every program shows.
    case events
    /// To-dos, which say what is done.
    case todos
}

/// The secret in a calendar's address.
package struct CalendarFeedPath: Codable, Sendable {
    /// The secret.
    package let token: Text<CalendarToken>
}

/// How a calendar is written.
package struct CalendarFeedQuery: Codable, Sendable {
    /// What tasks are written as; events when it is not given.
    package let shape: CalendarShape?
}

/// What the address of a calendar carries, with or without `.ics` at its end.
package enum CalendarToken: TextRule {
    /// The least and the most characters.
    package static let length = 1...128
    /// The sentence for the reference.
    package static let summary = "The secret of a calendar's address."
    /// Never shown.
    package static let isSecret = true
}

/// A calendar in iCalendar.
package enum CalendarFile: TextRule {
    /// The least and the most characters.
    package static let length = 1...16_777_216
    /// The sentence for the reference.
    package static let summary = "A calendar in iCalendar (RFC 5545)."
}

/// The operations on a person's calendar of tasks.
package enum CalendarFeeds {
    package static let show = Endpoint<NoPath, NoQuery, NoBody, CalendarFeed>(
        .get, "/v1/tasks/calendar", "calendars.show", .needs(.tasksRead),
        "The caller's calendar link, if there is one, without its secret.")
    package static let create = Endpoint<NoPath, NoQuery, NoBody, CreatedCalendarFeed>(
        .post, "/v1/tasks/calendar", "calendars.create", .needs(.tasksRead),
        "Makes the secret link with which calendar programs read the caller's tasks, and shows it, this once. "
            + "An earlier link is void.", success: 201, answer: .secret)
    package static let revoke = Endpoint<NoPath, NoQuery, NoBody, NoContent>(
        .delete, "/v1/tasks/calendar", "calendars.revoke", .needs(.tasksRead), "Makes the caller's calendar link void.",
        success: 204)
    package static let read = Endpoint<CalendarFeedPath, CalendarFeedQuery, NoBody, Text<CalendarFile>>(
        .get, "/v1/tasks/feeds/{token}", "calendars.read",
        .open(reason: "Calendar programs cannot sign in: the revocable secret in the address is the proof."),
        "A person's tasks as a calendar: those that are due at a time, and not longer than 30 days ago when they "
            + "ended, and what is still to come of the series whose tasks they will get.")

    /// The operations as the service lists them.
    static let contracts: [Contract] = [show.contract, create.contract, revoke.contract, read.contract]
}
