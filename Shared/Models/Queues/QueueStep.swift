/// One step of a ticket's or a task's way through people and teams.
package struct QueueStep: Codable, Sendable {
    /// The id of the entry in the record's activity.
    package let id: ID<ActivityItem>
    /// `created`, `claimed`, `assigned`, `unassigned` or, when a job was undone, `restored`; of a task `delegated` or
    /// `recalled` too.
    package let verb: String
    /// The record's version after the step.
    package let version: Int
    /// Who did it.
    package let actor: ActivityItem.Actor
    /// The person who has the record from then on; empty when nobody or when that did not change.
    package let assignee: NamedUser?
    /// The team that has the record from then on; empty when none or when that did not change.
    package let team: NamedTeam?
    /// When it was done.
    package let occurredAt: Timestamp
}
