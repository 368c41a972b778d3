package import Configuration
package import Models

/// Reads a service's configuration and gathers all that is wrong with it, so that one start reports everything.
///
/// A key is looked up for the service first (`CASEBOOK_IDENTITY_HTTP_PORT`), then for the suite (`CASEBOOK_HTTP_PORT`).
package struct Settings {
    /// What is wrong, each a sentence that names the environment variable.
    package private(set) var problems: [String] = []
    private let readers: [(prefix: String, reader: ConfigReader)]

    /// Reads for a service from providers that know keys such as `casebook.identity.http.port`.
    package init(_ reader: ConfigReader, service: ServiceName) {
        readers = ["casebook.\(service.rawValue)", "casebook"].map { ($0, reader.scoped(to: ConfigKey($0))) }
    }

    /// A text; `nil` when it is not set or blank.
    package func optional(_ key: String, isSecret: Bool = false) -> String? {
        for (_, reader) in readers {
            if let value = reader.string(forKey: ConfigKey(key), isSecret: isSecret), !value.isEmpty { return value }
        }
        return nil
    }

    /// A text, or what stands for it.
    package func string(_ key: String, default standard: String) -> String {
        optional(key) ?? standard
    }

    /// A text that must be set; a problem is noted when it is not.
    package mutating func required(_ key: String, _ meaning: String, isSecret: Bool = false) -> String {
        if let value = optional(key, isSecret: isSecret) { return value }
        problems.append("\(variable(key)) is not set: \(meaning).")
        return ""
    }

    /// A whole number within a range.
    package mutating func integer(_ key: String, default standard: Int, in range: ClosedRange<Int>) -> Int {
        guard let text = optional(key) else { return standard }
        guard let value = Int(text), range.contains(value) else {
            problems.append(
                "\(variable(key)) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
            return standard
        }
        return value
    }

    /// A time in whole seconds; the key's name ends in `Seconds`.
    package mutating func seconds(_ key: String, default standard: Int, in range: ClosedRange<Int>) -> Duration {
        .seconds(integer(key, default: standard, in: range))
    }

    /// A yes or no: `true` or `false`.
    package mutating func flag(_ key: String, default standard: Bool) -> Bool {
        guard let text = optional(key) else { return standard }
        if let value = Bool(text) { return value }
        problems.append("\(variable(key)) must be true or false.")
        return standard
    }

    /// One of a list of words.
    package mutating func word(_ key: String, default standard: String, of words: [String]) -> String {
        guard let text = optional(key) else { return standard }
        if words.contains(text) { return text }
        problems.append("\(variable(key)) must be one of \(words.joined(separator: ", ")).")
        return standard
    }

    /// Notes a problem that a service found itself.
    package mutating func note(_ problem: String, about key: String) {
        problems.append("\(variable(key)) \(problem).")
    }

    /// The name of the environment variable that sets a key for the whole suite.
    private func variable(_ key: String) -> String {
        "CASEBOOK_"
            + key.split(separator: ".").map { part in WireName.of(String(part)).uppercased() }.joined(separator: "_")
    }
}
