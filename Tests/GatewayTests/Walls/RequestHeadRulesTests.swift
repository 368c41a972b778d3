import NIOHTTP1
import Testing

@testable import ServiceKit

/// The guard's own rules without the parser before them, which refuses some of the same: either holds by itself.
@Suite("Rules of a request's head (S-23)")
struct RequestHeadRulesTests {
    private func isRefused(
        _ uri: String, _ fields: [(String, String)], version: HTTPVersion = .http1_1, method: HTTPMethod = .POST
    ) -> Bool {
        RequestHeadRules.fault(
            of: HTTPRequestHead(version: version, method: method, uri: uri, headers: HTTPHeaders(fields))) != nil
    }

    @Test(
        "S-23: a length and a coding exclude each other, each is given once, and the coding is chunked",
        arguments: [
            [("Content-Length", "2"), ("Transfer-Encoding", "chunked")],
            [("Transfer-Encoding", "chunked"), ("Content-Length", "0")],
            [("Content-Length", "2"), ("Content-Length", "2")], [("Content-Length", "2"), ("Content-Length", "3")],
            [("Content-Length", "2, 2")], [("Content-Length", "+2")], [("Content-Length", "-2")],
            [("Content-Length", "")], [("Content-Length", "0x2")], [("Content-Length", "1234567890123456789")],
            [("Content-Length", "٢")], [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "chunked")],
            [("Transfer-Encoding", "chunked, chunked")], [("Transfer-Encoding", "gzip, chunked")],
            [("Transfer-Encoding", "identity")], [("Transfer-Encoding", "xchunked")], [("Transfer-Encoding", "")],
        ])
    func framing(fields: [(String, String)]) {
        #expect(isRefused("/v1/teams", [("Host", "x")] + fields))
    }

    @Test("S-23: what is said once and plainly is let through")
    func plain() {
        #expect(!isRefused("/v1/teams", [("Host", "x"), ("Content-Length", "2")]))
        #expect(!isRefused("/v1/teams", [("Host", "x"), ("Transfer-Encoding", "Chunked")]))
        #expect(!isRefused("/v1/teams?q=%C3%A9&a=b", [("Host", "x")], method: .GET))
        #expect(!isRefused("http://x/v1/teams", [("Host", "X")], method: .GET))
        #expect(!isRefused("/healthz", [], version: .http1_0, method: .GET))
    }

    @Test("S-23: chunks belong to HTTP/1.1, and every request of it names one host")
    func versionsAndHosts() {
        #expect(isRefused("/", [("Transfer-Encoding", "chunked")], version: .http1_0))
        #expect(isRefused("/", []))
        #expect(isRefused("/", [("Host", "x"), ("Host", "x")]))
        #expect(isRefused("/", [("Host", "x")], version: .http2))
        #expect(isRefused("/", [("Host", "x")], version: HTTPVersion(major: 1, minor: 9)))
    }

    @Test(
        "S-23: a target is a path, or a URL of this host, written as RFC 3986 has it",
        arguments: [
            "", "*", "x", "http://y/v1", "http:///v1", "https://x.evil/v1", "ftp://x/", "/a#b", "/a\\b", "/a b", "/%",
            "/%2", "/%zz", "/%00", "/\u{7F}", "/é", "/%C0%AF", "/%FF", "http://x@y/", "/%e2%82",
        ])
    func targets(uri: String) {
        #expect(isRefused(uri, [("Host", "x")], method: .GET))
    }

    @Test("S-23: this is no proxy")
    func noProxy() {
        #expect(isRefused("x:443", [("Host", "x")], method: .CONNECT))
    }
}
