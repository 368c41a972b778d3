/// What one check of `casebook doctor` found.
enum Finding: Sendable, Equatable {
    case fine(String)
    /// It works, but not for long or not well.
    case warning(String, remedy: String)
    /// It does not work.
    case failure(String, remedy: String)

    /// The lines for the operator: what was found and, where something is wrong, how to mend it.
    var text: String {
        switch self {
        case .fine(let sentence): "ok    \(sentence)"
        case .warning(let sentence, let remedy): "warn  \(sentence)\n      → \(remedy)"
        case .failure(let sentence, let remedy): "FAIL  \(sentence)\n      → \(remedy)"
        }
    }

    /// Whether the suite cannot work like this.
    var isFailure: Bool {
        if case .failure = self { true } else { false }
    }
}
