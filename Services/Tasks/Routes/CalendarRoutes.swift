import Crypto
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import Postgres
import ServiceKit

/// A person's calendar of tasks: its secret link, and the calendar itself.
struct CalendarRoutes: Sendable {
    let database: Database
    /// Where people and programs reach the suite.
    let publicURL: String

    private var store: CalendarFeedStore { CalendarFeedStore(database: database) }

    /// The endpoints and their handlers.
    var table: [Route] {
        [
            .on(CalendarFeeds.show, use: show),
            .on(CalendarFeeds.create, use: create),
            .on(CalendarFeeds.revoke, use: revoke),
            .raw(CalendarFeeds.read.contract) { request, context in try await read(request, context) },
        ]
    }

    /// The caller's link without its secret.
    func show(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<CalendarFeed> {
        try .row(try await store.show(try call.userID, in: try call.principal.workspace), "calendar")
    }

    /// Makes a link; the earlier one is void.
    func create(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<CreatedCalendarFeed> {
        let (context, user) = (try call.write, try call.userID)
        let secret = FeedSecret.issue(in: context.workspace)
        let feed = CalendarFeed(id: .make(at: call.now), createdAt: call.now)
        try await store.replace(feed, secret, of: user, context)
        return try .value(
            CreatedCalendarFeed(
                id: feed.id, address: "\(publicURL)/v1/tasks/feeds/\(secret.text).ics", createdAt: feed.createdAt))
    }

    /// Makes the caller's link void.
    func revoke(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<NoContent> {
        guard try await store.revoke(try call.userID, try call.write) else { throw Problem.notFound("calendar") }
        return .noContent
    }

    /// The calendar itself: equal tasks are equal bytes, whose digest is the tag.
    func read(_ request: Request, _ context: ExchangeContext) async throws -> Response {
        guard let secret = context.parameters.get("token").flatMap({ FeedSecret($0) }),
            let owner = try await store.owner(of: secret)
        else { throw Problem.notFound("calendar") }
        let shape = try Self.shape(request)
        let tasks = try await store.tasks(of: owner.id, in: secret.workspace, at: context.exchange.now)
        let series = try await CalendarSeriesStore(database: database, workspace: secret.workspace).coming(to: owner.id)
        let bytes = CalendarText(
            name: "Casebook: \(owner.name)", tasks: tasks.map { CalendarTask($0) } + series.tasks, zones: series.zones,
            components: shape == .todos ? .todos : .events
        ).bytes
        let tag = "\"\(Base64URL.encode(SHA256.hash(data: bytes)))\""
        let headers: HTTPFields = [.eTag: tag]
        if let known = request.headers[.ifNoneMatch], Self.names(tag, in: known) {
            return Response(status: .notModified, headers: headers)
        }
        var full = headers
        full[.contentType] = "text/calendar; charset=utf-8"
        return Response(status: .ok, headers: full, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// - Throws: ``Problem`` 400 for a word that is none, and for any other parameter.
    private static func shape(_ request: Request) throws(Problem) -> CalendarShape {
        var shape = CalendarShape.events
        for parameter in try QueryText.parameters(of: request.uri.query ?? "") {
            guard parameter.name == "shape" else {
                throw Problem(
                    .invalidParameter, "Known are: shape.",
                    errors: [FieldError(String(parameter.name.prefix(64)), .unknownField, "is not a known parameter")])
            }
            guard let word = CalendarShape(rawValue: parameter.value) else {
                throw Problem(
                    .invalidParameter, "Correct the parameters listed under errors.",
                    errors: [FieldError("shape", .notAllowed, "must be events or todos")])
            }
            shape = word
        }
        return shape
    }

    /// Whether `If-None-Match` names a tag, weakly or not, or any.
    private static func names(_ tag: String, in header: String) -> Bool {
        header.split(separator: ",").contains { part in
            let trimmed = part.drop { $0 == " " }.prefix { $0 != " " }
            return trimmed == "*" || (trimmed.hasPrefix("W/") ? trimmed.dropFirst(2) : trimmed) == tag
        }
    }
}
