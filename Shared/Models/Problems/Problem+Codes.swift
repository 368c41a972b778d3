extension Problem.Code {
    /// The request is not JSON, or not HTTP that we understand.
    package static let malformedRequest = Self("malformed_request", 400, "The request could not be read")
    /// A parameter of the address is unknown or wrong.
    package static let invalidParameter = Self("invalid_parameter", 400, "A parameter is not valid")
    /// The cursor is not one that this list gave.
    package static let invalidCursor = Self("invalid_cursor", 400, "The cursor is not valid here")
    /// No valid credential came with the request.
    package static let unauthenticated = Self("unauthenticated", 401, "A valid credential is needed")
    /// The caller's role does not allow it.
    package static let forbidden = Self("forbidden", 403, "Not allowed for this role")
    /// The request came with a cookie but not from our own page.
    package static let csrfRefused = Self("csrf_refused", 403, "The request did not prove where it came from")
    /// No such record for this caller.
    package static let notFound = Self("not_found", 404, "Not found")
    /// The route does not know the method.
    package static let methodNotAllowed = Self("method_not_allowed", 405, "The method is not allowed here")
    /// The state forbids it.
    package static let conflict = Self("conflict", 409, "The state does not allow it")
    /// The same idempotency key is being worked on.
    package static let idempotencyInProgress = Self(
        "idempotency_in_progress", 409, "The first request with this key is still running")
    /// The first request with this key has shown a secret, which is shown once.
    package static let alreadyIssued = Self("already_issued", 409, "The answer was given before and held a secret")
    /// The record has changed since the version in `If-Match`.
    package static let versionMismatch = Self("version_mismatch", 412, "The record has changed since it was read")
    /// The body is larger than the route takes.
    package static let bodyTooLarge = Self("body_too_large", 413, "The body is too large")
    /// The body's media type is not the one the route takes.
    package static let unsupportedMediaType = Self("unsupported_media_type", 415, "The media type is not supported")
    /// The body was understood and is not valid.
    package static let invalidBody = Self("invalid_body", 422, "Some fields are not valid")
    /// The key was used for another request.
    package static let idempotencyKeyReused = Self(
        "idempotency_key_reused", 422, "The idempotency key was used for another request")
    /// The caller asks too often.
    package static let rateLimited = Self("rate_limited", 429, "Too many requests")
    /// Our fault.
    package static let internalError = Self("internal_error", 500, "Something went wrong on our side")
    /// A dependency is down, or the service is draining or overloaded.
    package static let unavailable = Self("unavailable", 503, "Not available just now")
    /// The write may or may not have happened.
    package static let outcomeUnknown = Self("outcome_unknown", 503, "It is not known whether the write happened")
    /// A deadline passed.
    package static let deadlineExceeded = Self("deadline_exceeded", 504, "The time allowed has passed")
}

extension Problem {
    /// 404 for a record by its noun: "ticket".
    package static func notFound(_ noun: String) -> Problem {
        Problem(.notFound, "There is no such \(noun), or you may not see it.")
    }

    /// 422 with every wrong field.
    package static func invalidBody(_ errors: [FieldError]) -> Problem {
        Problem(.invalidBody, "Correct the fields listed under errors and send the request again.", errors: errors)
    }

    /// 401 with the challenge that RFC 9110 (section 11.6.1) asks for.
    package static func unauthenticated(_ detail: String = "Sign in, or send a valid token.") -> Problem {
        Problem(.unauthenticated, detail, headers: ["WWW-Authenticate": "Bearer realm=\"casebook\""])
    }

    /// 403 that names the permission which is missing.
    package static func forbidden(_ permission: Permission) -> Problem {
        Problem(.forbidden, "This needs the permission \(permission.rawValue).")
    }

    /// 412 with the version that the record has now.
    package static func versionMismatch(current: Int64) -> Problem {
        Problem(
            .versionMismatch, "Read the record again: its version is \(current) now.",
            headers: ["ETag": "\"\(current)\""], members: [JSONValue.Member("version", .integer(current))])
    }

    /// 503 that says when to come back.
    package static func unavailable(_ detail: String, retryAfterSeconds: Int) -> Problem {
        Problem(.unavailable, detail, headers: ["Retry-After": String(retryAfterSeconds)])
    }
}
