import Logging
import Models
import NIOCore
import Postgres
import ServiceKit
import TestSupport

@testable import Gateway

/// A hub of live streams over the scratch database of the test.
enum LiveHub {
    /// Runs a body while a hub looks; the body is given what writes activity too.
    static func running(
        _ limits: EventLimits = EventLimits(), _ body: @escaping @Sendable (EventHub, Database) async throws -> Void
    ) async throws {
        let scratch = try ScratchDatabase.current
        try await scratch.withService(exclusiveConnections: 8) { writer in
            let configure: (inout DatabaseConfiguration) -> Void = { $0.url = scratch.url(user: "casebook_stream") }
            try await scratch.withDatabase(configure: configure) { database in
                let hub = EventHub(
                    reader: StreamReader(database: database), limits: limits,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await hub.run() }
                    defer { group.cancelAll() }
                    try await body(hub, writer)
                }
            }
        }
    }

    /// A reader that is not yet in a hub; without a credential it came with a token.
    static func stream(of principal: Principal, credential: String? = "cbk_1") -> EventStream {
        EventStream(
            reader: EventStream.Reader(
                principal: principal, credential: credential, kinds: VisibleKinds(principal.permissions),
                authorisedAt: .now)
        ) {}
    }
}

/// What a reader of the live stream was sent, frame by frame.
struct Received {
    private(set) var lastID: String?
    private(set) var versions: [String] = []
    private(set) var events: [String] = []
    /// Why streams ended.
    private(set) var reasons: [String] = []

    /// Takes a frame, and says how many changes came with it.
    mutating func take(_ frame: ByteBuffer) {
        for block in String(buffer: frame).split(separator: "\n\n") {
            for line in block.split(separator: "\n") {
                if line.hasPrefix("id: ") { lastID = String(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { events.append(String(line.dropFirst(7))) }
                if line.hasPrefix("data: "), let id = line.firstMatch(of: /"id":"([^"]+)"/) {
                    versions.append(String(id.1))
                }
                if let reason = line.firstMatch(of: /"reason":"([^"]+)"/) { reasons.append(String(reason.1)) }
            }
        }
    }
}
