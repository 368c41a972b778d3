/// The cookie that carries a session's credential (RFC 6265; the `__Host-` prefix of RFC 6265bis, section 4.1.3.2).
package struct SessionCookie: Sendable, Equatable {
    /// The cookie's name.
    package let name: String
    /// Whether browsers send it over TLS, and on loopback, only.
    package let isSecure: Bool

    /// The cookie for the address that browsers see: `__Host-casebook` over TLS and on loopback, where browsers take
    /// secure cookies too; otherwise `casebook_session`, which anyone on the way can read.
    package init(publicURL: String) {
        isSecure = publicURL.hasPrefix("https://") || Self.isLoopback(publicURL)
        name = isSecure ? "__Host-casebook" : "casebook_session"
    }

    /// The value of `Set-Cookie` that starts a session.
    package func starting(_ credential: String, lifetime: Duration) -> String {
        "\(name)=\(credential); \(attributes); Max-Age=\(lifetime.components.seconds)"
    }

    /// The value of `Set-Cookie` that makes the browser forget the session.
    package var ending: String { "\(name)=; \(attributes); Max-Age=0" }

    private var attributes: String { "Path=/; HttpOnly; \(isSecure ? "Secure; " : "")SameSite=Lax" }

    private static func isLoopback(_ url: String) -> Bool {
        guard url.hasPrefix("http://") else { return false }
        let authority = url.dropFirst("http://".count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard !authority.contains("@") else { return false }
        if authority.hasPrefix("[") { return authority.prefix { $0 != "]" } == "[::1" }
        let host = authority.prefix { $0 != ":" }
        return host == "localhost" || host.hasSuffix(".localhost") || isLoopbackIPv4(host)
    }

    /// 127.0.0.0/8 in dotted form (RFC 1122, section 3.2.1.3).
    private static func isLoopbackIPv4(_ host: Substring) -> Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
