extension Schema {
    /// All that is wrong with a document, each fault with its JSON pointer (RFC 6901).
    ///
    /// - Returns: At most 100 faults, in the document's order; none when it can be decoded.
    package func faults(in document: JSONValue) -> [FieldError] {
        var faults: [FieldError] = []
        check(document, at: { "" }, into: &faults)
        return Array(faults.prefix(100))
    }

    /// A pointer is made where there is a fault, and nowhere else.
    fileprivate func check(_ value: JSONValue, at pointer: () -> String, into faults: inout [FieldError]) {
        switch (self, value) {
        case (.any, _), (.nullable, .null), (.boolean, .bool): break
        case (.nullable(let schema), _): schema.check(value, at: pointer, into: &faults)
        case (.integer(let range), .integer(let integer)):
            if !range.contains(integer) {
                faults.append(
                    FieldError(pointer(), .outOfRange, "must be from \(range.lowerBound) to \(range.upperBound)"))
            }
        case (.number, .integer), (.number, .number): break
        case (.text(let text), .string(let string)): Self.check(string, text, at: pointer, into: &faults)
        case (.word(let words, let isOpen), .string(let string)):
            if !isOpen, !words.contains(string) {
                faults.append(FieldError(pointer(), .notAllowed, "must be one of \(words.joined(separator: ", "))"))
            }
        case (.array(let element, let limit), .array(let elements)):
            guard elements.count <= limit else {
                faults.append(FieldError(pointer(), .tooLong, "must have at most \(limit) elements"))
                return
            }
            for (index, value) in elements.enumerated() {
                element.check(value, at: { "\(pointer())/\(index)" }, into: &faults)
            }
        case (.object(let object), .object(let members)):
            object.check(members, at: pointer, into: &faults)
        default:
            faults.append(FieldError(pointer(), .wrongType, "must be \(noun)"))
        }
    }

    private static func check(
        _ string: String, _ text: TextSchema, at pointer: () -> String, into faults: inout [FieldError]
    ) {
        if string.utf8.contains(0) {
            faults.append(FieldError(pointer(), .invalidFormat, "must not contain the character NUL"))
        } else if let problem = text.problem(string) {
            faults.append(FieldError(pointer(), problem.code, problem.detail))
        } else if string.unicodeScalars.count > text.length.upperBound {
            faults.append(FieldError(pointer(), .tooLong, "must have at most \(text.length.upperBound) characters"))
        }
    }

    private var noun: String {
        switch self {
        case .boolean: "true or false"
        case .integer: "a whole number"
        case .number: "a number"
        case .text, .word: "a string"
        case .array: "an array"
        case .object: "an object"
        case .nullable(let schema): "\(schema.noun) or null"
        case .any: "a value"
        }
    }
}

extension ObjectSchema {
    fileprivate func check(
        _ present: [JSONValue.Member], at pointer: () -> String, into faults: inout [FieldError]
    ) {
        for member in present {
            guard let known = members.first(where: { $0.name == member.name }) else {
                faults.append(FieldError("\(pointer())/\(escaped(member.name))", .unknownField, "is not a known field"))
                continue
            }
            known.schema.check(member.value, at: { "\(pointer())/\(known.name)" }, into: &faults)
        }
        for member in members where member.isRequired && !present.contains(where: { $0.name == member.name }) {
            faults.append(FieldError("\(pointer())/\(member.name)", .required, "is required"))
        }
    }

    /// The pointer's escapes of RFC 6901, section 3; at most 64 characters of a name that a caller made up.
    private func escaped(_ name: String) -> String {
        var text = ""
        for character in name.prefix(64) {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.append(character)
            }
        }
        return text
    }
}
