import FoundationEssentials
import Models
import ServiceKit
import Synchronization

/// What lies under a note, for tests of requests that are made of several.
extension SampleService {
    struct Comment: Codable, Sendable {
        let id: ID<Comment>
        let text: String
        let likes: Int
    }

    struct ChangeNote: MergePatch {
        let text: Text<Label>?
    }

    static let comments = Endpoint<IDPath<Note>, PageQuery, NoBody, Page<Comment>>(
        .get, "/v1/notes/{id}/comments", "notes.comments", .needs(.workspaceRead), "Comments on a note.")
    static let keys = Endpoint<IDPath<Note>, NoQuery, NoBody, Note>(
        .get, "/v1/notes/{id}/keys", "notes.keys", .needs(.keysAdminister), "What few may see.")
    static let change = Endpoint<IDPath<Note>, NoQuery, ChangeNote, Note>(
        .patch, "/v1/notes/{id}", "notes.change", .needs(.teamsWrite), "Changes a note.", problems: [.versionMismatch])
    static let delete = Endpoint<IDPath<Note>, NoQuery, NoBody, NoContent>(
        .delete, "/v1/notes/{id}", "notes.delete", .needs(.keysAdminister), "What few may do.", success: 204)
    static let wait = Endpoint<IDPath<Note>, NoQuery, NoBody, NoContent>(
        .post, "/v1/notes/{id}/wait", "notes.wait", .needs(.teamsWrite), "Ends when it is given up.", success: 204)
    static let batch = Batches.endpoint(under: "/v1/notes", "notes", .teamsWrite)

    /// Relations enough to name too many of them.
    private static let others = ["one", "two", "three", "four"].map { word in
        Endpoint<IDPath<Note>, NoQuery, NoBody, Note>(
            .get, "/v1/notes/{id}/\(word)", "notes.\(word)", .needs(.workspaceRead), "One of several.")
    }

    var relatedRoutes: [Route] {
        let note = Note(id: .sample, text: "related", version: 3)
        let comments = [
            Comment(id: .sample, text: #"a "quoted" {one}, with \ and ]"#, likes: 2),
            Comment(id: .sample, text: "two", likes: 0),
        ]
        return [
            .on(Self.comments) { call in
                let limit = call.query.limit?.value ?? 2
                return try .value(
                    Page(
                        items: Array(comments.prefix(limit)), nextCursor: "next",
                        total: call.query.cursor.map { _ in ListTotal(counted: 20_000) }))
            },
            .on(Self.keys) { _ in try .value(note) },
        ] + Self.others.map { .on($0) { _ in try .value(note, version: 3) } }
    }

    var writingRoutes: [Route] {
        let log = log
        return [
            .on(Self.change) { call in
                log.note(Self.change, call)
                guard call.path.id == ID<Note>.sample else { throw Problem.notFound("note") }
                if let version = call.ifMatch, version != 7 { throw Problem.versionMismatch(current: 7) }
                if call.body.text?.value == "busy" {
                    throw Problem.unavailable("Somebody else is at it.", retryAfterSeconds: 7)
                }
                return try .value(
                    Note(id: call.path.id, text: call.body.text?.value ?? "hello", version: 8), version: 8)
            },
            .on(Self.delete) { call in
                log.note(Self.delete, call)
                return .noContent
            },
            .on(Self.wait) { call in
                log.note(Self.wait, call)
                // A stream that nobody feeds ends when its reader is cancelled, and no sooner.
                let (nothing, feeder) = AsyncStream.makeStream(of: Void.self)
                for await _ in nothing {}
                feeder.finish()
                throw CancellationError()
            },
            .batch(Self.batch),
        ]
    }
}

/// What reached the handlers that write.
final class SampleLog: Sendable {
    struct Entry: Sendable {
        let operation: String
        let requestID: String
        let trace: TraceContext
        let keyDigest: Data?
    }

    private let kept = Mutex<[Entry]>([])

    var entries: [Entry] { kept.withLock { $0 } }

    func note<Path, Query, Body, Output>(
        _ endpoint: Endpoint<Path, Query, Body, Output>, _ call: Call<Path, Query, Body>
    ) {
        let entry = Entry(
            operation: endpoint.contract.id, requestID: call.exchange.requestID, trace: call.exchange.trace,
            keyDigest: call.idempotency?.keyDigest)
        kept.withLock { $0.append(entry) }
    }
}
