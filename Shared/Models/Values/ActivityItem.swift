/// One change of a record, as its history shows it.
package struct ActivityItem: Codable, Sendable {
    /// The entry's id.
    package let id: ID<ActivityItem>
    /// What was done.
    package let verb: String
    /// The record's version after the change.
    package let version: Int
    /// Who did it.
    package let actor: Actor
    /// `{"from": …, "to": …}` by field, for closed fields and ids; texts stay in their records.
    package let changes: JSONValue
    /// The request that did it.
    package let requestID: String
    /// When it was done.
    package let occurredAt: Timestamp

    /// Who changed a record.
    package struct Actor: Codable, Sendable {
        /// `user`, `customer`, `rule` or `service`.
        package let kind: String
        /// The id of a user, customer or rule.
        package let id: ID<User>?
        /// The name of a service.
        package let service: String?
        /// The name of a user as it is now.
        package let name: String?

        /// Names whoever changes a record; the name of a person is read when it is shown.
        package init(kind: String, id: ID<User>?, service: String?) {
            self.kind = kind
            self.id = id
            self.service = service
            name = nil
        }
    }
}
