import Models
import Postgres
import ServiceKit

/// What the parameters of a list ask for, beyond what their schema can say.
enum ListReading {
    /// Refuses a search together with what only lists have.
    ///
    /// - Throws: ``Problem`` 400 that names each such parameter.
    static func refuse(_ parameters: [(name: String, isGiven: Bool)]) throws(Problem) {
        let given = parameters.filter(\.isGiven)
        guard given.isEmpty else {
            throw Problem(
                .invalidParameter, "A search gives the best answers at once: with q only limit can be said.",
                errors: given.map { FieldError($0.name, .notAllowed, "does not go with q") })
        }
    }

    /// The key of a mail address or a number that a list is narrowed to; `nil` when none was given.
    ///
    /// - Throws: ``Problem`` 400 when it cannot be one.
    static func key(_ kind: ContactKind, _ value: String?, parameter: String) throws(Problem) -> ContactKey? {
        guard let value else { return nil }
        guard let key = ContactKey(kind, value) else {
            throw Problem(
                .invalidParameter, "Correct the parameters listed under errors.",
                errors: [FieldError(parameter, .invalidFormat, "must be a telephone number such as +49 30 1234567")])
        }
        return key
    }

    /// The order of a list and where its page starts.
    ///
    /// - Throws: ``Problem`` 400 `invalid_cursor`.
    static func order(
        _ sort: CustomerSort?, _ cursor: Text<CursorText>?, binding: String
    ) throws(Problem) -> CustomerOrder {
        let keys = try PageReading.keys(cursor, binding: binding, count: 2)
        switch sort ?? .newest {
        case .newest:
            guard let keys else { return .newest(after: nil) }
            guard let id = ID<AnyRecord>(keys[1]),
                let createdAt = try? Timestamp(postgresText: keys[0], type: .timestamptz)
            else { throw PageReading.wrongCursor }
            return .newest(after: (createdAt, id))
        case .name:
            guard let keys else { return .name(after: nil) }
            guard let id = ID<AnyRecord>(keys[1]) else { throw PageReading.wrongCursor }
            return .name(after: (keys[0], id))
        }
    }
}
