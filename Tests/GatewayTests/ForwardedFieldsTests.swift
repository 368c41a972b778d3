import HTTPTypes
import Models
import NIOHTTP1
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("Which header fields cross the gateway")
struct ForwardedFieldsTests {
    private let exchange = Exchange([.requestID: "from-a-test"], now: .now)

    private func forwarded(_ name: String, _ value: String = "x") throws -> String? {
        let field = try #require(HTTPField.Name(name))
        return ForwardedFields.request([field: value], Voucher(), exchange).first(name: name)
    }

    @Test(
        "S-6: what only the inside may say is not passed on",
        arguments: [
            "X-User", "X-User-Id", "X-Workspace", "X-Workspace-Id", "X-Forwarded-For", "X-Forwarded-Host",
            "X-Forwarded-Proto", "X-Internal", "X-Internal-Role", "X-Real-IP", "Forwarded",
        ])
    func stripsInsideFields(name: String) throws {
        #expect(try forwarded(name) == nil)
    }

    @Test(
        "what belongs to one connection ends at the gateway (RFC 9110, section 7.6.1)",
        arguments: ["Connection", "Keep-Alive", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Proxy-Authorization"])
    func stripsHopByHop(name: String) throws {
        #expect(try forwarded(name) == nil)
    }

    @Test("a field that Connection names ends at the gateway too")
    func stripsNamedFields() throws {
        let custom = try #require(HTTPField.Name("X-Custom"))
        let headers = ForwardedFields.request([.connection: "close, X-Custom", custom: "1"], Voucher(), exchange)
        #expect(headers.first(name: "x-custom") == nil)
    }

    @Test("the caller's credential is replaced by the token")
    func replacesCredentials() {
        let headers = ForwardedFields.request(
            [.authorization: "Bearer cbk_secret", .cookie: "__Host-casebook=cbs_secret"], Voucher(token: "signed"),
            exchange)
        #expect(headers["authorization"] == ["Bearer signed"])
        #expect(headers["cookie"] == [])
    }

    @Test("R-6: the exchange's id and trace go along, whatever the caller sent")
    func passesTheExchange() {
        let headers = ForwardedFields.request([.requestID: "a b", .traceparent: "x"], Voucher(), exchange)
        #expect(headers["x-request-id"] == ["from-a-test"])
        #expect(headers["traceparent"] == [exchange.trace.traceparent])
    }

    @Test(
        "what an operation reads is passed on",
        arguments: [
            "Idempotency-Key", "If-Match", "If-None-Match", "Content-Type", "Accept", "User-Agent", "X-CSRF-Token",
        ])
    func passesTheRest(name: String) throws {
        #expect(try forwarded(name, "kept") == "kept")
    }

    @Test("an answer keeps its cookies, version and length, and loses what belonged to the connection")
    func passesAnswers() {
        let fields = ForwardedFields.response([
            "Set-Cookie": "a=1", "set-cookie": "b=2", "ETag": "\"1\"", "Content-Length": "3",
            "Connection": "keep-alive",
            "Transfer-Encoding": "chunked", "Date": "x", "Server": "y",
        ])
        #expect(fields[values: .setCookie] == ["a=1", "b=2"])
        #expect(fields[.eTag] == "\"1\"")
        #expect(fields[.contentLength] == "3")
        #expect(fields[.connection] == nil)
        #expect(fields[.transferEncoding] == nil)
        #expect(fields[.server] == nil)
    }

    @Test("names of answers' fields are kept up to a bound and read beyond it; those of the connection are none")
    func keepsNames() {
        let names = AnswerNames(without: ["date"])
        #expect(names["Date"] == nil && names["a b"] == nil && names["ETag"] == .eTag)
        for number in 0..<AnswerNames.limit + 50 {
            #expect(names["X-\(number)"]?.rawName == "X-\(number)")
        }
        #expect(names.count == AnswerNames.limit)
        #expect(names["Date"] == nil)
    }
}
