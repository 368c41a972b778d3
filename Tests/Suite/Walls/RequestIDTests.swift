import Foundation
import Models
import NIOHTTP1
import TestSupport
import Testing

extension SuiteTests.Walls {
    @Test("R-6: one request's id stands in the answer, in the logs of all that it went through, and in its activity")
    func oneID() async throws {
        try await House.open(["CASEBOOK_LOG_LEVEL": "debug"]) { house in
            let id = "wall-\(UUID().uuidString)"
            let trace = (0..<32).map { _ in "0123456789abcdef".randomElement() ?? "0" }.reduce("") { $0 + String($1) }
            // A key that nobody has traded yet, so that the gateway calls identity for it in this very request.
            let made = try await house.suite.casebook("admin", "create-key", "admin@example.com")
            let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) })
            let request = WallRequest(method: "POST", url: "\(house.door)/v1/tickets").with(
                ("Authorization", "Bearer \(key)"), ("X-Request-Id", id),
                ("traceparent", "00-\(trace)-00f067aa0ba902b7-01")
            ).with(json: ["owner": ["memo": "M"], "description": "D"])
            let answer = try await WallClient.send(request)
            #expect(answer.status == 201 && answer.headers["X-Request-Id"] == [id])
            #expect(answer.headers["traceparent"].first?.hasPrefix("00-\(trace)-") == true)
            for service in ["gateway", "identity", "tickets"] {
                try await eventually("\(service) logs the request") {
                    try Self.log(of: service, house).contains { line in
                        line["request.id"]?.text == id && line["trace.id"]?.text == trace
                    }
                }
            }
            let written = try await house.suite.sql(
                "SELECT DISTINCT subject_kind FROM core.activity WHERE request_id = '\(id)'")
            #expect(written == ["ticket"])
            try await replacesIDs(house)
        }
    }

    /// An id that is too long or holds other characters is replaced everywhere by one of ours.
    private func replacesIDs(_ house: House) async throws {
        for odd in [String(repeating: "x", count: 129), "odd id", "odd\"id", "odd,id", "oddé", "odd<id>"] {
            let answer = try await WallClient.send(
                WallRequest(method: "POST", url: "\(house.door)/v1/tickets").with(
                    ("Authorization", "Bearer \(house.acme.key)"), ("X-Request-Id", odd)
                ).with(json: ["owner": ["memo": "M"], "description": "D"]))
            let id = try #require(answer.headers["X-Request-Id"].first)
            #expect(answer.status == 201 && UUID(uuidString: id) != nil, "\(odd) \(id)")
            let written = try await house.suite.sql(
                "SELECT count(*) FROM core.activity WHERE request_id = '\(id)' AND subject_kind = 'ticket'")
            #expect(written == ["1"])
        }
        let odd = try await house.suite.sql(
            "SELECT request_id FROM core.activity WHERE request_id LIKE '%odd%' OR length(request_id) > 128")
        #expect(odd == [])
    }

    private static func log(of service: String, _ house: House) throws -> [JSONValue] {
        let log = try Data(contentsOf: URL(filePath: "\(house.suite.folder)/logs/\(service).log"))
        return log.split(separator: 0x0A).compactMap { try? JSONParser.parse(Array($0)) }
    }
}
