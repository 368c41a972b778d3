import Models
import Postgres
import ServiceKit

/// Who belongs to which organization.
struct MembershipRoutes: Sendable {
    let database: Database

    private var store: MembershipStore { MembershipStore(database: database) }

    /// One page of an organization's people.
    func members(
        _ call: Call<IDPath<Organization>, PageQuery, NoBody>
    ) async throws -> Answer<Page<OrganizationMember>> {
        let (limit, workspace) = (call.query.limit ?? .standard, try call.principal.workspace)
        let binding = MembershipStore.binding(membersOf: call.path.id)
        let after: ID<Individual>? = try PageReading.id(call.query.cursor, binding: binding)
        let result = try await store.members(workspace, of: call.path.id, after: after, limit: limit.value)
        try await find(Organization.self, call.path.id, in: workspace, when: result.count == 0)
        return try .page(result, limit: limit, binding: binding, keys: ["id"])
    }

    /// One page of a person's organizations.
    func memberships(_ call: Call<IDPath<Individual>, PageQuery, NoBody>) async throws -> Answer<Page<Membership>> {
        let (limit, workspace) = (call.query.limit ?? .standard, try call.principal.workspace)
        let binding = MembershipStore.binding(membershipsOf: call.path.id)
        let after: ID<Organization>? = try PageReading.id(call.query.cursor, binding: binding)
        let result = try await store.memberships(workspace, of: call.path.id, after: after, limit: limit.value)
        try await find(Individual.self, call.path.id, in: workspace, when: result.count == 0)
        return try .page(result, limit: limit, binding: binding, keys: ["_organization_id"])
    }

    /// Makes a person a member, or gives a member another role.
    func put(_ call: Call<OrganizationMemberPath, NoQuery, PutMember>) async throws -> Answer<NoContent> {
        try await store.put(
            call.path.individualID, in: call.path.id, role: call.body.role?.value, expecting: call.ifMatch,
            try call.write)
        return .noContent
    }

    /// Ends a membership.
    func remove(_ call: Call<OrganizationMemberPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        try await store.remove(
            call.path.individualID, from: call.path.id, expecting: call.ifMatch, try call.write)
        return .noContent
    }

    /// An empty list of a record that is not there is no list.
    private func find<Record: StoredCustomer>(
        _ kind: Record.Type, _ id: ID<Record>, in workspace: ID<Workspace>, when isEmpty: Bool
    ) async throws {
        guard isEmpty else { return }
        let record = try await CustomerStore<Record>(database: database).show(workspace, id)
        if record.count == 0 { throw Problem.notFound(Record.noun) }
    }
}
