import Models

/// The Owner Card as a request names it: exactly one of four (FEATURES.md, B1).
enum OwnerCard: Hashable, Sendable {
    case individual(ID<Individual>)
    case organization(ID<Organization>)
    case external(String)
    case memo(String)

    /// Reads the choice of a request.
    ///
    /// - Throws: ``TicketRuleViolation/ownerIsNotOne``.
    init(_ choice: OwnerChoice) throws(TicketRuleViolation) {
        let named: [OwnerCard] = [
            choice.individualID.map(OwnerCard.individual), choice.organizationID.map(OwnerCard.organization),
            choice.externalReference.map { .external($0.value) }, choice.memo.map { .memo($0.value) },
        ].compactMap(\.self)
        guard let card = named.first, named.count == 1 else { throw .ownerIsNotOne }
        self = card
    }

    /// The owner with the label that customers publish; `nil` as the label when there is no such customer.
    ///
    /// - Throws: ``TicketRuleViolation/unknownOwner(_:)``.
    func labelled(_ label: String?) throws(TicketRuleViolation) -> TicketOwner {
        switch self {
        case .individual(let id):
            guard let label else { throw .unknownOwner(.individual) }
            return .individual(id, label: label)
        case .organization(let id):
            guard let label else { throw .unknownOwner(.organization) }
            return .organization(id, label: label)
        case .external(let reference): return .external(reference)
        case .memo(let memo): return .memo(memo)
        }
    }
}
