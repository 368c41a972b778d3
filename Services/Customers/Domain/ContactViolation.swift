import Models

/// Why the rules of contacts refuse a change.
enum ContactViolation: Error, Equatable {
    /// What was given is wrong: everything that is, at once.
    case faults([ContactFault])
    /// The customer has as many contacts as a customer can have.
    case full
    /// The customer has no such contact.
    case missing
}

/// What is wrong with one contact of a request.
struct ContactFault: Equatable, Sendable {
    /// The kinds of fault.
    enum Reason: Equatable, Sendable {
        /// The value has not the form of its kind.
        case notOfItsKind(ContactKind)
        /// The customer has this contact already.
        case repeated
        /// Another of the same kind is marked as the primary one too.
        case secondPrimary
        /// The primary one would be none.
        case demoted
    }

    let reason: Reason
    /// The place in the list of the request; `nil` when the request is about one contact.
    let place: Int?

    init(_ reason: Reason, at place: Int? = nil) {
        self.reason = reason
        self.place = place
    }
}

/// What changes in the stored contacts when one list becomes another.
struct ContactDifference: Equatable, Sendable {
    /// Those that go.
    let removed: [ID<Contact>]
    /// Those that are the primary one no more; written before any other becomes it, since only one may be at a time.
    let demoted: [ID<Contact>]
    /// Those that are new or changed.
    let written: [Contact]

    init(from old: [Contact], to new: [Contact]) {
        let former = Dictionary(old.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let kept = Set(new.map(\.id))
        removed = old.map(\.id).filter { !kept.contains($0) }
        demoted = new.filter { !$0.isPrimary && former[$0.id]?.isPrimary == true }.map(\.id)
        written = new.filter { former[$0.id] != $0 }
    }

    /// Whether nothing changes.
    var isEmpty: Bool { removed.isEmpty && written.isEmpty }
}
