import Foundation
import Models
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

/// One shape of request as raw bytes, and the statuses that both the gateway and a service give it.
struct RawShape: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let statuses: [Int]

    init(_ name: String, _ text: String, _ statuses: Int...) {
        self.name = name
        self.text = text
        self.statuses = statuses
    }

    var testDescription: String { name }
}

@Suite("HTTP by raw sockets (S-23)", .serialized)
struct HygieneTests {
    @Test("S-23: HTTPEdge.md shows every shape with its answer, in the order in which they are tried, and no other")
    func documented() throws {
        let path = "Shared/ServiceKit/ServiceKit.docc/HTTPEdge.md"
        let text = try String(contentsOf: Repository.folder.appending(path: path), encoding: .utf8)
        let tables = text.split(separator: "\n## ").filter { $0.contains("\n| sent | answered |") }
        let rows = tables.flatMap { table in
            table.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst().map(String.init)
        }
        let tried = RawShapes.all.map { shape in
            let answers = shape.statuses.map(String.init).joined(separator: ", ")
            return "| \(shape.name) | \(answers.isEmpty ? "nothing; the connection ends" : answers) |"
        }
        #expect(rows == tried)
    }

    @Test("S-23: gateway and service answer every shape alike, and no bytes of one request become another")
    func agree() async throws {
        try await Doorway.run { door in
            let token = try await door.token()
            for shape in RawShapes.all {
                let text = shape.text.replacing("TOKEN", with: token)
                door.witness.forget()
                let direct = await RawConnection.send(text, to: door.service, limit: 4_000)
                let seenDirectly = door.witness.requests
                door.witness.forget()
                let through = await RawConnection.send(text, to: door.gateway, limit: 4_000)
                #expect(direct.statuses == shape.statuses, "\(shape.name), service: \(direct.text.prefix(300))")
                #expect(through.statuses == shape.statuses, "\(shape.name), gateway: \(through.text.prefix(300))")
                #expect(direct.isClosed && through.isClosed, "\(shape.name)")
                for request in seenDirectly + door.witness.requests {
                    #expect(!request.contains("/v1/roles"), "\(shape.name) smuggled \(request)")
                }
            }
        }
    }
}
