import NIOCore
import NIOHTTP1
import Testing

@testable import Gateway

@Suite("Where a copy of a service is reached")
struct LinkTargetTests {
    @Test(
        "a base URL is read into host, port and what stands before paths",
        arguments: [
            ("http://127.0.0.1:8103", false, "127.0.0.1", 8_103, ""),
            ("https://tickets.example.com", true, "tickets.example.com", 443, ""),
            ("http://[::1]:81/inner", false, "::1", 81, "/inner"), ("http://tickets", false, "tickets", 80, ""),
        ])
    func reads(url: String, isTLS: Bool, host: String, port: Int, prefix: String) throws {
        let target = try #require(LinkTarget(baseURL: url))
        #expect(target.isTLS == isTLS && target.host == host && target.port == port && target.prefix == prefix)
        #expect(target.serverName == (host.contains("tickets") ? host : nil))
    }

    @Test(
        "what is no base URL is none",
        arguments: [
            "", "ftp://x", "http://", "http://:80", "http://x:0", "http://x:70000", "http://x:y", "http://[::1",
            "http://user@x", "http://[::1]80",
        ])
    func refuses(url: String) {
        #expect(LinkTarget(baseURL: url) == nil)
    }

    @Test("a request says its host and how long its body is, and that there is none where a method has use for one")
    func frames() throws {
        let target = try #require(LinkTarget(baseURL: "http://x:81/a"))
        func fields(_ method: HTTPMethod, _ body: LinkRequest.Body) -> [String: String] {
            let request = LinkRequest(method: method, path: "/p?q", headers: HTTPHeaders(), body: body)
            let head = request.head(to: target)
            #expect(head.uri == "/a/p?q")
            return Dictionary(uniqueKeysWithValues: head.headers.map { ($0.name, $0.value) })
        }
        #expect(fields(.GET, .none) == ["host": "x:81"])
        #expect(fields(.DELETE, .none) == ["host": "x:81"])
        #expect(fields(.PATCH, .none) == ["host": "x:81", "content-length": "0"])
        #expect(fields(.POST, .whole(ByteBuffer(string: "abc"))) == ["host": "x:81", "content-length": "3"])
    }
}
