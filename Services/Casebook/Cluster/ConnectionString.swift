import Foundation

/// A libpq connection string (PostgreSQL 15, section 34.1.1) whose user and password are exchanged for those of a role.
///
/// What the string says of the administrator's own credentials must not reach a service; everything else is kept.
struct ConnectionString {
    private let text: String
    private static let credentials: Set = ["user", "password", "passfile", "sslpassword", "sslcert", "sslkey"]

    init(_ text: String) {
        self.text = text
    }

    /// The password in the string; nil when there is none.
    var password: String? {
        guard text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") else {
            return Self.pairs(of: text).last { $0.key == "password" }?.value
        }
        guard let authority = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst(2).first,
            let end = authority.lastIndex(of: "@")
        else { return nil }
        let user = authority[..<end].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return user.count == 2 && !user[1].isEmpty ? user[1].removingPercentEncoding : nil
    }

    /// The same server and database for another role.
    func replacingCredentials(role: String, password: String) -> String {
        for scheme in ["postgresql://", "postgres://"] where text.hasPrefix(scheme) {
            return scheme + uri(String(text.dropFirst(scheme.count)), role: role, password: password)
        }
        let kept = Self.pairs(of: text).filter { !Self.credentials.contains($0.key) }
        let all = kept + [("user", role), ("password", password)]
        return all.map { "\($0.key)=\(Self.quoted($0.value))" }.joined(separator: " ")
    }

    private func uri(_ rest: String, role: String, password: String) -> String {
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // The authority ends at the first slash; in it, user and password end at the last `@`.
        let path = parts[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let hosts = path[0].split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let parameters = (parts.count > 1 ? parts[1] : "").split(separator: "&")
            .filter { !Self.credentials.contains(String($0.prefix { $0 != "=" })) }
        var address = "\(Self.escaped(role)):\(Self.escaped(password))@\(hosts)"
        if path.count > 1 { address += "/\(path[1])" }
        if !parameters.isEmpty { address += "?" + parameters.joined(separator: "&") }
        return address
    }

    /// The `keyword = value` pairs; values may stand in single quotes, with `\'` and `\\` inside.
    static func pairs(of text: String) -> [(key: String, value: String)] {
        var pairs: [(key: String, value: String)] = []
        var rest = Substring(text)
        while true {
            rest = rest.drop(while: \.isWhitespace)
            let key = rest.prefix { $0 != "=" && !$0.isWhitespace }
            rest = rest.dropFirst(key.count).drop(while: \.isWhitespace)
            guard !key.isEmpty, rest.first == "=" else { return pairs }
            rest = rest.dropFirst().drop(while: \.isWhitespace)
            pairs.append((String(key), value(&rest)))
        }
    }

    private static func value(_ rest: inout Substring) -> String {
        let isQuoted = rest.first == "'"
        if isQuoted { rest = rest.dropFirst() }
        var value = ""
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.popFirst() {
                value.append(next)
            } else if isQuoted ? character == "'" : character.isWhitespace {
                break
            } else {
                value.append(character)
            }
        }
        return value
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    /// Percent-encodes everything but the unreserved characters of RFC 3986, section 2.3.
    static func escaped(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
            guard !isPlain else { return String(character) }
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "%0\(digits)" : "%\(digits)"
        }.joined()
    }
}
