import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Models
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Answers that are narrowed and joined")
struct CompositionTests {
    private let service = SampleService()
    private static let note = "/v1/notes/\(ID<SampleService.Note>.sample)"

    private func get(
        _ path: String, _ headers: HTTPFields = [:], permissions: Set<Permission>? = [.workspaceRead],
        method: HTTPRequest.Method = .get
    ) async throws -> TestResponse {
        var fields: HTTPFields = [:]
        if let permissions { fields = try await service.authorization(permissions) }
        for field in headers { fields[field.name] = field.value }
        let all = fields
        return try await service.test { try await $0.execute(uri: path, method: method, headers: all) }
    }

    private func names(_ value: JSONValue?) -> [String] {
        guard case .object(let members)? = value else { return [] }
        return members.map(\.name)
    }

    @Test("fields= keeps the named members of a record, in the record's order, under its ETag")
    func record() async throws {
        let narrow = try await get("\(Self.note)?fields=version,id")
        #expect(String(buffer: narrow.body) == #"{"id":"\#(ID<SampleService.Note>.sample)","version":7}"#)
        #expect(narrow.headers[.eTag] == "\"7\"")
        #expect(narrow.headers[.contentLength] == String(narrow.body.readableBytes))
        let one = try await get("\(Self.note)?fields=text")
        #expect(String(buffer: one.body) == #"{"text":"hello"}"#)
        let known = try await get("\(Self.note)?fields=text", [.ifNoneMatch: "\"7\""])
        #expect(known.status == .notModified)
        #expect(known.body.readableBytes == 0)
        let open = try await get("/v1/open?fields=text", permissions: nil)
        #expect(String(buffer: open.body) == #"{"text":"hello"}"#)
    }

    @Test("fields= keeps the named members of each item of a list; the list's own stay, and other parameters work")
    func list() async throws {
        let page = try await get("\(Self.note)/comments?limit=1&fields=likes&cursor=x")
        #expect(String(buffer: page.body) == #"{"items":[{"likes":2}],"next_cursor":"next","total":"10000+"}"#)
        let texts = try await get("\(Self.note)/comments?fields=text%2Clikes")
        let items = try texts.json["items"]?.items ?? []
        #expect(items.map { names($0) } == [["text", "likes"], ["text", "likes"]])
        #expect(items[0]["text"]?.text == #"a "quoted" {one}, with \ and ]"#)
    }

    @Test(
        "what is not in the closed list is 400 that lists what is (S-11)",
        arguments: [
            ("fields=", "fields not_allowed"), ("fields=odd", "fields not_allowed"),
            ("fields=id,odd", "fields not_allowed"), ("fields=id,,text", "fields not_allowed"),
            ("fields=ID", "fields not_allowed"), ("fields=id,id", "fields not_allowed"),
            ("fields=id'%20OR%201=1--", "fields not_allowed"), ("fields=%0d%0aSet-Cookie:x", "fields not_allowed"),
            ("include=", "include not_allowed"), ("include=odd", "include not_allowed"),
            ("include=comments,comments", "include not_allowed"), ("include=../notes", "include not_allowed"),
            ("include=comments,four,keys,one,three,two", "include too_long"),
        ])
    func unknownNames(query: String, fault: String) async throws {
        let response = try await get("\(Self.note)?\(query)")
        #expect(response.status == .badRequest)
        #expect(response.problemCode == "invalid_parameter")
        #expect(response.faults == [fault])
        let detail = try response.json["detail"]?.text
        #expect(
            detail
                == (query.hasPrefix("fields")
                    ? "fields knows: id, text, version."
                    : "include knows: comments, four, keys, one, three, two."))
    }

    @Test("wrong names of both parameters are told at once, and each parameter is given once")
    func bothWrong() async throws {
        let response = try await get("\(Self.note)?fields=a,b&include=c")
        #expect(response.faults == ["fields not_allowed", "fields not_allowed", "include not_allowed"])
        let twice = try await get("\(Self.note)?fields=id&fields=text")
        #expect(twice.status == .badRequest)
        let encoded = try await get("\(Self.note)?%66ields=id")
        #expect(String(buffer: encoded.body) == #"{"id":"\#(ID<SampleService.Note>.sample)"}"#)
    }

    @Test("a parameter that is not known is 400 that lists these two where the operation has them")
    func unknownParameters() async throws {
        let record = try await get("\(Self.note)?fieldsx=1&include=comments")
        #expect(record.faults == ["fieldsx unknown_field"])
        #expect(try record.json["detail"] == "Known are: fields, include.")
        let list = try await get("/v1/notes?include=comments")
        #expect(list.faults == ["include unknown_field"])
        #expect(try list.json["detail"] == "Known are: limit, cursor, is_open, fields.")
        let probe = try await get("/healthz?fields=id", permissions: nil)
        #expect(probe.status == .ok)
    }

    @Test("include= adds what each relation's own address answers, and such an answer has no ETag")
    func include() async throws {
        let joined = try await get("\(Self.note)?include=one,comments", [.ifNoneMatch: "\"7\""])
        #expect(joined.status == .ok)
        #expect(joined.headers[.eTag] == nil)
        let json = try joined.json
        #expect(names(json) == ["id", "text", "version", "one", "comments"])
        let comments = try await get("\(Self.note)/comments")
        #expect(json["comments"] == (try comments.json))
        #expect(json["comments"]?["next_cursor"]?.text == "next")
        #expect(json["one"]?["text"]?.text == "related")
        #expect(joined.headers[.contentLength] == String(joined.body.readableBytes))
        let narrow = try await get("\(Self.note)/?fields=id&include=comments")
        #expect(names(try narrow.json) == ["id", "comments"])
    }

    @Test("a relation that the caller may not read answers the request as its own address would (S-4)")
    func refusedRelation() async throws {
        let refused = try await get("\(Self.note)?include=comments,keys")
        #expect(refused.status == .forbidden)
        #expect(refused.problemCode == "forbidden")
        #expect(try refused.json["detail"]?.text?.contains("keys:administer") == true)
        let allowed = try await get("\(Self.note)?include=keys", permissions: [.workspaceRead, .keysAdminister])
        #expect(names(try allowed.json).last == "keys")
    }

    @Test("a caller without a credential, and a record that is not there, are answered as without the parameters")
    func order() async throws {
        for query in ["fields=odd", "include=odd", "fields=id&include=comments"] {
            let nobody = try await get("\(Self.note)?\(query)", permissions: nil)
            #expect(nobody.status == .unauthorized)
            let wrongRole = try await get("\(Self.note)?\(query)", permissions: [.teamsWrite])
            #expect(wrongRole.status == .forbidden)
        }
        let missing = try await get("/v1/notes/\(ID<User>.make(at: .now))?fields=id&include=comments")
        #expect(missing.status == .notFound)
    }

    @Test("parts of a request carry its id, and HEAD answers as GET does")
    func exchange() async throws {
        let refused = try await get("\(Self.note)?include=keys", [.requestID: "asked-by-a-test"])
        #expect(refused.headers[values: .requestID] == ["asked-by-a-test"])
        #expect(try refused.json["request_id"] == "asked-by-a-test")
        let head = try await get("\(Self.note)?fields=id", method: .head)
        #expect(head.status == .ok)
        #expect(head.body.readableBytes == 0)
        let text = service.metrics.exposition()
        #expect(text.contains(#"route="/v1/notes/{id}",status="403""#), "\(text)")
        #expect(text.contains(#"route="/v1/notes/{id}/keys",status="403""#), "\(text)")
    }
}
