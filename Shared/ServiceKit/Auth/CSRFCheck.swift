package import HTTPTypes
package import Models

/// Decides whether a request that came with a cookie comes from our own page (OWASP ASVS 5.0, chapter 3).
package struct CSRFCheck: Sendable {
    /// The header that carries the session's token.
    package static let tokenHeader = HTTPField.Name.csrfToken

    /// Our own origin, such as `https://help.example.com`.
    let origin: String

    /// Takes the origin under which people reach the suite.
    package init(origin: String) {
        self.origin = origin
    }

    /// Refuses an unsafe request whose origin is another, or that does not carry the session's token.
    ///
    /// - Parameters:
    ///   - request: The head of the request.
    ///   - expectedToken: The session's token.
    /// - Throws: ``Problem`` 403 `csrf_refused`.
    package func check(_ request: HTTPRequest, expectedToken: String) throws(Problem) {
        guard Self.isUnsafe(request) else { return }
        try checkOrigin(request)
        guard !expectedToken.isEmpty, let token = request.headerFields[Self.tokenHeader],
            Self.areEqual(token, expectedToken)
        else { throw Problem(.csrfRefused, "Send the session's CSRF token in the header X-CSRF-Token.") }
    }

    /// Refuses an unsafe request from another site's page, whatever credential it has: nobody signs our people in.
    ///
    /// - Throws: ``Problem`` 403 `csrf_refused`.
    package func checkOrigin(_ request: HTTPRequest) throws(Problem) {
        guard Self.isUnsafe(request), let origin = request.headerFields[.origin], origin != self.origin else { return }
        throw Problem(.csrfRefused, "The request comes from another site.")
    }

    private static func isUnsafe(_ request: HTTPRequest) -> Bool {
        ![.get, .head, .options].contains(request.method)
    }

    /// Compares in a time that does not depend on where two texts differ.
    private static func areEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
