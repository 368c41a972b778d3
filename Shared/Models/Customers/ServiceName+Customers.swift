extension ServiceName {
    /// The operations of `customers`.
    static let customersContracts: [Contract] = [
        Individuals.list.contract, Individuals.show.contract, Individuals.create.contract,
        Individuals.update.contract, Individuals.delete.contract, Individuals.addContact.contract,
        Individuals.updateContact.contract, Individuals.removeContact.contract, Individuals.memberships.contract,
        Individuals.batch.contract,
        Organizations.list.contract, Organizations.show.contract, Organizations.create.contract,
        Organizations.update.contract, Organizations.delete.contract, Organizations.addContact.contract,
        Organizations.updateContact.contract, Organizations.removeContact.contract, Organizations.members.contract,
        Organizations.putMember.contract, Organizations.removeMember.contract,
        Organizations.batch.contract,
    ]
}
