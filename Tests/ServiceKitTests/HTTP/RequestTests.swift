import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Models
import NIOCore
import Testing

@testable import ServiceKit

@Suite("Bad input at the edge")
struct RequestTests {
    private let service = SampleService()

    private func post(_ body: [UInt8], type: String? = "application/json") async throws -> TestResponse {
        var headers = try await service.authorization()
        headers[.contentType] = type
        headers[.contentLength] = String(body.count)
        let fields = headers
        return try await service.test { client in
            try await client.execute(uri: "/v1/notes", method: .post, headers: fields, body: ByteBuffer(bytes: body))
        }
    }

    @Test("every wrong field of a body is named at once")
    func namesEveryField() async throws {
        let response = try await post(Array(#"{"text":"","priority":"king","count":"1","more":1}"#.utf8))
        #expect(response.status.code == 422)
        #expect(
            response.faults == [
                "/text too_short", "/priority not_allowed", "/count wrong_type", "/more unknown_field",
            ])
    }

    @Test("all missing fields are named at once")
    func namesMissingFields() async throws {
        #expect(try await post(Array("{}".utf8)).faults == ["/text required", "/priority required"])
    }

    @Test("a body that is not an object is one fault at the root", arguments: ["[]", "null", "1", "\"x\""])
    func refusesOtherDocuments(body: String) async throws {
        let response = try await post(Array(body.utf8))
        #expect(response.status.code == 422)
        #expect(response.faults == [" wrong_type"])
    }

    @Test("invalid UTF-8 and malformed JSON are 400, NUL is 422")
    func refusesBytes() async throws {
        #expect(try await post([0x22, 0xFF, 0x22]).status.code == 400)
        #expect(try await post(Array(#"{"text":"#.utf8)).status.code == 400)
        #expect(try await post([]).status.code == 400)
        let response = try await post(Array(#"{"text":"a\u0000","priority":"agent"}"#.utf8))
        #expect(response.status.code == 422)
        #expect(response.faults == ["/text invalid_format"])
    }

    @Test(
        "another media type is 415",
        arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
    func refusesMediaTypes(type: String?) async throws {
        let response = try await post(Array(#"{"text":"a","priority":"agent"}"#.utf8), type: type)
        #expect(response.status.code == 415)
        #expect(response.problemCode == "unsupported_media_type")
    }

    @Test("a body of a byte more than the limit is 413, whether its length is announced or not")
    func refusesLargeBodies() async throws {
        let large = Array(repeating: UInt8(ascii: " "), count: Contract.bodyLimitBytes + 1)
        #expect(try await post(large).status.code == 413)
        var headers = try await service.authorization()
        headers[.transferEncoding] = "chunked"
        let fields = headers
        let response = try await service.test { client in
            try await client.execute(uri: "/v1/notes", method: .post, headers: fields, body: ByteBuffer(bytes: large))
        }
        #expect(response.status.code == 413)
        #expect(response.problemCode == "body_too_large")
    }

    @Test(
        "a wrong parameter is 400 and is named; an unknown one lists the known",
        arguments: [
            ("limit=0", "limit out_of_range"), ("limit=201", "limit out_of_range"), ("limit=x", "limit wrong_type"),
            ("is_open=yes", "is_open wrong_type"), ("page=2", "page unknown_field"), ("cursor=", "cursor too_short"),
        ])
    func namesParameters(query: String, fault: String) async throws {
        let headers = try await service.authorization()
        try await service.test { client in
            let response = try await client.execute(uri: "/v1/notes?\(query)", method: .get, headers: headers)
            #expect(response.status.code == 400)
            #expect(response.faults == [fault])
            if query == "page=2" {
                #expect(try response.json["detail"] == "Known are: limit, cursor, is_open, fields.")
            }
        }
    }

    @Test(
        "a parameter given twice, or badly encoded, is 400",
        arguments: ["limit=1&limit=2", "limit=%zz", "limit=%ff", "%00=1"])
    func refusesParameters(query: String) async throws {
        let headers = try await service.authorization()
        try await service.test { client in
            let response = try await client.execute(uri: "/v1/notes?\(query)", method: .get, headers: headers)
            #expect(response.status.code == 400)
            #expect(response.problemCode == "invalid_parameter")
        }
    }

    @Test("an id that cannot be one is a record that does not exist", arguments: ["x", "%00", "%ff", "1", "me%2f"])
    func refusesIDs(id: String) async throws {
        let headers = try await service.authorization()
        try await service.test { client in
            let response = try await client.execute(uri: "/v1/notes/\(id)", method: .get, headers: headers)
            #expect(response.status == .notFound)
        }
    }

    @Test("R-3: If-None-Match answers 304 without a body")
    func answersNotModified() async throws {
        let headers = try await service.authorization()
        try await service.test { client in
            let path = "/v1/notes/\(ID<SampleService.Note>.sample)"
            let first = try await client.execute(uri: path, method: .get, headers: headers)
            #expect(first.headers[.eTag] == "\"7\"")
            for given in ["\"7\"", "W/\"7\"", "\"1\", \"7\"", "*"] {
                var fields = headers
                fields[.ifNoneMatch] = given
                let again = try await client.execute(uri: path, method: .get, headers: fields)
                #expect(again.status == .notModified)
                #expect(again.body.readableBytes == 0)
            }
            var stale = headers
            stale[.ifNoneMatch] = "\"6\""
            #expect(try await client.execute(uri: path, method: .get, headers: stale).status == .ok)
        }
    }

    @Test("If-Match takes one ETag, and nothing else", arguments: [("\"12\"", 12), ("\"12.3\"", 12), ("*", 1)])
    func readsIfMatch(header: String, version: Int64) async throws {
        var headers = try await service.authorization()
        headers[.ifMatch] = header
        let body = #"{"text":"a","priority":"agent"}"#
        headers[.contentLength] = String(body.utf8.count)
        let fields = headers
        try await service.test { client in
            let response = try await client.execute(
                uri: "/v1/notes", method: .post, headers: fields, body: ByteBuffer(string: body))
            #expect(response.status == .created)
            #expect(try response.json["version"] == .integer(version))
            for wrong in ["12", "\"x\"", "\"0\"", "\"1\",\"2\"", "W/\"1\"", "\"\""] {
                var fields = fields
                fields[.ifMatch] = wrong
                let refused = try await client.execute(
                    uri: "/v1/notes", method: .post, headers: fields, body: ByteBuffer(string: body))
                #expect(refused.status.code == 400, "\(wrong)")
            }
        }
    }
}
