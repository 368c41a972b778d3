import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import Models
import NIOCore
import NIOHTTP1

/// Answers the requests of a connection: asks the routes, dates the answer, writes it.
///
/// It stands where hummingbird's application has one that makes a logger for each request, which nobody here reads.
///
/// An answer that may go on for hours is begun in a task of its own. A task keeps the memory of the deepest stack that
/// it ever had until it ends, and the task of a connection ends with the connection; what it takes to let a reader in,
/// to look up its route and its credential, is most of that memory. So it is given back before the first byte goes out,
/// and the head with it.
struct ConnectionResponder<Routes: HTTPResponder<ExchangeContext>>: Sendable {
    /// An answer could not be written, since what the client sends is no HTTP.
    private struct Unwritable: Error {}

    let routes: Routes
    /// The addresses of answers that may go on for hours; they have no parameters and take no query.
    let lastingPaths: Set<String>
    let logger: Logger
    private let date = DateField()

    init(routes: Routes, lastingPaths: Set<String>, logger: Logger) {
        self.routes = routes
        self.lastingPaths = lastingPaths
        self.logger = logger
    }

    /// Answers a request.
    ///
    /// - Throws: `HTTPParserError` when what the client sends is no HTTP and no answer has begun; what writing throws.
    func respond(to request: Request, _ writer: consuming ResponseWriter, on channel: any Channel) async throws {
        if !lastingPaths.isEmpty, let path = request.head.path, lastingPaths.contains(path) {
            return try await last(request, writer, channel)
        }
        let response = try await answer(request, channel)
        do {
            try await writer.write(response: response.head, body: response.body)
        } catch is HTTPParserError {
            throw Unwritable()
        }
    }

    private func last(_ request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
        let body: ResponseBody
        let rest: any ResponseBodyWriter
        do {
            let response = try await begin(request, channel)
            body = response.body
            rest = try await writer.writeHead(response.head)
        }
        do {
            try await body.write(rest)
        } catch is HTTPParserError {
            throw Unwritable()
        }
    }

    private func begin(_ request: Request, _ channel: any Channel) async throws -> Response {
        async let response = answer(request, channel)
        return try await response
    }

    private func answer(_ request: Request, _ channel: any Channel) async throws -> Response {
        let context = ExchangeContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        var response: Response
        do {
            response = try await routes.respond(to: request, context: context)
        } catch let error as HTTPParserError {
            throw error
        } catch {
            // The edge makes an answer of every error; this is none that it has seen.
            logger.error("request failed outside its route", metadata: ["error": "\(String(reflecting: error))"])
            response = Response(status: .internalServerError)
        }
        response.headers[.date] = date.text(at: .now)
        return response
    }
}
