import FoundationEssentials
import Logging
import Models
import NIOCore
import Postgres
import ServiceKit
import TestSupport

@testable import Gateway

/// A hub on the test's database, with a writer of activity beside it.
struct StreamRoom: Sendable {
    let hub: EventHub
    /// The hub's own pool, as `casebook_stream`.
    let database: Database
    /// Writes as a service does.
    let writer: Database

    /// Opens the room on the test's database, with the hub running while the body does.
    static func open(_ body: @escaping @Sendable (StreamRoom) async throws -> Void) async throws {
        let scratch = try ScratchDatabase.current
        try await scratch.withService { writer in
            let configure: (inout DatabaseConfiguration) -> Void = { $0.url = scratch.url(user: "casebook_stream") }
            try await scratch.withDatabase(configure: configure) { database in
                let hub = EventHub(
                    reader: StreamReader(database: database), limits: EventLimits(),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await hub.run() }
                    defer { group.cancelAll() }
                    try await body(StreamRoom(hub: hub, database: database, writer: writer))
                }
            }
        }
    }

    /// A reader that has joined.
    func reader(
        of workspace: ID<Workspace>, _ permissions: Set<Permission> = [.workspaceRead, .customersRead],
        credential: String? = "cbk_1", credentialID: String = "c1", after lastEventID: String? = nil,
        expiresAt: Timestamp = Timestamp.now.adding(.seconds(60))
    ) async throws -> EventStream {
        let principal = Principal.sample(
            workspace: workspace, permissions: permissions, credentialID: credentialID, expiresAt: expiresAt)
        let stream = EventStream(
            reader: EventStream.Reader(
                principal: principal, credential: credential, kinds: VisibleKinds(permissions), authorisedAt: .now)
        ) {}
        try await hub.add(stream, after: lastEventID)
        return stream
    }

    /// Writes a change, and gives what it is of.
    @discardableResult
    func change(_ kind: String, in workspace: ID<Workspace>) async throws -> ID<ChangeNotice> {
        let subject = ID<ChangeNotice>.make(at: .now)
        _ = try await writer.write(
            in: .workspace(workspace),
            """
            INSERT INTO core.activity (
                workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_service, request_id,
                occurred_at)
            VALUES (
                \(workspace), \(ID<ChangeNotice>.make(at: .now)), \(kind), \(subject), 1, 'updated', 'service',
                'identity', 'request', now())
            """)
        return subject
    }
}

/// What a reader was sent, until a record's change came or the stream ended.
struct StreamTaking {
    private(set) var lastID: String?
    private(set) var subjects: [String] = []
    private(set) var events: [String] = []

    /// Reads on until the change of a record came, or to the end when none is named.
    mutating func take(from stream: EventStream, until subject: ID<ChangeNotice>?) async {
        for await frame in stream.frames {
            for line in String(buffer: frame).split(separator: "\n") {
                if line.hasPrefix("id: ") { lastID = String(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { events.append(String(line.dropFirst(7))) }
                if line.hasPrefix("data: "), let id = line.firstMatch(of: /"id":"([^"]+)"/) {
                    subjects.append(String(id.1))
                }
            }
            if let subject, subjects.contains(subject.description) { return }
        }
    }
}
