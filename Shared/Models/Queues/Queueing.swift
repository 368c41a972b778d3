/// A record that one person, or the queue of one team, has at a time: a ticket, a task.
package protocol Queued: Sendable {
    /// The person who has it.
    var assignee: NamedUser? { get set }
    /// The team whose queue it is in.
    var team: NamedTeam? { get set }
    /// Whether its way is over, so that it is given to nobody.
    var isOutOfQueues: Bool { get }
    /// The next version of the record.
    func changed(at now: Timestamp) -> Self
}

/// Why a record is not given to somebody: among the reasons of its service's rules.
package protocol QueueViolation: Error {
    /// Somebody else has it.
    static func alreadyClaimed(by winner: NamedUser) -> Self
    /// It belongs to somebody from whom the caller may not take it.
    static func belongsToAnother(_ holder: NamedUser) -> Self
    /// Its way is over.
    static var isOver: Self { get }
}

/// Who has a record, and who may decide so.
///
/// Anyone who may write may claim a record that nobody has, and hand on one that is theirs or nobody's. Taking one from
/// somebody else needs a permission of its own.
package struct Queueing<Record: Queued, Violation: QueueViolation>: Sendable {
    /// The person who decides; `nil` for a process.
    package let caller: ID<User>?
    /// Whether the caller may take a record from anybody.
    package let mayTakeFromOthers: Bool

    /// Says who decides.
    package init(caller: ID<User>?, mayTakeFromOthers: Bool) {
        self.caller = caller
        self.mayTakeFromOthers = mayTakeFromOthers
    }

    /// The record claimed by a person; `nil` when they have it already.
    ///
    /// - Throws: The violation when somebody else has it, or when its way is over.
    package func claimed(_ record: Record, by person: NamedUser, at now: Timestamp) throws(Violation) -> Record? {
        if let winner = record.assignee {
            guard winner.id == person.id else { throw .alreadyClaimed(by: winner) }
            return nil
        }
        guard !record.isOutOfQueues else { throw .isOver }
        var after = record
        after.assignee = person
        return after.changed(at: now)
    }

    /// The record given to a person, to a team, or taken from either; `nil` when nothing changes.
    ///
    /// - Throws: The violation when its way is over, or when it is somebody's from whom the caller may not take it.
    package func given(
        _ record: Record, to person: Patch<NamedUser>, _ team: Patch<NamedTeam>, at now: Timestamp
    ) throws(Violation) -> Record? {
        var after = record
        if person.isPresent { after.assignee = person.value }
        if team.isPresent { after.team = team.value }
        guard after.assignee?.id != record.assignee?.id || after.team?.id != record.team?.id else { return nil }
        guard !record.isOutOfQueues else { throw .isOver }
        if let holder = record.assignee, holder.id != caller, !mayTakeFromOthers { throw .belongsToAnother(holder) }
        return after.changed(at: now)
    }
}

extension Problem {
    /// 409 for a record by its noun that somebody else has.
    package static func alreadyClaimed(_ noun: String, by winner: NamedUser) -> Problem {
        Problem(
            .alreadyClaimed, "\(winner.name) has this \(noun).",
            members: [
                JSONValue.Member(
                    "winner",
                    .object([
                        JSONValue.Member("id", .string(winner.id.description)),
                        JSONValue.Member("name", .string(winner.name)),
                    ]))
            ])
    }
}
