import Models
import Postgres
import ServiceKit

/// What can be done with people and organizations alike.
struct CustomerRoutes<Record: StoredCustomer>: Sendable {
    let database: Database

    var store: CustomerStore<Record> { CustomerStore(database: database) }
    var writing: CustomerWriting<Record> { CustomerWriting(database: database) }
    private var contacts: ContactStore<Record> { ContactStore(database: database) }

    /// One record.
    func show(_ call: Call<IDPath<Record>, NoQuery, NoBody>) async throws -> Answer<Record> {
        try .row(try await store.show(try call.principal.workspace, call.path.id), Record.noun)
    }

    /// Deletes a record.
    func delete(_ call: Call<IDPath<Record>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await writing.delete(call.path.id, expecting: call.ifMatch, answer: .noContent, try call.write)
        return .noContent
    }

    /// Adds a contact.
    func addContact(_ call: Call<IDPath<Record>, NoQuery, NewContact>) async throws -> Answer<Record> {
        let (new, id) = (call.body, ID<Contact>.make(at: call.now))
        let event = ContactStore<Record>.Event(verb: .contactAdded, contact: id, status: 201, pointer: "/value")
        return try await change(call.path.id, event, call.ifMatch, try call.write) { try $0.add(new, id: id) }
    }

    /// Changes a contact.
    func updateContact(
        _ call: Call<ContactPath<Record>, NoQuery, UpdateContact>
    ) async throws -> Answer<Record> {
        let (patch, id) = (call.body, call.path.contactID)
        let event = ContactStore<Record>.Event(
            verb: .contactUpdated, contact: id, status: 200, pointer: patch.value == nil ? "/is_verified" : "/value")
        return try await change(call.path.id, event, call.ifMatch, try call.write) { try $0.change(id, patch) }
    }

    /// Removes a contact.
    func removeContact(_ call: Call<ContactPath<Record>, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        let id = call.path.contactID
        let event = ContactStore<Record>.Event(verb: .contactRemoved, contact: id, status: 204, pointer: "")
        _ = try await change(call.path.id, event, call.ifMatch, try call.write) { try $0.remove(id) }
        return .noContent
    }

    private func change(
        _ id: ID<Record>, _ event: ContactStore<Record>.Event, _ version: Int64?, _ context: WriteContext,
        _ decide: @escaping @Sendable (inout ContactBook) throws -> Void
    ) async throws -> Answer<Record> {
        try await RuleProblems.translating {
            .stored(try await contacts.change(of: id, event, expecting: version, context, decide))
        }
    }

    /// The contacts of a new record by the rules of the domain, with ids in the order of the request.
    func book(of new: [NewContact], at now: Timestamp) async throws -> ContactBook {
        let ids = new.map { _ in ID<Contact>.make(at: now) }.sorted()
        return try await RuleProblems.translating { try ContactBook(adding: new, ids: ids) }
    }

    /// Adds a record with its contacts.
    func add(_ record: Record, _ new: [NewContact], _ context: WriteContext) async throws -> Answer<Record> {
        let answer = try StoredAnswer(status: 201, record, location: record.address, version: 1)
        let identities = VerifiedIdentities(new.map { ($0.kind, $0.value.value, $0.isVerified ?? false) })
        try await writing.add(record, identities: identities, answer: answer, context)
        return .stored(answer)
    }
}
