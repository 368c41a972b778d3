package import HTTPTypes

/// The cookie by which a browser that signed in before is known again (RFC 6265).
///
/// It proves nothing but that: it lets nobody in, and outlives sessions.
package struct DeviceCookie: Sendable, Equatable {
    /// The names that it may have: over TLS and on loopback, and elsewhere.
    private static let names = ["__Host-casebook-device", "casebook_device"]

    /// The cookie's name.
    package let name: String
    private let isSecure: Bool

    /// The cookie for the address that browsers see, secure where ``SessionCookie`` is.
    package init(publicURL: String) {
        isSecure = SessionCookie(publicURL: publicURL).isSecure
        name = Self.names[isSecure ? 0 : 1]
    }

    /// The value of `Set-Cookie` that makes the browser remember.
    package func remembering(_ value: String, lifetime: Duration) -> String {
        "\(name)=\(value); Path=/; HttpOnly; \(isSecure ? "Secure; " : "")SameSite=Lax; "
            + "Max-Age=\(lifetime.components.seconds)"
    }

    /// The pair alone, out of the values of `Cookie`: what the gateway passes on of them for who has not signed in.
    package static func pair(in cookies: [String]) -> String? {
        for pair in cookies.joined(separator: ";").split(separator: ";") {
            let trimmed = pair.drop { $0 == " " }
            if names.contains(where: { trimmed.hasPrefix("\($0)=") }) { return String(trimmed) }
        }
        return nil
    }

    /// What the browser remembered, out of the request's fields; the first, when it sends several of the name.
    package func value(in fields: HTTPFields) -> String? { value(in: fields[values: .cookie]) }

    /// What the browser remembered, out of the values of `Cookie` (RFC 6265, section 5.4).
    package func value(in cookies: [String]) -> String? {
        for pair in cookies.flatMap({ $0.split(separator: ";") }) {
            let trimmed = pair.drop { $0 == " " }
            guard trimmed.hasPrefix("\(name)=") else { continue }
            let value = trimmed.dropFirst(name.count + 1)
            return value.isEmpty ? nil : String(value)
        }
        return nil
    }
}
