/// An amount of money: whole minor units of a currency, never a floating-point number.
package struct Money: Codable, Hashable, Sendable {
    /// Minor units, cents for EUR; within ±(2^53-1), so that every JSON reader keeps it exact.
    package let amount: Int
    /// The currency's code of ISO 4217, three capital letters.
    package let currency: Text<CurrencyCode>

    /// Takes an amount in minor units.
    package init(amount: Int, currency: Text<CurrencyCode>) {
        self.amount = amount
        self.currency = currency
    }
}

/// The code of a currency as ISO 4217 writes it.
package enum CurrencyCode: TextRule {
    /// Three letters.
    package static let length = 3...3
    /// The sentence for the reference.
    package static let summary = "A currency code of ISO 4217, such as EUR."

    /// Refuses all but three capital letters.
    package static func problem(in text: String) -> String? {
        text.utf8.allSatisfy { (0x41...0x5A).contains($0) } ? nil : "must be three capital letters"
    }
}
