import HTTPTypes
package import Models
package import Postgres

/// A request that was authenticated, allowed, read and found valid: what a handler works with.
package struct Call<Path: Sendable, Query: Sendable, Body: Sendable>: Sendable {
    /// The parameters of the path.
    package let path: Path
    /// The query parameters.
    package let query: Query
    /// The body.
    package let body: Body
    /// The request's id, trace and instant.
    package let exchange: Exchange
    /// The version that `If-Match` names; `nil` when the caller named none.
    package let ifMatch: Int64?
    /// What the caller proved about itself; `nil` where the endpoint is open.
    package let caller: Principal?
    /// The claim on the caller's idempotency key; `nil` when it sent none.
    package let idempotency: IdempotencyClaim?
    /// Header fields that a handler may need: the browser's name, a cookie.
    package let headers: CallHeaders

    /// The one instant of the request.
    package var now: Timestamp { exchange.now }

    /// Whom the request speaks for.
    ///
    /// - Throws: ``Problem`` 401 at an open endpoint whose caller proved nothing.
    package var principal: Principal {
        get throws(Problem) {
            guard let caller else { throw Problem.unauthenticated() }
            return caller
        }
    }

    /// The person whom the request speaks for.
    ///
    /// - Throws: ``Problem`` 403 for a service, which is nobody.
    package var userID: ID<User> {
        get throws(Problem) {
            guard let id = try principal.userID else {
                throw Problem(.forbidden, "Only a person can do this.")
            }
            return id
        }
    }

    /// The caller's workspace as the database's session sees it.
    package var scope: Scope {
        get throws(Problem) { Scope.workspace(try principal.workspace) }
    }

    /// What an activity row and a kept answer need to know of the request.
    package var write: WriteContext {
        get throws(Problem) {
            let principal = try principal
            return WriteContext(
                workspace: principal.workspace, actor: try principal.actor, requestID: exchange.requestID,
                traceparent: exchange.trace.traceparent, now: exchange.now, idempotency: idempotency)
        }
    }
}

/// The few header fields that handlers read.
package struct CallHeaders: Sendable {
    /// What the client calls itself, as it came.
    package var userAgent: String? { fields[.userAgent] }
    /// The cookies of the request, as they came.
    package var cookie: String? { fields[.cookie] }
    /// What a device was given to be known by; `nil` when it has nothing.
    package func device(_ cookie: DeviceCookie) -> String? { cookie.value(in: fields) }
    /// The client's network, as the gateway vouches for it; `nil` when nobody does.
    package func network(_ proof: EdgeProof?) -> String? { proof?.network(in: fields[.internalClient]) }
    /// `If-None-Match`, as it came.
    package var ifNoneMatch: String? { fields[.ifNoneMatch] }

    private let fields: HTTPFields

    init(_ fields: HTTPFields) {
        self.fields = fields
    }
}
