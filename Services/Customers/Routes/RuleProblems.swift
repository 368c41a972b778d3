import Models
import ServiceKit

/// What callers are told when a rule of the domain refuses something: the one place that translates.
enum RuleProblems {
    /// Runs what rules decide, and translates their refusals.
    static func translating<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
        do {
            return try await work()
        } catch let violation as ContactViolation {
            throw problem(violation)
        }
    }

    private static func problem(_ violation: ContactViolation) -> Problem {
        switch violation {
        case .faults(let faults): .invalidBody(faults.map(error))
        case .full:
            .invalidBody([FieldError("", .tooLong, "would be one contact more than the \(ContactBound.limit) allowed")])
        case .missing: .notFound("contact")
        }
    }

    private static func error(_ fault: ContactFault) -> FieldError {
        let place = fault.place.map { "/contacts/\($0)" } ?? ""
        return switch fault.reason {
        case .notOfItsKind(let kind): FieldError("\(place)/value", .invalidFormat, "must be \(form(of: kind))")
        case .repeated: FieldError("\(place)/value", .taken, "is a contact of this customer already")
        case .secondPrimary: FieldError("\(place)/is_primary", .notAllowed, "may be true for one contact of a kind")
        case .demoted:
            FieldError("\(place)/is_primary", .notAllowed, "stays true until another of the kind is the primary one")
        }
    }

    private static func form(of kind: ContactKind) -> String {
        switch kind {
        case .email: "a mail address such as ada@example.com"
        case .phone: "a telephone number such as +49 30 1234567"
        case .handle: "a handle of at most 100 characters"
        }
    }
}
