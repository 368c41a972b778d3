/// Decides which port a process listens on.
///
/// A port is chosen once and kept, so that addresses stay what they were.
struct PortChoice: Sendable, Equatable {
    /// The port the operator asked for; nothing else will do then.
    var wanted: Int?
    /// The port of the last start.
    var kept: Int?
    /// Where the search begins at the first start.
    var preferred: Int

    /// How many ports are tried, counted from ``preferred``.
    static let searchLength = 200

    /// What was chosen.
    enum Decision: Equatable {
        case port(Int)
        /// The kept port belongs to somebody else now.
        case moved(from: Int, to: Int)
        case wantedIsTaken(Int)
        case noneFree(from: Int)
    }

    /// Decides.
    ///
    /// - Parameters:
    ///   - chosen: Ports already given to other processes of this start.
    ///   - canReuse: Whether a port used before can be listened on again.
    ///   - isFree: Whether nobody else has anything to do with a port.
    /// - Returns: The port, or why there is none.
    func decide(
        besides chosen: Set<Int>, canReuse: (Int) -> Bool, isFree: (Int) -> Bool
    ) -> Decision {
        if let wanted {
            return !chosen.contains(wanted) && canReuse(wanted) ? .port(wanted) : .wantedIsTaken(wanted)
        }
        if let kept, !chosen.contains(kept), canReuse(kept) { return .port(kept) }
        let candidates = preferred..<min(preferred + Self.searchLength, 65_536)
        guard let port = candidates.first(where: { !chosen.contains($0) && isFree($0) }) else {
            return .noneFree(from: preferred)
        }
        return kept.map { .moved(from: $0, to: port) } ?? .port(port)
    }
}
