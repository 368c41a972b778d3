package import HTTPTypes

/// The header fields of the API that HTTPTypes does not name; drafts may rename theirs, so they stand here alone.
extension HTTPField.Name {
    /// The id of the exchange, taken from the caller when it is sane.
    package static let requestID = name("X-Request-Id")
    /// The Idempotency-Key draft, as Stripe practises it.
    package static let idempotencyKey = name("Idempotency-Key")
    /// Says that an answer was given before.
    package static let idempotentReplayed = name("Idempotent-Replayed")
    /// The token against forged requests from other sites.
    package static let csrfToken = name("X-CSRF-Token")
    /// How many requests an answer stands for, where it is more than one; the gateway counts them and takes it away.
    package static let internalCost = name("X-Internal-Cost")
    /// The client's address as the gateway vouches for it: see ``EdgeProof``.
    package static let internalClient = name("X-Internal-Client")
    /// How long the parts of the work took.
    package static let serverTiming = name("Server-Timing")
    /// Where the browser may not look.
    package static let referrerPolicy = name("Referrer-Policy")
    /// Who may share the page's browsing context.
    package static let crossOriginOpenerPolicy = name("Cross-Origin-Opener-Policy")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("a constant is a valid field name") }
        return name
    }
}

extension HTTPFields {
    /// The value of a field that must be there once; `nil` when it is absent or repeated.
    ///
    /// The subscript joins the values of a name into a new text, which is most of the cost of reading a long one.
    func only(_ name: HTTPField.Name) -> String? {
        guard let index = firstIndex(where: { $0.name == name }),
            !self[(index + 1)...].contains(where: { $0.name == name })
        else { return nil }
        return self[index].value
    }
}
