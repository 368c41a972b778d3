import Models
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("Pages of the reference")
struct ReferencePageTests {
    private let texts = ReferenceUnderTest.texts
    private let document = ReferenceUnderTest.document

    /// What a text looks like in a page.
    private func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }

    /// An operation's part of its page.
    private func part(of id: String, in text: String) -> Substring {
        let start = "<article class=\"operation\" id=\"\(id)\""
        guard let found = text.firstRange(of: start) else { return "" }
        return text[found.lowerBound...].split(separator: "</article>", maxSplits: 1).first ?? ""
    }

    @Test("every operation of /openapi.json has its entry: method, path, sentence, permission, parameters and answers")
    func entries() throws {
        #expect(Set(document.operations.map(\.id)) == Set(ReferenceUnderTest.contracts.map(\.id)))
        #expect(document.operations.count == ReferenceUnderTest.contracts.count)
        for contract in ReferenceUnderTest.contracts {
            let operation = try #require(document.operations.first { $0.id == contract.id })
            let page = try #require(texts[String(operation.address.prefix { $0 != "#" })])
            let entry = part(of: contract.id, in: page)
            #expect(entry.contains(">\(contract.method.rawValue)</span>"), "\(contract.id)")
            let path = entry.replacing(/<wbr>|<\/?var>/, with: "")
            #expect(path.contains(">\(contract.path)</code>"), "\(contract.id)")
            #expect(entry.contains(escaped(contract.summary)), "\(contract.id)")
            switch contract.access {
            case .needs(let permission): #expect(entry.contains("Needs <code>\(permission.rawValue)</code>"))
            case .open(let reason): #expect(entry.contains("Open to everybody. \(escaped(reason))"))
            case .signed: #expect(entry.contains("in the body is the proof"))
            }
            #expect(entry.contains("<span class=\"status good\">\(contract.success)</span>"), "\(contract.id)")
            for problem in contract.problems {
                #expect(entry.contains("<code>\(problem.word)</code>"), "\(contract.id) \(problem.word)")
            }
            for schema in [contract.pathSchema, contract.querySchema, contract.bodySchema] {
                guard case .object(let object)? = schema else { continue }
                for member in object.members {
                    #expect(entry.contains("<dt><code>\(member.name)</code>"), "\(contract.id) \(member.name)")
                }
            }
            #expect(entry.contains("curl "), "\(contract.id)")
        }
    }

    @Test("a permission is shown with the roles that have it, and one that no role has says so (S-4)")
    func roles() throws {
        let create = part(of: "teams.create", in: try #require(texts["/docs/teams"]))
        #expect(create.contains("Needs <code>teams:write</code>: administrator and manager."))
        let rotate = part(of: "tokens.rotate_keys", in: try #require(texts["/docs/tokens"]))
        #expect(rotate.contains("Needs <code>installation:administer</code>, which no role of a workspace has."))
    }

    @Test("every link and every place that a page names is there, and no page names a place twice")
    func links() throws {
        var places: [String: Set<String>] = [:]
        for (address, text) in texts {
            let ids = try ReferenceUnderTest.values(of: "id", in: text)
            places[address] = Set(ids)
            #expect(ids.count == Set(ids).count, "\(address)")
        }
        for (address, text) in texts {
            for link in try ReferenceUnderTest.values(of: "href", in: text) {
                let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                let page = parts[0].isEmpty ? address : parts[0]
                if page == "/openapi.json" || page.hasPrefix("/docs/assets/") { continue }
                let known = try #require(places[page], "\(address) leads to \(link)")
                if parts.count == 2 { #expect(known.contains(parts[1]), "\(address) leads to \(link)") }
            }
            for attribute in ["aria-labelledby", "for", "popovertarget"] {
                for name in try ReferenceUnderTest.values(of: attribute, in: text) {
                    #expect(places[address]?.contains(name) == true, "\(address): \(attribute) \(name)")
                }
            }
        }
    }

    @Test("a page holds no script, style or handler of its own, and no address but this site's (S-24)")
    func inline() throws {
        for (address, text) in texts {
            #expect(!text.contains(/\sstyle=|<style|\son[a-z]+=|javascript:/), "\(address)")
            for script in text.matches(of: /<script([^>]*)>([^<]*)<\/script>/) {
                #expect(script.2.isEmpty && script.1.contains("src=\"/docs/assets/"), "\(address)")
            }
            let sources = try ["src", "href"].flatMap { try ReferenceUnderTest.values(of: $0, in: text) }
            for source in sources {
                #expect(source.hasPrefix("/") || source.hasPrefix("#"), "\(address): \(source)")
            }
        }
    }

    @Test("what a declaration says comes out as text, with markup and quotes in it (S-24)")
    func escapes() throws {
        let hostile = "<script>alert(\"1\")</script> & 'x' <img src=x onerror=alert(1)>"
        let contract = Endpoint<IDPath<Team>, PageQuery, CreateTeam, Team>(
            .post, "/v1/things/{id}", "things.make\"><u>", .open(reason: hostile), hostile, success: 201,
            problems: [Problem.Code("x\"><i>", 409, hostile)]
        ).contract
        let pages = ReferenceUnderTest.pages(of: [contract])
        let found = String(decoding: pages.found(hostile, isRegion: false), as: UTF8.self)
        let page = try #require(pages.page("things"))
        for text in [ReferenceUnderTest.text(page), ReferenceUnderTest.text(pages.overview), found] {
            #expect(
                !text.contains("<script>") && !text.contains("<img") && !text.contains("<u>") && !text.contains("<i>"))
        }
        #expect(ReferenceUnderTest.text(page).contains(escaped(hostile)))
    }

    @Test("the body of every example is one that the operation takes, and its path has no parameter left")
    func examples() throws {
        let samples = SampleValue(document: document)
        for contract in ReferenceUnderTest.contracts {
            let operation = try #require(document.operations.first { $0.id == contract.id })
            let example = CurlExample(operation: operation, samples: samples).text
            let line = example.split(separator: "\n").first ?? ""
            #expect(!line.contains("{") && !line.contains("/text"), "\(example)")
            guard let schema = contract.bodySchema, let body = operation.body else { continue }
            let faults = schema.faults(in: samples.body(body))
            #expect(faults.isEmpty, "\(contract.id): \(faults.map { "\($0.pointer) \($0.detail)" })")
        }
    }

    @Test("a quotation mark in an example does not end the shell's quotes")
    func quotes() {
        #expect(CurlExample.quoted("it's") == "it'\\''s")
    }

    @Test("the sentences of the guide say this installation's limits and address")
    func facts() throws {
        let overview = try #require(texts["/docs"])
        #expect(overview.contains("600 requests in 10 seconds.") && overview.contains("6,000 requests in 10 seconds."))
        #expect(overview.contains("export CASEBOOK=https://help.example.com"))
        let codes = document.problemsOfAll.map(\.word)
        #expect(Set(codes).isSuperset(of: ["unauthenticated", "not_found", "rate_limited", "internal_error"]))
        for code in codes { #expect(overview.contains("<code>\(code)</code>"), "\(code)") }
    }
}
