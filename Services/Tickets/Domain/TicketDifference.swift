import Models

/// What the activity says of a change: closed fields and ids with their values before and after.
///
/// Of texts it says the versions between which they changed; they stay in their records, so that erasing a person need
/// not rewrite history.
enum TicketDifference {
    /// `{"status": {"from": "open", "to": "closed"}}` with the fields that differ; `before` is `nil` for a new ticket.
    static func of(_ before: Ticket?, _ after: Ticket) -> JSONValue {
        let fields: [(String, KeyPath<Ticket, JSONValue>)] = [
            ("status", \.statusValue), ("priority", \.priorityValue), ("category", \.categoryValue),
            ("wait_reason", \.waitReasonValue), ("wait_until", \.waitUntilValue), ("owner_kind", \.ownerKindValue),
            ("individual_id", \.individualValue), ("organization_id", \.organizationValue),
            ("assignee_id", \.assigneeValue), ("team_id", \.teamValue),
        ]
        var members: [JSONValue.Member] = fields.compactMap { name, value in
            let (from, to) = (before?[keyPath: value] ?? .null, after[keyPath: value])
            return from == to ? nil : JSONValue.Member(name, change(from, to))
        }
        if let before {
            let revisions = change(.integer(Int64(before.version)), .integer(Int64(after.version)))
            members += texts(before, after).map { JSONValue.Member($0, revisions) }
        }
        return .object(members)
    }

    private static func change(_ from: JSONValue, _ to: JSONValue) -> JSONValue {
        .object([JSONValue.Member("from", from), JSONValue.Member("to", to)])
    }

    private static func texts(_ before: Ticket, _ after: Ticket) -> [String] {
        [
            before.description != after.description ? "description" : nil,
            before.owner.externalReference != after.owner.externalReference ? "external_reference" : nil,
            before.owner.memo != after.owner.memo ? "memo" : nil,
            before.brand != after.brand ? "brand" : nil,
            before.serialNumber != after.serialNumber ? "serial_number" : nil,
        ].compactMap(\.self)
    }
}

extension Ticket {
    fileprivate var statusValue: JSONValue { .string(status.rawValue) }
    fileprivate var priorityValue: JSONValue { .string(priority.rawValue) }
    fileprivate var categoryValue: JSONValue { .string(category) }
    fileprivate var waitReasonValue: JSONValue { .text(waitReason?.rawValue) }
    fileprivate var waitUntilValue: JSONValue { .text(waitUntil?.description) }
    fileprivate var ownerKindValue: JSONValue { .string(owner.kind.rawValue) }
    fileprivate var individualValue: JSONValue { .text(owner.individualID?.description) }
    fileprivate var organizationValue: JSONValue { .text(owner.organizationID?.description) }
    fileprivate var assigneeValue: JSONValue { .text(assignee?.id.description) }
    fileprivate var teamValue: JSONValue { .text(team?.id.description) }
}

extension JSONValue {
    fileprivate static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}
