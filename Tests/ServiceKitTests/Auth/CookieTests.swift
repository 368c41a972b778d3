import HTTPTypes
import Models
import Testing

@testable import ServiceKit

@Suite("S-15, S-16: the session's cookie and where requests come from")
struct CookieTests {
    private let check = CSRFCheck(origin: "https://help.example.com")

    private func request(_ method: HTTPRequest.Method, _ fields: HTTPFields = [:]) -> HTTPRequest {
        HTTPRequest(method: method, scheme: "https", authority: "x", path: "/", headerFields: fields)
    }

    private func isRefused(_ request: HTTPRequest, expecting token: String = "token") -> Bool {
        do throws(Problem) {
            try check.check(request, expectedToken: token)
            return false
        } catch {
            return error.code == .csrfRefused
        }
    }

    @Test("an unsafe request needs the session's token", arguments: [HTTPRequest.Method.post, .put, .patch, .delete])
    func needsToken(method: HTTPRequest.Method) {
        #expect(isRefused(request(method)))
        #expect(isRefused(request(method, [.csrfToken: "other"])))
        #expect(isRefused(request(method, [.csrfToken: "toke"])))
        #expect(!isRefused(request(method, [.csrfToken: "token"])))
        #expect(!isRefused(request(method, [.csrfToken: "token", .origin: "https://help.example.com"])))
    }

    @Test(
        "a foreign origin is refused even with the token",
        arguments: ["https://evil.example", "null", "http://help.example.com"])
    func refusesForeignOrigins(origin: String) {
        #expect(isRefused(request(.post, [.csrfToken: "token", .origin: origin])))
    }

    @Test("a session without a token accepts nothing unsafe, not even an empty header")
    func refusesEmptyTokens() {
        #expect(isRefused(request(.post, [.csrfToken: ""]), expecting: ""))
    }

    @Test("a safe request needs nothing")
    func readsFreely() {
        #expect(!isRefused(request(.get, [.origin: "https://evil.example"])))
        #expect(!isRefused(request(.head)))
    }

    @Test(
        "the cookie is locked to the host over TLS and on loopback",
        arguments: [
            ("https://help.example.com", true), ("http://127.0.0.1:8080", true), ("http://localhost:1", true),
            ("http://[::1]:80", true), ("http://help.example.com", false), ("http://127.0.0.1.evil.example", false),
            ("http://localhost@evil.example", false),
        ])
    func namesTheCookie(url: String, isSecure: Bool) {
        let cookie = SessionCookie(publicURL: url)
        #expect(cookie.name == (isSecure ? "__Host-casebook" : "casebook_session"))
        let header = cookie.starting("cbs_x", lifetime: .seconds(60))
        #expect(header.contains("HttpOnly"))
        #expect(header.contains("SameSite=Lax"))
        #expect(header.contains("; Secure") == isSecure)
        #expect(header.contains("Path=/"))
    }
}
