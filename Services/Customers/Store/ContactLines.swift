import Models
import Postgres
import ServiceKit

/// Contacts as one bound value, so that the statement is the same for any number of them.
struct ContactLines: Encodable, Sendable {
    /// One row.
    struct Line: Encodable {
        let id: ID<Contact>
        let kind: ContactKind
        let value: String
        let valueKey: String
        let label: String?
        let isVerified: Bool
        let isPrimary: Bool
    }

    private let contacts: [Contact]

    /// Takes contacts that the rules have let pass: each has a key.
    init(_ contacts: [Contact]) {
        self.contacts = contacts
    }

    func encode(to encoder: any Encoder) throws {
        try contacts.map { contact in
            Line(
                id: contact.id, kind: contact.kind, value: contact.value,
                valueKey: ContactKey(contact.kind, contact.value)?.text ?? "", label: contact.label,
                isVerified: contact.isVerified, isPrimary: contact.isPrimary)
        }.encode(to: encoder)
    }

    /// The insertion of the contacts for the owner in a row source with the column `id`.
    func insertion<Record: StoredCustomer>(
        for kind: Record.Type, from owner: SQL, _ context: WriteContext
    ) throws -> SQL {
        """
        INSERT INTO customers.contact (
            workspace_id, id, \(Record.ownerColumn), kind, value, value_key, label, is_verified, is_primary, created_at,
            updated_at)
        SELECT \(context.workspace), c.id, \(owner).id, c.kind, c.value, c.value_key, c.label, c.is_verified,
            c.is_primary, \(context.now), \(context.now)
        FROM \(owner), jsonb_to_recordset(\(JSONText(utf8: try WireJSON.encode(self)))) AS c (
            id uuid, kind text, value text, value_key text, label text, is_verified bool, is_primary bool)
        """
    }
}

/// What an activity row says of a change: ids and closed fields, never an address, a name or a note.
struct ActivityChanges: Sendable {
    private var members: [JSONValue.Member] = []

    /// The names of the fields that changed, without their values: those are texts and personal data.
    init(fields: [String]) {
        add("fields", from: .null, to: .array(fields.map(JSONValue.string)))
    }

    /// Which contact was added, changed or removed, and whether it is verified and the primary one since.
    init(of id: ID<Contact>, from old: [Contact], to new: [Contact]) {
        let (before, after) = (old.first { $0.id == id }, new.first { $0.id == id })
        func word(_ contact: Contact?) -> JSONValue { contact.map { .string($0.id.description) } ?? .null }
        func flag(_ value: Bool?) -> JSONValue { value.map(JSONValue.bool) ?? .null }
        add("contact", from: word(before), to: word(after))
        add("is_verified", from: flag(before?.isVerified), to: flag(after?.isVerified))
        add("is_primary", from: flag(before?.isPrimary), to: flag(after?.isPrimary))
        members.removeAll { $0.name != "contact" && $0.value["from"] == $0.value["to"] }
    }

    /// Which person's membership was made, changed or ended.
    init(member: ID<Individual>, _ verb: ActivityVerb) {
        let id = JSONValue.string(member.description)
        add("member", from: verb == .memberAdded ? .null : id, to: verb == .memberRemoved ? .null : id)
    }

    /// As the row holds it.
    var json: JSONText { JSONText(utf8: JSONWriter.bytes(of: .object(members))) }

    private mutating func add(_ field: String, from: JSONValue, to: JSONValue) {
        members.append(
            JSONValue.Member(field, .object([JSONValue.Member("from", from), JSONValue.Member("to", to)])))
    }
}
