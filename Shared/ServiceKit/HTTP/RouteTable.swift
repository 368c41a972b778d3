import HTTPTypes
package import Hummingbird
package import Models

/// All routes of a service, as hummingbird serves them and as the checked-in list shows them.
package struct RouteTable: Sendable {
    /// The routes in the order of their declaration.
    package let routes: [Route]

    /// Takes the routes.
    package init(_ routes: [Route]) {
        self.routes = routes
    }

    /// Operations as text, one a line: method, path, who may call it, the operation's name.
    package static func listing(of contracts: [Contract]) -> String {
        contracts.map { contract in
            "\(contract.method.rawValue) \(contract.path) \(text(contract.access)) \(contract.id)"
        }.sorted().joined(separator: "\n")
    }

    /// The routes that a part of a request may call: all but batches, so that no batch holds another.
    var inner: RouteTable { RouteTable(routes.filter { $0.form == .typed }) }

    /// The addresses whose answers may go on for hours.
    var lastingPaths: Set<String> { Set(routes.filter { $0.form == .lasting }.map(\.contract.path)) }

    /// Registers every route, and for each path an answer to the methods that it does not know.
    package func register(on router: Router<ExchangeContext>, _ environment: RouteEnvironment) {
        let typed = routes.filter { $0.form == .typed }.map(\.contract)
        for route in routes {
            let (path, method) = (Self.routerPath(route.contract), Self.method(route.contract))
            if route.form == .typed, let composition = Composition(of: route.contract, among: typed) {
                let composed = ComposedRoute(route, composition, environment)
                router.on(path, method: method) { request, context in try await composed.respond(request, context) }
            } else {
                router.on(path, method: method) { request, context in
                    try await route.respond(request, context, environment)
                }
            }
        }
        for (path, routes) in Dictionary(grouping: routes, by: \.contract.path) {
            let known = Set(routes.map { Self.method($0.contract) })
            let allow = known.map(\.rawValue).sorted().joined(separator: ", ")
            let others: [HTTPRequest.Method] = [
                .get, .put, .post, .patch, .delete, .options, .trace, .connect, .query,
            ]
            for method in others where !known.contains(method) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    throw Problem(
                        .methodNotAllowed, "This address takes \(allow).", headers: ["Allow": allow])
                }
            }
        }
    }

    private static func routerPath(_ contract: Contract) -> RouterPath { RouterPath(contract.path) }

    private static func method(_ contract: Contract) -> HTTPRequest.Method {
        switch contract.method {
        case .get: .get
        case .post: .post
        case .put: .put
        case .patch: .patch
        case .delete: .delete
        }
    }

    private static func text(_ access: Access) -> String {
        switch access {
        case .needs(let permission): permission.rawValue
        case .open: "open"
        case .signed(let proof): "signed:\(proof.rawValue)"
        }
    }
}

extension HTTPRequest.Method {
    /// The safe method with a body that is being standardised (draft-ietf-httpbis-safe-method-w-body).
    fileprivate static var query: HTTPRequest.Method { HTTPRequest.Method("QUERY") ?? .options }
}
