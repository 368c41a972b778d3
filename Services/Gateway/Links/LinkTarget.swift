import NIOCore

/// Where a copy of a service is reached, read once from its base URL.
struct LinkTarget: Equatable, Sendable {
    let isTLS: Bool
    /// A name or an address, without the brackets of IPv6.
    let host: String
    let port: Int
    /// What stands in `Host`.
    let authority: String
    /// What stands before each path; empty where the base URL has none.
    let prefix: String

    /// The name that a certificate is checked against; `nil` for an address, which TLS does not send (RFC 6066, 3).
    var serverName: String? { (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil }

    /// Reads a base URL without a slash at its end; `nil` when it is none of http or https.
    init?(baseURL: String) {
        let rest: Substring
        if baseURL.hasPrefix("http://") {
            (isTLS, rest) = (false, baseURL.dropFirst(7))
        } else if baseURL.hasPrefix("https://") {
            (isTLS, rest) = (true, baseURL.dropFirst(8))
        } else {
            return nil
        }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        self.authority = String(authority)
        prefix = String(rest[authority.endIndex...])
        let afterHost: Substring
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[authority.index(after: authority.startIndex)..<end])
            afterHost = authority[authority.index(after: end)...]
        } else {
            let end = authority.firstIndex(of: ":") ?? authority.endIndex
            host = String(authority[..<end])
            afterHost = authority[end...]
        }
        guard !host.isEmpty else { return nil }
        guard !afterHost.isEmpty else {
            port = isTLS ? 443 : 80
            return
        }
        guard afterHost.first == ":", let port = Int(afterHost.dropFirst()), 1...65_535 ~= port else { return nil }
        self.port = port
    }
}
