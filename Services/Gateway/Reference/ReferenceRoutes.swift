import HTTPTypes
import Hummingbird
import Models
import NIOCore
import ServiceKit

/// The pages of the reference, for people without a credential.
///
/// They are no operations of the API, so `/openapi.json` does not name them; but they are counted and limited as all
/// requests at the door are.
struct ReferenceRoutes: Sendable {
    let relay: Relay
    let pages: ReferencePages
    let assets: ReferenceAssets

    init(relay: Relay, pages: ReferencePages, assets: ReferenceAssets = .all) {
        self.relay = relay
        self.pages = pages
        self.assets = assets
    }

    /// The routes.
    var routes: [Route] {
        [
            counted(Self.overview) { request, _ in try overview(request) },
            counted(Self.page) { request, context in
                guard let page = pages.page(try context.parameters.require("page")) else {
                    return Self.answer(pages.missing, to: request, status: .notFound)
                }
                return Self.answer(page, to: request)
            },
            counted(Self.asset) { request, context in try asset(request, context) },
        ]
    }

    /// A route that counts against the address that asks.
    private func counted(
        _ contract: Contract, _ handler: @escaping @Sendable (Request, ExchangeContext) throws -> Response
    ) -> Route {
        .raw(contract) { request, context in
            let (_, standing) = try await relay.admit(request, context, contract)
            var response = try handler(request, context)
            // What others may keep tells nothing of who asked for it.
            if !(response.headers[.cacheControl] ?? "").contains("public") {
                relay.limits.tell(standing, in: &response.headers)
            }
            return response
        }
    }

    private func overview(_ request: Request) throws -> Response {
        let query = try QueryText.parameters(of: request.uri.query ?? "").first { $0.name == "q" }?.value
        guard let query else { return Self.answer(pages.overview, to: request) }
        let bytes = pages.found(query, isRegion: request.headers[Self.fragment] == "found")
        var headers = Self.headers
        headers[.vary] = "X-Fragment"
        headers[.cacheControl] = "no-store"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func asset(_ request: Request, _ context: ExchangeContext) throws -> Response {
        guard let asset = assets[try context.parameters.require("file")] else { throw Problem.notFound("file") }
        // While versions change, a page of the one may ask the other: better the newer file than none.
        let isOfThisBuild = try context.parameters.require("folder") == assets.folder
        return Response(
            status: .ok,
            headers: [
                .contentType: asset.mediaType,
                .cacheControl: isOfThisBuild ? "public, max-age=31536000, immutable" : "no-cache",
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }

    // MARK: Answers

    /// What a page may do: load what is ours, and nothing else (CONSOLE.md, section 1).
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
        + "trusted-types fragment"

    private static let headers: HTTPFields = [
        .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy, .cacheControl: "no-cache",
    ]

    private static func answer(
        _ page: ReferencePages.Page, to request: Request, status: HTTPResponse.Status = .ok
    ) -> Response {
        let isCompressed = Self.takesGzip(request.headers[values: .acceptEncoding])
        let tag = isCompressed ? "\"\(page.tag)-gz\"" : "\"\(page.tag)\""
        var headers = headers
        headers[.vary] = "Accept-Encoding"
        guard status == .ok else {
            return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: page.plain))
        }
        headers[.eTag] = tag
        if isNamed(tag, in: request.headers[values: .ifNoneMatch]) {
            return Response(status: .notModified, headers: headers)
        }
        if isCompressed { headers[.contentEncoding] = "gzip" }
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: isCompressed ? page.compressed : page.plain))
    }

    /// Whether `If-None-Match` names a tag, weakly or not, or any (RFC 9110, section 13.1.2).
    private static func isNamed(_ tag: String, in values: [String]) -> Bool {
        values.flatMap { $0.split(separator: ",") }.contains { part in
            let named = part.filter { $0 != " " }
            return named == "*" || (named.hasPrefix("W/") ? String(named.dropFirst(2)) : named) == tag
        }
    }

    /// Whether gzip is taken, with a weight that is not zero (RFC 9110, section 12.5.3).
    static func takesGzip(_ values: [String]) -> Bool {
        values.flatMap { $0.split(separator: ",") }.contains { coding in
            let parts = coding.filter { $0 != " " }.lowercased().split(separator: ";")
            guard parts.first == "gzip" else { return false }
            return !parts.dropFirst().contains { $0.wholeMatch(of: /q=0(\.0*)?/) != nil }
        }
    }

    private static let fragment: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Fragment") else {
            preconditionFailure("a constant is a valid field name")
        }
        return name
    }()

    // MARK: Contracts

    private static func contract(_ path: String, _ id: String, _ summary: String) -> Contract {
        Endpoint<NoPath, NoQuery, NoBody, NoContent>(
            .get, path, id, .open(reason: "The contract is public, and nothing else is on these pages."), summary
        ).contract
    }

    private static let overview = contract("/docs", "reference.overview", "The reference's first page, or a search.")
    private static let page = contract("/docs/{page}", "reference.page", "The reference of one resource.")
    private static let asset = contract(
        "/docs/assets/{folder}/{file}", "reference.asset", "A style sheet, script or picture of the reference.")
}
