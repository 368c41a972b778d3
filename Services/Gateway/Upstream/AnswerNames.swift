import HTTPTypes
import Synchronization

/// The names of the fields that services answer with, each read once: they are few and come with every answer.
final class AnswerNames: Sendable {
    /// The most names that are kept; those that come later are read each time.
    static let limit = 256

    private let refused: Set<String>
    private let known = Mutex<[String: HTTPField.Name?]>([:])

    /// Takes the names, in small letters, that go no further.
    init(without refused: Set<String>) {
        self.refused = refused
    }

    /// How many names are kept.
    var count: Int { known.withLock { $0.count } }

    /// A name as it was written; `nil` for one that goes no further, or is none.
    subscript(_ text: String) -> HTTPField.Name? {
        if let name = known.withLock({ $0[text] }) { return name }
        let name = refused.contains(text.lowercased()) ? nil : HTTPField.Name(text)
        known.withLock { known in
            if known.count < Self.limit { known[text] = .some(name) }
        }
        return name
    }
}
