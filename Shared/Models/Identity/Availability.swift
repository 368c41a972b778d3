/// Whether a person takes work, as they chose it.
package enum AgentStatus: String, WireWord {
    /// Takes work.
    case online
    /// Takes no new work and keeps what they have.
    case away
    /// Takes no new work, and what they have goes back when its customer answers.
    case awayAndReassign = "away_and_reassign"
    /// Not there.
    case offline
}

/// Whether a person takes work at an instant.
package enum EffectiveStatus: String, WireWord {
    /// Takes work.
    case online
    /// Takes no new work and keeps what they have.
    case away
    /// Takes no new work, and what they have goes back when its customer answers.
    case awayAndReassign = "away_and_reassign"
    /// Not there, or not a member of staff any more.
    case offline
    /// Not there; a substitute takes their work.
    case holiday
}

/// A time in which a person is not there.
package struct Holiday: Codable, Hashable, Sendable {
    /// When it begins.
    package let from: Timestamp
    /// When it ends by itself; `nil` when it is ended by hand.
    package let until: Timestamp?
    /// Who takes the person's work meanwhile.
    package let substituteID: ID<User>?

    /// Takes a holiday.
    package init(from: Timestamp, until: Timestamp?, substituteID: ID<User>?) {
        self.from = from
        self.until = until
        self.substituteID = substituteID
    }
}

/// Plans a holiday in the place of the one that was planned before.
package struct PlanHoliday: Codable, Sendable {
    /// When it begins; at once, when this is absent.
    package let from: Timestamp?
    /// When it ends by itself; it is ended by hand, when this is absent.
    package let until: Timestamp?
    /// Who takes the person's work meanwhile: an active member of staff.
    package let substituteID: ID<User>?
}

/// The most open tickets that a person is given by itself.
package struct TicketLimit: BoundedInteger {
    /// What the number may be.
    package static let range = 0...1_000
    /// The number.
    package let value: Int

    /// Takes a number that was validated.
    package init(value: Int) {
        self.value = value
    }
}

/// Whether a person takes work, what they planned, and how much they take.
///
/// What is effective depends on the time, so an answer that shows this has no `ETag`; `If-Match` takes its version.
package struct Availability: Codable, Sendable {
    /// The person's id.
    package let userID: ID<User>
    /// The person's name.
    package let name: String
    /// What the person chose; in force whenever no holiday is.
    package let status: AgentStatus
    /// What holds at this moment.
    package let effectiveStatus: EffectiveStatus
    /// The holiday that goes on or is planned; the last one, when it is over.
    package let holiday: Holiday?
    /// Who takes the person's work at this moment: the substitute, or the substitute's one when that one is on holiday
    /// too; `nil` when nobody does.
    package let effectiveSubstituteID: ID<User>?
    /// The most open tickets that the person is given by itself; `nil` when there is no limit.
    package let ticketLimit: Int?
    /// Counts changes.
    package let version: Int
    /// When it was changed last.
    package let updatedAt: Timestamp

    /// Takes what is known of a person.
    package init(
        person: (id: ID<User>, name: String), status: AgentStatus, holiday: Holiday?, ticketLimit: Int?,
        effective: (status: EffectiveStatus, substitute: ID<User>?), revision: (version: Int, at: Timestamp)
    ) {
        (userID, name) = person
        self.status = status
        self.holiday = holiday
        self.ticketLimit = ticketLimit
        (effectiveStatus, effectiveSubstituteID) = effective
        (version, updatedAt) = revision
    }
}

/// Chooses one's own status, and plans or ends one's holiday.
package struct UpdateOwnAvailability: MergePatch {
    /// Whether one takes work.
    package let status: AgentStatus?
    /// The holiday; `null` ends or cancels it.
    package let holiday: Patch<PlanHoliday>
}

/// Chooses another person's status, plans or ends their holiday, and says how much they take.
package struct UpdateAvailability: MergePatch {
    /// Whether the person takes work.
    package let status: AgentStatus?
    /// The holiday; `null` ends or cancels it.
    package let holiday: Patch<PlanHoliday>
    /// The most open tickets that the person is given by itself; `null` lifts the limit.
    package let ticketLimit: Patch<TicketLimit>
}

/// Whose availability a list shows.
package struct AvailabilityListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only people for whom one of these holds at this moment.
    package let effectiveStatus: Words<EffectiveStatus>?
}

/// The operations on who takes work.
package enum Availabilities {
    package static let list = Endpoint<NoPath, AvailabilityListQuery, NoBody, Page<Availability>>(
        .get, "/v1/users/availability", "availability.list", .needs(.workspaceRead),
        "Who takes work at this moment: the active people, oldest first.", problems: [.invalidCursor])
    package static let mine = Endpoint<NoPath, NoQuery, NoBody, Availability>(
        .get, "/v1/users/me/availability", "availability.mine", .needs(.profileManage),
        "Whether the caller takes work.")
    package static let updateMine = Endpoint<NoPath, NoQuery, UpdateOwnAvailability, Availability>(
        .patch, "/v1/users/me/availability", "availability.update_mine", .needs(.profileManage),
        "Chooses the caller's own status, and plans or ends their holiday.", problems: [.versionMismatch])
    package static let show = Endpoint<IDPath<User>, NoQuery, NoBody, Availability>(
        .get, "/v1/users/{id}/availability", "availability.show", .needs(.workspaceRead),
        "Whether a person takes work.")
    package static let update = Endpoint<IDPath<User>, NoQuery, UpdateAvailability, Availability>(
        .patch, "/v1/users/{id}/availability", "availability.update", .needs(.teamsWrite),
        "Chooses a person's status, plans or ends their holiday, and says how many tickets they take.",
        problems: [.versionMismatch])
}
