/// A text of a template with places that the opening fills in: `{{ticket.title}}`, `{{ticket.assignee | somebody}}`.
struct TemplateText: Hashable, Sendable {
    /// What can be filled in.
    enum Place: String, CaseIterable, Sendable {
        case caseNumber = "ticket.case_number"
        case title = "ticket.title"
        case owner = "ticket.owner"
        case assignee = "ticket.assignee"
        case opener = "opener.name"
        case today
    }

    /// Why a text is none, or cannot be filled in.
    enum Fault: Error, Hashable {
        /// There is no such place.
        case unknownPlace(String)
        /// Two braces open a place that nothing closes.
        case unclosed
        /// There is nothing to fill in, and no words to take instead.
        case nothing(Place)
    }

    private enum Part: Hashable, Sendable {
        case text(String)
        case place(Place, instead: String?)
    }

    private let parts: [Part]

    /// Reads a text.
    ///
    /// - Throws: ``Fault`` for a place that there is not, or that is not closed.
    init(_ text: String) throws(Fault) {
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            parts.append(.text(String(rest[..<open.lowerBound])))
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else { throw .unclosed }
            let pieces = rest[..<close.lowerBound].split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.trimmed(pieces.first ?? "")
            guard let place = Place(rawValue: name) else { throw .unknownPlace(String(name.prefix(64))) }
            parts.append(.place(place, instead: pieces.count > 1 ? Self.trimmed(pieces[1]) : nil))
            rest = rest[close.upperBound...]
        }
        self.parts = parts + [.text(String(rest))]
    }

    /// The text with its places filled in.
    ///
    /// What is filled in is text, whatever it looks like: braces in it open no place.
    ///
    /// - Throws: ``Fault/nothing(_:)``.
    func filled(from values: [Place: String]) throws(Fault) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .place(let place, let instead):
                guard let value = values[place] ?? instead else { throw .nothing(place) }
                text += value
            }
        }
        return text
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
