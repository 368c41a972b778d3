/// One fault of a request, named by where it stands.
package struct FieldError: Codable, Hashable, Sendable {
    /// A JSON pointer into the body (RFC 6901), or the name of a parameter or header.
    package let pointer: String
    /// What kind of fault it is, for programs.
    package let code: Code
    /// What is wrong, for people: the end of a sentence that begins with the field.
    package let detail: String

    /// Takes the place, the kind and the words of a fault.
    package init(_ pointer: String, _ code: Code, _ detail: String) {
        self.pointer = pointer
        self.code = code
        self.detail = detail
    }

    /// The same fault of a member that lies deeper: under `place`, a JSON pointer.
    package func under(_ place: String) -> FieldError { FieldError(place + pointer, code, detail) }

    /// The kinds of fault; later ones may come.
    package struct Code: Hashable, Sendable, RawRepresentable, Codable {
        /// The word on the wire.
        package let rawValue: String

        /// Takes a word.
        package init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// The field is missing.
        package static let required = Code(rawValue: "required")
        /// The field has no meaning here.
        package static let unknownField = Code(rawValue: "unknown_field")
        /// The value is of another type.
        package static let wrongType = Code(rawValue: "wrong_type")
        /// The text or list is shorter than allowed.
        package static let tooShort = Code(rawValue: "too_short")
        /// The text or list is longer than allowed.
        package static let tooLong = Code(rawValue: "too_long")
        /// The text does not have the form it must have.
        package static let invalidFormat = Code(rawValue: "invalid_format")
        /// The number lies outside its range.
        package static let outOfRange = Code(rawValue: "out_of_range")
        /// The word is not one of those that may stand here.
        package static let notAllowed = Code(rawValue: "not_allowed")
        /// Nothing has the id that stands here.
        package static let notFound = Code(rawValue: "not_found")
        /// Something else has this value already, which may be held once.
        package static let taken = Code(rawValue: "taken")
    }
}
