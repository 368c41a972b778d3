/// What a call carries on from the request that causes it.
package struct CallContext: Sendable {
    /// The request's id.
    package let requestID: String
    /// The position in the trace; `nil` outside of one.
    package let traceparent: String?
    /// The person's token, when the call is made for that person; `nil` for the service's own.
    package let token: String?

    /// Takes what a request carries.
    package init(requestID: String, traceparent: String? = nil, token: String? = nil) {
        self.requestID = requestID
        self.traceparent = traceparent
        self.token = token
    }
}

/// What one call adds to its request.
package struct CallOptions: Sendable {
    /// The key under which the effect happens once; made up when absent, so that the call can be repeated.
    package var idempotencyKey: String?
    /// The record's version that the change is meant for.
    package var ifMatch: Int?
    /// Whether the operation may be sent twice although it is a POST without a key: one that changes nothing.
    package var isRepeatable: Bool
    /// How long the call may take with all its attempts; the configuration's when absent.
    package var deadline: Duration?

    /// Names what differs from an ordinary call.
    package init(
        idempotencyKey: String? = nil, ifMatch: Int? = nil, deadline: Duration? = nil, isRepeatable: Bool = false
    ) {
        self.idempotencyKey = idempotencyKey
        self.ifMatch = ifMatch
        self.deadline = deadline
        self.isRepeatable = isRepeatable
    }
}

/// What an operation answered.
package struct UpstreamAnswer<Output: Sendable>: Sendable {
    /// The body.
    package let value: Output
    /// The status, in `200...299`.
    package let status: Int
    /// `ETag`, with its quotes.
    package let etag: String?
    /// Where the record is that was made.
    package let location: String?
    /// Whether the answer was given before under the same key.
    package let isReplay: Bool
}
