import Models
import Postgres
import ServiceKit

extension CustomerRoutes where Record == Individual {
    /// One page of people, or those that a search finds.
    func list(_ call: Call<NoPath, IndividualListQuery, NoBody>) async throws -> Answer<Page<Individual>> {
        let (query, workspace) = (call.query, try call.principal.workspace)
        let limit = query.limit ?? .standard
        if let phrase = query.q {
            try ListReading.refuse([
                ("cursor", query.cursor != nil), ("sort", query.sort != nil), ("count", query.count != nil),
                ("email", query.email != nil),
                ("phone", query.phone != nil), ("organization", query.organization != nil),
            ])
            let found = try await store.search(workspace, phrase.value, limit: limit.value)
            return try .page(found, limit: limit, binding: "", keys: [])
        }
        let filter = CustomerStore<Individual>.Filter(
            email: try ListReading.key(.email, query.email?.value, parameter: "email"),
            phone: try ListReading.key(.phone, query.phone?.value, parameter: "phone"),
            organization: query.organization)
        let binding = "individuals \(query.sort ?? .newest) \(filter)"
        let order = try ListReading.order(query.sort, query.cursor, binding: binding)
        let result = try await store.list(workspace, filter, order, limit: limit.value)
        let total = query.count == true ? try await store.total(workspace, filter) : nil
        return try .page(result, limit: limit, binding: binding, keys: order.keys, total: total)
    }

    /// Adds a person.
    func create(_ call: Call<NoPath, NoQuery, CreateIndividual>) async throws -> Answer<Individual> {
        let new = call.body.contacts?.items ?? []
        let individual = Individual(
            id: ID<Individual>.make(at: call.now), name: call.body.name.value, language: call.body.language?.value,
            note: call.body.note?.value, contacts: try await book(of: new, at: call.now).contacts, version: 1,
            createdAt: call.now, updatedAt: call.now)
        return try await add(individual, new, try call.write)
    }

    /// Changes a person's record.
    func update(_ call: Call<IDPath<Individual>, NoQuery, UpdateIndividual>) async throws -> Answer<Individual> {
        let (patch, now) = (call.body, call.now)
        return .stored(
            try await writing.change(call.path.id, expecting: call.ifMatch, try call.write) {
                $0.applying(patch, at: now)
            })
    }
}
