import Models
import ServiceKit

/// What made-up customers write and agents note, in several languages.
struct SeededTexts: Sendable {
    /// One language's sentences; `%@` stands for a product, `%#` for a serial number.
    struct Language: Sendable {
        let openings: [(category: BuiltInCategory, text: String)]
        let details: [String]
        let closings: [String]
        let notes: [String]
        let resolutions: [String]
    }

    /// How often each language comes, in the order of ``languages``.
    private static let weights = [40, 25, 12, 12, 6, 5]
    private static let languages: [Language] = [.english, .german, .french, .spanish, .polish, .turkish]
    private static let products = [
        "LaserJet 4200", "ThinkPad T14", "router RX-12", "coffee machine Aroma Pro", "heat pump WP 9", "scanner DS-30",
        "forklift battery", "label printer ZX", "card terminal", "cold store door", "wall box 11 kW", "tablet Galaxis",
    ]
    /// Their makers, in the same order.
    static let brands = [
        "Hewlett", "Lenovo", "Rexnet", "Aroma", "Wärmewerk", "Docuscan", "Elhub", "Zebralis", "Payone", "Frigotech",
        "Ladewerk", "Galaxis",
    ]

    /// What one customer writes.
    struct Message: Sendable {
        let category: BuiltInCategory
        let text: String
        /// The product's place in ``brands``.
        let product: Int
        let serial: String
        let language: Language
    }

    /// Makes up a message.
    static func message(_ random: inout SeededRandom) -> Message {
        let language = languages[random.index(byWeights: weights)]
        let product = random.below(products.count)
        let serial = serial(&random)
        let opening = random.pick(language.openings)
        var lines = [opening.text]
        for _ in 0...random.below(3) { lines.append(random.pick(language.details)) }
        lines.append(random.pick(language.closings))
        let text = lines.joined(separator: "\n").replacing("%@", with: products[product])
            .replacing("%#", with: serial)
        return Message(category: opening.category, text: text, product: product, serial: serial, language: language)
    }

    /// Two letters and eight digits.
    private static func serial(_ random: inout SeededRandom) -> String {
        let letters = Array("ABCDEFGHJKLMNPQRSTUVWXYZ")
        return "\(random.pick(letters))\(random.pick(letters))\(10_000_000 + random.below(90_000_000))"
    }
}
