import HTTPTypes
import Hummingbird
import Models
import NIOCore

/// The routes that every process has: health, readiness, metrics, contract and version.
struct SystemRoutes: Sendable {
    let name: ServiceName
    let readiness: Readiness
    let metrics: PrometheusRegistry
    let contracts: [Contract]

    /// What whoever reaches the port of a public process may know.
    ///
    /// It lives, it takes requests or not, what it speaks, which version it is. Figures, and why it is not ready, are
    /// told at the private port.
    var publicRoutes: [Route] {
        routes.filter { ![Self.ready.id, Self.prometheus.id].contains($0.contract.id) } + [
            .raw(Self.ready) { _, _ in
                guard await readiness.faults().isEmpty else {
                    throw Problem.unavailable("Not ready.", retryAfterSeconds: 1)
                }
                return Response(status: .ok, headers: [.contentType: "text/plain"], body: text("ready\n"))
            }
        ]
    }

    /// The routes, open to whoever reaches the port: the gateway passes none of them on.
    var routes: [Route] {
        let document = Self.json(OpenAPI.document(title: name.rawValue, contracts: contracts))
        let version = Self.json(
            .object([
                JSONValue.Member("service", .string(name.rawValue)),
                JSONValue.Member("version", .string(BuildVersion.text)),
            ]))
        return [
            .raw(Self.health) { _, _ in Response(status: .ok, headers: [.contentType: "text/plain"], body: text("ok\n"))
            },
            .raw(Self.ready) { _, _ in try await ready() },
            .raw(Self.prometheus) { _, _ in
                Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: text(metrics.exposition()))
            },
            .raw(Self.openAPI) { _, _ in Self.response(document) },
            .raw(Self.version) { _, _ in Self.response(version) },
        ]
    }

    private func ready() async throws -> Response {
        let faults = await readiness.faults()
        guard faults.isEmpty else {
            throw Problem.unavailable(faults.joined(separator: " "), retryAfterSeconds: 1)
        }
        return Response(status: .ok, headers: [.contentType: "text/plain"], body: text("ready\n"))
    }

    private func text(_ text: String) -> ResponseBody { ResponseBody(byteBuffer: ByteBuffer(string: text)) }

    private static func json(_ document: JSONValue) -> ByteBuffer { ByteBuffer(bytes: JSONWriter.bytes(of: document)) }

    private static func response(_ buffer: ByteBuffer) -> Response {
        Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: buffer))
    }

    // MARK: Contracts

    private static func contract(_ path: String, _ id: String, _ reason: String, _ summary: String) -> Contract {
        Endpoint<NoPath, NoQuery, NoBody, NoContent>(.get, path, id, .open(reason: reason), summary).contract
    }

    private static let health = contract(
        "/healthz", "system.health", "Probes carry no credential.", "Whether the process lives.")
    private static let ready = contract(
        "/readyz", "system.ready", "Probes carry no credential.", "Whether the process can serve, or why not.")
    private static let prometheus = contract(
        "/metrics", "system.metrics", "Scrapers reach the private port only.", "Figures as Prometheus text.")
    private static let openAPI = contract(
        "/openapi.json", "system.openapi", "The contract is public.", "The contract as OpenAPI 3.1.")
    private static let version = contract(
        "/version", "system.version", "The version is no secret.", "What runs here.")
}

/// The version that this build calls itself.
package enum BuildVersion {
    /// Semantic version of the suite.
    package static let text = "0.1.0"
}
