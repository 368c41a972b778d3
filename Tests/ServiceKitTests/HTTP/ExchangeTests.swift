import HTTPTypes
import Models
import Testing

@testable import ServiceKit

@Suite("An exchange")
struct ExchangeTests {
    private func exchange(_ fields: HTTPFields = [:]) -> Exchange {
        Exchange(fields, now: Timestamp(microseconds: 1_768_000_000_000_000))
    }

    @Test("has an id and a trace that no other has, however many there are")
    func isUnique() {
        let exchanges = (0..<1_000).map { _ in exchange() }
        #expect(Set(exchanges.map(\.requestID)).count == 1_000)
        #expect(Set(exchanges.map(\.trace.traceID)).count == 1_000)
        #expect(Set(exchanges.map(\.trace.spanID)).count == 1_000)
        #expect(exchanges.allSatisfy { ID<Exchange>($0.requestID) != nil })
    }

    @Test("continues the caller's trace as its own span")
    func continues() {
        let header = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        let trace = exchange([.traceparent: header]).trace
        #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(trace.spanID != "00f067aa0ba902b7")
        #expect(trace.isSampled)
        #expect(trace.traceparent == "00-\(trace.traceID)-\(trace.spanID)-01")
    }

    @Test(
        "starts a trace of its own where the caller's is not valid",
        arguments: [
            "", "00", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0g",
        ])
    func startsAnew(header: String) {
        let trace = exchange([.traceparent: header]).trace
        #expect(trace.traceID.lowercased() != "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(trace.traceparent.utf8.count == 55)
        #expect(!trace.isSampled)
    }

    @Test("carries a field that may stand once only when it stands once")
    func only() {
        var fields: HTTPFields = [.authorization: "Bearer a"]
        #expect(fields.only(.authorization) == "Bearer a")
        fields.append(HTTPField(name: .authorization, value: "Bearer b"))
        #expect(fields.only(.authorization) == nil)
        #expect(fields.only(.cookie) == nil)
    }
}
