/// The lines of an iCalendar text (RFC 5545, section 3.1): folded at 75 octets, ended by CR and LF.
struct ContentLines {
    /// The most octets of a line without its end.
    static let width = 75

    /// What is written so far, in UTF-8.
    private(set) var bytes: [UInt8] = []

    /// Writes a line whose value is written as it is: a number, a date, a word.
    mutating func add(_ name: String, _ value: some CustomStringConvertible) {
        fold("\(name):\(value)")
    }

    /// Writes a line whose value is a text of people's.
    mutating func add(_ name: String, text: String) {
        fold("\(name):\(Self.escaped(text))")
    }

    /// Writes a line whose value is an address; blanks and control characters, which none has, are left out.
    mutating func add(_ name: String, uri: String) {
        fold("\(name):\(String(String.UnicodeScalarView(uri.unicodeScalars.filter { $0.value > 0x20 })))")
    }

    /// A value of the type TEXT (3.3.11): `\`, `;`, `,` and line ends escaped, other control characters left out.
    static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        var lastWasReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",":
                escaped.append("\\")
                escaped.append(scalar)
            case "\n" where lastWasReturn: break
            case "\r", "\n", "\u{85}", "\u{2028}", "\u{2029}": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\t": escaped.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}": break
            default: escaped.append(scalar)
            }
            lastWasReturn = scalar == "\r"
        }
        return String(escaped)
    }

    /// Breaks before a character that no longer fits; the blank that begins the next line counts too.
    private mutating func fold(_ line: String) {
        var room = Self.width
        for scalar in line.unicodeScalars {
            let octets = UTF8.width(scalar)
            if octets > room {
                bytes += [0x0D, 0x0A, 0x20]
                room = Self.width - 1
            }
            bytes += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            room -= octets
        }
        bytes += [0x0D, 0x0A]
    }
}
