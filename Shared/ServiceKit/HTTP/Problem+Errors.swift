import Hummingbird
import Models
import NIOCore
import NIOHTTP1
import Postgres

extension Problem {
    /// What the caller is told of an error, whatever its kind.
    ///
    /// Unknown errors give no detail.
    static func describing(_ error: any Error) -> Problem {
        switch error {
        case let problem as Problem: problem
        case let error as PostgresError: describing(database: error)
        case let error as HTTPError: describing(status: error.status.code)
        case is NIOTooManyBytesError: bodyTooLarge
        case is HTTPParserError: Problem(.malformedRequest, "The request's body is not framed as HTTP/1.1 frames one.")
        case is CancellationError: .unavailable("The request was given up.", retryAfterSeconds: 1)
        default: Problem(.internalError, "Report the request id if it happens again.")
        }
    }

    /// 413 with the limit.
    static var bodyTooLarge: Problem {
        Problem(.bodyTooLarge, "The body may have at most \(Contract.bodyLimitBytes) bytes.")
    }

    private static func describing(database error: PostgresError) -> Problem {
        if error.execution == .unknown {
            return Problem(
                .outcomeUnknown, "Send the same request again under the same idempotency key.",
                headers: ["Retry-After": "1"])
        }
        switch error.code {
        case .connectionUnavailable, .connectionLost, .queueFull, .closed:
            return .unavailable("The database cannot be reached just now.", retryAfterSeconds: 1)
        case .lockTimeout:
            return .unavailable("Someone else is changing the same record.", retryAfterSeconds: 1)
        case .statementTimeout, .deadlineExceeded:
            return Problem(.deadlineExceeded, "The database did not answer in time.")
        case .cancelled:
            return .unavailable("The request was given up.", retryAfterSeconds: 1)
        default: break
        }
        if error.isDeadlock || error.isSerializationFailure {
            return .unavailable("Someone else is changing the same records.", retryAfterSeconds: 1)
        }
        // 25006: a standby that is not yet primary; 53xxx: out of resources; 57P0x: shutting down.
        if let state = error.sqlState, state == "25006" || state.hasPrefix("53") || state.hasPrefix("57P") {
            return .unavailable("The database cannot take this just now.", retryAfterSeconds: 2)
        }
        return Problem(.internalError, "Report the request id if it happens again.")
    }

    private static func describing(status: Int) -> Problem {
        switch status {
        case 404: Problem(.notFound, "There is nothing at this address.")
        case 413: bodyTooLarge
        case 400..<500: Problem(.malformedRequest, "The request could not be read.")
        default: Problem(.internalError, "Report the request id if it happens again.")
        }
    }
}
