import Models
import ServiceKit

/// Every endpoint of the service and its handler, on one screen.
func routeTable(
    individuals: CustomerRoutes<Individual>, organizations: CustomerRoutes<Organization>,
    memberships: MembershipRoutes
) -> [Route] {
    [
        .on(Individuals.list, use: individuals.list),
        .on(Individuals.show, use: individuals.show),
        .on(Individuals.create, use: individuals.create),
        .on(Individuals.update, use: individuals.update),
        .on(Individuals.delete, use: individuals.delete),
        .on(Individuals.addContact, use: individuals.addContact),
        .on(Individuals.updateContact, use: individuals.updateContact),
        .on(Individuals.removeContact, use: individuals.removeContact),
        .on(Individuals.memberships, use: memberships.memberships),
        .batch(Individuals.batch),

        .on(Organizations.list, use: organizations.list),
        .on(Organizations.show, use: organizations.show),
        .on(Organizations.create, use: organizations.create),
        .on(Organizations.update, use: organizations.update),
        .on(Organizations.delete, use: organizations.delete),
        .on(Organizations.addContact, use: organizations.addContact),
        .on(Organizations.updateContact, use: organizations.updateContact),
        .on(Organizations.removeContact, use: organizations.removeContact),
        .on(Organizations.members, use: memberships.members),
        .on(Organizations.putMember, use: memberships.put),
        .on(Organizations.removeMember, use: memberships.remove),
        .batch(Organizations.batch),
    ]
}
