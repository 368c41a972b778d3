package import Models

/// Why a call to another service brought no answer that could be used.
///
/// `description` holds no data; `debugDescription` holds what the service said.
package struct UpstreamError: Error, Sendable {
    /// The kind of failure, an open set.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        /// The kind's name, as it stands in descriptions.
        package let description: String

        /// Names a kind.
        package init(_ name: String) {
            self.description = name
        }

        /// The service answered with a problem.
        package static let problem = Self("problem")
        /// The service could not be reached, or the connection broke.
        package static let unreachable = Self("unreachable")
        /// The call's deadline passed.
        package static let deadlineExceeded = Self("deadlineExceeded")
        /// The service failed so often that it is not asked just now.
        package static let circuitOpen = Self("circuitOpen")
        /// The answer was larger than the limit.
        package static let answerTooLarge = Self("answerTooLarge")
        /// The answer was not what the endpoint's declaration says.
        package static let malformedAnswer = Self("malformedAnswer")
        /// The calling task was cancelled.
        package static let cancelled = Self("cancelled")
        /// No address is configured for the service, or no token could be had, or the request could not be written.
        package static let notSent = Self("notSent")
    }

    /// The kind of failure.
    package let code: Code
    /// The service that was called.
    package let service: ServiceName
    /// The operation's name.
    package let operation: String
    /// How many requests were sent.
    package let attempts: Int
    /// The status of the last answer, if there was one.
    package let status: Int?
    /// What the service said was wrong, if it said so in our form.
    package let problem: Problem?
    /// How long to stay away, as the service or the breaker asks.
    package let retryAfter: Duration?
    /// The error that caused this one.
    package let underlying: (any Error)?

    init(
        _ code: Code, _ target: CallTarget, attempts: Int = 0, status: Int? = nil, problem: Problem? = nil,
        retryAfter: Duration? = nil, underlying: (any Error)? = nil
    ) {
        self.code = code
        service = target.service
        operation = target.operation
        self.attempts = attempts
        self.status = status
        self.problem = problem
        self.retryAfter = retryAfter
        self.underlying = underlying
    }

    /// Whether a later call may succeed: the service is away, overloaded or late, not refusing.
    package var isPassing: Bool {
        switch code {
        case .unreachable, .deadlineExceeded, .circuitOpen: true
        case .problem: status.map { $0 == 429 || $0 >= 500 } ?? false
        default: false
        }
    }

    /// Whether the failure counts against the service.
    var isFailureOfService: Bool {
        switch code {
        case .unreachable, .deadlineExceeded, .malformedAnswer, .answerTooLarge: true
        case .problem: status.map { $0 >= 500 } ?? false
        default: false
        }
    }

    /// Whether the same request, known to do its effect once, is worth another attempt at once.
    var isWorthRepeating: Bool {
        switch code {
        case .unreachable: true
        case .problem:
            problem?.code.word == Problem.Code.idempotencyInProgress.word
                || status.map { [429, 502, 503, 504].contains($0) } ?? false
        default: false
        }
    }

    /// The same failure after a number of attempts.
    func after(attempts: Int) -> UpstreamError {
        UpstreamError(
            code, CallTarget(service: service, operation: operation), attempts: attempts, status: status,
            problem: problem, retryAfter: retryAfter, underlying: underlying)
    }
}

extension UpstreamError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Code, service, operation, status and the problem's word.
    package var description: String {
        var text = "UpstreamError(\(code), service: \(service.rawValue), operation: \(operation), attempts: \(attempts)"
        if let status { text += ", status: \(status)" }
        if let problem { text += ", problem: \(problem.code.word)" }
        return text + ")"
    }

    /// Everything known.
    package var debugDescription: String {
        var text = description
        if let problem { text += " \(problem.detail)" }
        if let underlying { text += " because of \(String(reflecting: underlying))" }
        return text
    }
}

/// What is called, for errors and metrics.
struct CallTarget: Sendable {
    let service: ServiceName
    let operation: String
}
