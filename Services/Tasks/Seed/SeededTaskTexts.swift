import ServiceKit

/// What made-up people of a workspace have to do.
enum SeededTaskTexts {
    /// One sort of work.
    struct Work: Sendable {
        let kind: BuiltInKind
        /// Titles; `%@` stands for a thing.
        let titles: [String]
        /// What is said of it in full, sometimes.
        let descriptions: [String]
    }

    /// What is done for a ticket.
    static let forTicket = [
        Work(
            kind: .administrative,
            titles: [
                "Ask the maker about the %@", "Order a part for the %@", "Check the warranty of the %@",
                "Call the customer back", "Send the technician to the customer", "Explain the solution to the customer",
                "Compare the serial number with the delivery note",
            ],
            descriptions: [
                "The customer waits for an answer by the end of the day.",
                "Write down what was agreed, so that whoever takes the next call knows it.",
                "Look first whether the part is in the workshop: two were put back last month.",
            ]),
        Work(
            kind: .report,
            titles: ["Write down what failed at the %@", "Photograph the damage at the %@"],
            descriptions: ["With the hours of work and the parts, as the insurance asks for it."]),
    ]

    /// What is done for a customer.
    static let forCustomer = [
        Work(
            kind: .salesFollowUp,
            titles: [
                "Offer a maintenance contract for the %@", "Ask how the new %@ works out", "Send the price list",
                "Invite to the open day",
            ],
            descriptions: ["They asked for it at the fair; the budget is decided in autumn."]),
        Work(
            kind: .administrative, titles: ["Bring the contacts up to date", "Ask for the signed order form"],
            descriptions: ["The last letter came back."]),
    ]

    /// What is done by itself.
    static let alone = [
        Work(
            kind: .administrative,
            titles: [
                "Count the stock of parts for the %@", "Renew the certificate of the workshop", "Plan the holidays",
                "Order paper and toner",
            ],
            descriptions: ["As every quarter; the list of last time lies in the folder."]),
        Work(
            kind: .report, titles: ["Monthly report of complaints", "Hours of the team for the month"],
            descriptions: ["One page is enough."]),
        Work(
            kind: .milestone, titles: ["New workshop opens", "Change to the new %@ is done"],
            descriptions: ["Nothing may be open by then."]),
    ]

    private static let things = [
        "LaserJet 4200", "router RX-12", "coffee machine", "heat pump", "scanner", "forklift battery",
        "label printer", "card terminal", "cold store door", "wall box",
    ]

    /// A title, of at most 140 characters.
    static func title(of work: Work, _ random: inout SeededRandom) -> String {
        random.pick(work.titles).replacing("%@", with: random.pick(things))
    }
}
