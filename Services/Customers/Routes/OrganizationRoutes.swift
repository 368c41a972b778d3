import Models
import Postgres
import ServiceKit

extension CustomerRoutes where Record == Organization {
    /// One page of organizations, or those that a search finds.
    func list(_ call: Call<NoPath, OrganizationListQuery, NoBody>) async throws -> Answer<Page<Organization>> {
        let (query, workspace) = (call.query, try call.principal.workspace)
        let limit = query.limit ?? .standard
        if let phrase = query.q {
            try ListReading.refuse([
                ("cursor", query.cursor != nil), ("sort", query.sort != nil), ("count", query.count != nil),
                ("email", query.email != nil),
                ("phone", query.phone != nil),
            ])
            let found = try await store.search(workspace, phrase.value, limit: limit.value)
            return try .page(found, limit: limit, binding: "", keys: [])
        }
        let filter = CustomerStore<Organization>.Filter(
            email: try ListReading.key(.email, query.email?.value, parameter: "email"),
            phone: try ListReading.key(.phone, query.phone?.value, parameter: "phone"))
        let binding = "organizations \(query.sort ?? .newest) \(filter)"
        let order = try ListReading.order(query.sort, query.cursor, binding: binding)
        let result = try await store.list(workspace, filter, order, limit: limit.value)
        let total = query.count == true ? try await store.total(workspace, filter) : nil
        return try .page(result, limit: limit, binding: binding, keys: order.keys, total: total)
    }

    /// Adds an organization.
    func create(_ call: Call<NoPath, NoQuery, CreateOrganization>) async throws -> Answer<Organization> {
        let new = call.body.contacts?.items ?? []
        let organization = Organization(
            id: ID<Organization>.make(at: call.now), name: call.body.name.value,
            domains: Organization.distinct(call.body.domains?.items ?? []), note: call.body.note?.value,
            contacts: try await book(of: new, at: call.now).contacts, version: 1, createdAt: call.now,
            updatedAt: call.now)
        return try await add(organization, new, try call.write)
    }

    /// Changes an organization's record.
    func update(
        _ call: Call<IDPath<Organization>, NoQuery, UpdateOrganization>
    ) async throws -> Answer<Organization> {
        let (patch, now) = (call.body, call.now)
        return .stored(
            try await writing.change(call.path.id, expecting: call.ifMatch, try call.write) {
                $0.applying(patch, at: now)
            })
    }
}
