import Models

/// A contact in the form by which it is compared and found, however it was typed.
struct ContactKey: Hashable, Sendable {
    let kind: ContactKind
    /// A mail address in lower case; a number as `+` and digits; a handle in lower case without its `@`.
    let text: String

    /// Normalises a value; `nil` when it is none of the kind.
    init?(_ kind: ContactKind, _ value: String) {
        let text =
            switch kind {
            case .email: Text<MailAddress>(value)?.value.lowercased()
            case .phone: Self.phone(value)
            case .handle: Self.handle(value)
            }
        guard let text else { return nil }
        self.kind = kind
        self.text = text
    }

    /// What a search finds the contact by: a number without its plus and the zeros before it.
    var searched: String {
        guard kind == .phone else { return text }
        return String(text.drop { $0 == "+" || $0 == "0" })
    }

    private static func handle(_ value: String) -> String? {
        let name = value.hasPrefix("@") ? value.dropFirst() : Substring(value)
        return (1...100).contains(name.unicodeScalars.count) ? name.lowercased() : nil
    }

    /// A number that begins with `+` or `00` is international: `+` and 3 to 15 digits (ITU-T E.164, section 6), of
    /// which the first is not zero.
    ///
    /// Any other is a number without a country. It becomes `+0` and its digits without leading zeros: no country's code
    /// begins with zero, so it never equals an international number by chance.
    private static func phone(_ value: String) -> String? {
        guard let dialled = Dialled(value) else { return nil }
        var digits = dialled.digits[...]
        let isInternational = dialled.hasPlus || digits.starts(with: "00")
        if !dialled.hasPlus, isInternational { digits = digits.dropFirst(2) }
        guard isInternational else {
            let significant = digits.drop { $0 == "0" }
            return (3...15).contains(significant.count) ? "+0" + significant : nil
        }
        return (3...15).contains(digits.count) && digits.first != "0" ? "+" + digits : nil
    }

    /// What a person dials of a number as it is written.
    private struct Dialled {
        private(set) var hasPlus = false
        private(set) var digits = ""

        /// Takes digits of any script and what stands between them; `nil` when anything else stands in it.
        ///
        /// The trunk zero in `+49 (0)30` is not dialled from abroad.
        init?(_ text: String) {
            let isFromAbroad = text.hasPrefix("+") || text.hasPrefix("00")
            let written = isFromAbroad ? text.replacing("(0)", with: "") : text
            for (index, character) in written.enumerated() {
                if let digit = character.wholeNumberValue, (0...9).contains(digit) {
                    digits.append(String(digit))
                } else if character == "+", index == 0 {
                    hasPlus = true
                } else if !character.isWhitespace && !"-./()\u{2010}\u{2011}\u{2012}\u{2013}".contains(character) {
                    return nil
                }
            }
        }
    }
}
