import Configuration
import HTTPTypes
import Models
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("The reference at the door", .serialized)
struct ReferenceRouteTests {
    private func get(_ path: String, _ fields: String = "", method: String = "GET") -> String {
        "\(method) \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(fields)\r\n"
    }

    /// The fields of an answer's head, by their names in small letters.
    private func fields(of text: String) -> [String: String] {
        let head = text.split(separator: "\r\n\r\n", maxSplits: 1).first ?? ""
        return Dictionary(
            head.split(separator: "\r\n").dropFirst().compactMap { line -> (String, String)? in
                let parts = line.split(separator: ":", maxSplits: 1)
                return parts.count == 2 ? (parts[0].lowercased(), String(parts[1].dropFirst())) : nil
            }, uniquingKeysWith: { "\($0), \($1)" })
    }

    @Test("a page carries exactly the policy of the console, the other headers of S-24, and is open to everybody")
    func headers() async throws {
        try await Doorway.run { door in
            for path in ["/docs", "/docs/tickets", "/docs?q=claim", "/docs/nothing"] {
                let answer = await RawConnection.send(get(path), to: door.gateway)
                let head = fields(of: answer.text)
                #expect(answer.statuses == [path == "/docs/nothing" ? 404 : 200], "\(path)")
                #expect(
                    head["content-security-policy"]
                        == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
                        + "require-trusted-types-for 'script'; trusted-types fragment", "\(path)")
                #expect(head["x-content-type-options"] == "nosniff")
                #expect(head["referrer-policy"] == "no-referrer")
                #expect(head["cross-origin-opener-policy"] == "same-origin")
                #expect(head["cross-origin-resource-policy"] == "same-origin")
                #expect(head["content-type"] == "text/html; charset=utf-8")
                #expect(head["set-cookie"] == nil)
                #expect(head["cache-control"] == (path.contains("q=") ? "no-store" : "no-cache"))
                #expect(head["x-request-id"] != nil && head["ratelimit"]?.hasPrefix("\"address\"") == true)
            }
            #expect(door.witness.requests == [])
        }
    }

    @Test("a page that has not changed is 304, with gzip and without, and a credential changes nothing in it")
    func revalidates() async throws {
        try await Doorway.run { door in
            let plain = fields(of: await RawConnection.send(get("/docs/teams"), to: door.gateway).text)
            let gzip = fields(
                of: await RawConnection.send(get("/docs/teams", "Accept-Encoding: br, gzip\r\n"), to: door.gateway).text
            )
            let (tag, other) = (try #require(plain["etag"]), try #require(gzip["etag"]))
            #expect(tag != other && gzip["content-encoding"] == "gzip" && plain["content-encoding"] == nil)
            #expect(plain["vary"] == "Accept-Encoding" && gzip["vary"] == "Accept-Encoding")
            let (long, short) = (Int(plain["content-length"] ?? "") ?? 0, Int(gzip["content-length"] ?? "") ?? 0)
            #expect(long > 5 * short && short > 1_000)
            for value in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let again = await RawConnection.send(
                    get("/docs/teams", "If-None-Match: \(value)\r\n"), to: door.gateway)
                #expect(again.statuses == [304], "\(value)")
            }
            let stale = await RawConnection.send(get("/docs/teams", "If-None-Match: \"x\"\r\n"), to: door.gateway)
            #expect(stale.statuses == [200])
            let token = try await door.token()
            let known = await RawConnection.send(
                get("/docs/teams", "Authorization: Bearer \(token)\r\nCookie: __Host-casebook=x\r\n"), to: door.gateway)
            #expect(fields(of: known.text)["etag"] == tag)
            #expect(
                !ReferenceRoutes.takesGzip(["gzip;q=0", "br"]) && ReferenceRoutes.takesGzip(["br;q=1, gzip;q=0.5"]))
        }
    }

    @Test("files of this build are kept for good, those of another are not, and others are not there")
    func assets() async throws {
        try await Doorway.run { door in
            for name in ["reference.css", "reference.js", "theme.js", "icon.svg"] {
                let address = ReferenceAssets.all.address(of: name)
                let head = fields(of: await RawConnection.send(get(address), to: door.gateway).text)
                #expect(head["cache-control"] == "public, max-age=31536000, immutable")
                #expect(head["content-type"] == ReferenceAssets.all[name]?.mediaType)
                // What others may keep says nothing of who asked.
                #expect(head["ratelimit"] == nil && head["x-content-type-options"] == "nosniff")
                let old = await RawConnection.send(get("/docs/assets/0123456789abcdef/\(name)"), to: door.gateway)
                #expect(old.statuses == [200] && fields(of: old.text)["cache-control"] == "no-cache")
            }
            for path in ["/docs/assets/x/y.css", "/docs/assets/x/..%2f..%2fetc%2fpasswd", "/docs/assets/x"] {
                let answer = await RawConnection.send(get(path), to: door.gateway)
                #expect(answer.statuses == [404], "\(path)")
            }
        }
    }

    @Test("S-23: what is no page, no method of it and no sane query is answered as everywhere")
    func refusals() async throws {
        try await Doorway.run { door in
            let answers = [
                ("/docs/..%2f", 404), ("/docs/%3Cscript%3E", 404),
                ("/docs/" + String(repeating: "a", count: 9_000), 404),
                ("/docs?q=" + String(repeating: "a", count: 10_000), 200), ("/docs?q=%FF", 400), ("/docs?q=1&q=2", 400),
                ("/docs?q=%3Cscript%3Ealert(1)%3C/script%3E", 200), ("/docs?q=%00", 400), ("/docs?q=%1b%7f", 200),
                ("/docs?utm=1", 200),
            ]
            for (path, status) in answers {
                let answer = await RawConnection.send(get(path), to: door.gateway)
                #expect(answer.statuses == [status], "\(path.prefix(60))")
                #expect(!answer.text.contains("<script>"), "\(path.prefix(60))")
            }
            let post = await RawConnection.send(get("/docs", "Content-Length: 0\r\n", method: "POST"), to: door.gateway)
            #expect(post.statuses == [405] && fields(of: post.text)["allow"] == "GET")
            let head = await RawConnection.send(get("/docs", method: "HEAD"), to: door.gateway)
            #expect(head.statuses == [200] && head.text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test("R-7: the reference counts against the address that asks, and says when to come back")
    func limits() async throws {
        let values: [AbsoluteConfigKey: ConfigValue] = [
            "casebook.limit.address.requests": "3", "casebook.limit.windowSeconds": "600",
        ]
        try await Doorway.run(values) { door in
            var statuses: [Int] = []
            for path in ["/docs", "/docs/tickets", ReferenceAssets.all.address(of: "icon.svg"), "/docs", "/docs?q=a"] {
                statuses += await RawConnection.send(get(path), to: door.gateway).statuses
            }
            #expect(statuses == [200, 200, 200, 429, 429])
        }
    }

    @Test("the pages are no operations: /openapi.json and the list of routes know nothing of them")
    func isNoOperation() async throws {
        try await Doorway.run { door in
            let document = await RawConnection.send(get("/openapi.json"), to: door.gateway)
            #expect(document.text.contains("/v1/tickets") && !document.text.contains("\"/docs"))
            #expect(!RouteTable.listing(of: GatewayService.contracts).contains("/docs"))
        }
    }

    @Test("a script asks for the region alone, which is what the page has")
    func region() async throws {
        try await Doorway.run { door in
            let page = await RawConnection.send(get("/docs?q=claim+ticket"), to: door.gateway)
            let region = await RawConnection.send(
                get("/docs?q=claim+ticket", "X-Fragment: found\r\n"), to: door.gateway)
            let body = try #require(region.text.split(separator: "\r\n\r\n", maxSplits: 1).last)
            #expect(body.hasPrefix("<section id=\"found\"") && page.text.contains(body))
            #expect(body.contains("/docs/tickets#tickets.claim"))
            #expect(fields(of: region.text)["vary"] == "X-Fragment")
        }
    }
}
