import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("The Owner Card (B1)")
struct OwnerCardTests {
    private static let individual = ID<Individual>.make(at: .noon)
    private static let organization = ID<Organization>.make(at: .noon)

    private static func choice(_ members: Set<Int>) -> OwnerChoice {
        OwnerChoice(
            individualID: members.contains(0) ? individual : nil,
            organizationID: members.contains(1) ? organization : nil,
            externalReference: members.contains(2) ? Text("CRM-7") : nil, memo: members.contains(3) ? Text("X") : nil)
    }

    @Test("each of the four alone is an owner")
    func one() throws {
        let cards = try (0..<4).map { try OwnerCard(Self.choice([$0])) }
        #expect(
            cards == [
                .individual(Self.individual), .organization(Self.organization), .external("CRM-7"), .memo("X"),
            ])
    }

    @Test("none and every choice of several is refused", arguments: 0..<16)
    func several(mask: Int) {
        let members = Set((0..<4).filter { mask & 1 << $0 != 0 })
        guard members.count != 1 else { return }
        #expect(throws: TicketRuleViolation.ownerIsNotOne) { try OwnerCard(Self.choice(members)) }
    }

    @Test("a customer takes the label that is published, and one without a label is not there")
    func labels() throws {
        let known = try OwnerCard.individual(Self.individual).labelled("Grace")
        #expect(known == .individual(Self.individual, label: "Grace"))
        #expect(throws: TicketRuleViolation.unknownOwner(.individual)) {
            try OwnerCard.individual(Self.individual).labelled(nil)
        }
        #expect(throws: TicketRuleViolation.unknownOwner(.organization)) {
            try OwnerCard.organization(Self.organization).labelled(nil)
        }
        #expect(try OwnerCard.memo("X").labelled(nil).label == "X")
        #expect(try OwnerCard.external("CRM-7").labelled(nil).label == "CRM-7")
    }
}
