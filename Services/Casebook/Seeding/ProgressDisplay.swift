import ServiceKit

/// Shows how far a step has come: a bar that grows in place on a terminal, a line each tenth elsewhere.
struct ProgressDisplay: Sendable {
    let name: String
    let isTerminal: Bool
    private var tenth = 0

    private static let width = 30

    init(name: String, isTerminal: Bool) {
        self.name = name
        self.isTerminal = isTerminal
    }

    /// What to write now; nil when nothing worth showing has changed.
    mutating func text(for progress: SeedProgress) -> String? {
        let total = max(1, progress.total)
        let done = min(max(0, progress.done), total)
        let percent = done * 100 / total
        let count = "\(Self.grouped(progress.done)) of \(Self.grouped(progress.total))"
        guard !isTerminal else {
            let filled = done * Self.width / total
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
            let figure = String(repeating: " ", count: 3 - String(percent).count) + String(percent)
            return "\r\u{1B}[K  \(name) \(bar) \(figure) %  \(count)"
        }
        // What takes a moment needs no lines.
        guard progress.total >= 1_000, percent / 10 > tenth else { return nil }
        tenth = percent / 10
        return "  \(name): \(tenth * 10) %, \(count)\n"
    }

    /// What clears the bar away, for the line that follows it.
    var end: String { isTerminal ? "\r\u{1B}[K" : "" }

    /// A number with a comma between each three digits.
    static func grouped(_ number: Int) -> String {
        var groups: [String] = []
        var digits = Substring(String(number.magnitude))
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits = digits.dropLast(3)
        }
        return (number < 0 ? "-" : "") + ([String(digits)] + groups).joined(separator: ",")
    }
}
