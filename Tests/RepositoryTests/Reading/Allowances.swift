import Testing

/// Exceptions to a rule, counted by file in `Fixtures/allowances.txt`.
///
/// They may only shrink: more than allowed fails, and so does less, until the allowance is lowered.
enum Allowances {
    /// Compares what was found with what is allowed.
    ///
    /// - Parameters:
    ///   - found: How often a rule is broken, by path.
    ///   - rule: The rule's name in the fixture.
    ///   - why: What to do instead.
    ///   - places: Where, for the message; optional.
    static func check(_ found: [String: Int], rule: String, why: String, places: [String] = []) {
        let allowed = allowances(of: rule)
        for (path, count) in found.sorted(by: { $0.key < $1.key }) where count > allowed[path] ?? 0 {
            let lines = places.filter { $0.hasPrefix("\(path):") }
            Issue.record("\(path) breaks `\(rule)` \(count) times, allowed \(allowed[path] ?? 0): \(why) \(lines)")
        }
        for (path, count) in allowed.sorted(by: { $0.key < $1.key }) where found[path] ?? 0 < count {
            Issue.record("\(path) breaks `\(rule)` \(found[path] ?? 0) times and may \(count): lower its allowance")
        }
    }

    /// Compares places of the form `path:line ...` with what is allowed.
    static func check(places: [String], rule: String, why: String) {
        let found = places.reduce(into: [String: Int]()) { counts, place in
            counts[String(place.prefix { $0 != ":" }), default: 0] += 1
        }
        check(found, rule: rule, why: why, places: places)
    }

    /// Allowed counts by path, from lines of rule, path and count, separated by tabs.
    private static func allowances(of rule: String) -> [String: Int] {
        var allowances: [String: Int] = [:]
        for line in Repository.fixture("allowances.txt") {
            let fields = line.split(separator: "\t").map(String.init)
            if fields.count >= 3, fields[0] == rule { allowances[fields[1]] = Int(fields[2]) }
        }
        return allowances
    }
}
