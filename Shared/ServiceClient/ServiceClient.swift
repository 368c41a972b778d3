package import AsyncHTTPClient
import Metrics
package import Models
import Synchronization

/// Calls the operations of other services, typed by their declarations.
///
/// A call has one deadline for all its attempts. It is repeated only when that cannot do its effect twice: reads and
/// deletes, and whatever carries an idempotency key, which writes always do where the operation takes one. Repeats are
/// bounded by ``RetryPolicy`` and by a ``RetryBudget`` for each service; a ``CircuitBreaker`` for each service keeps
/// callers from one that fails.
package struct ServiceClient: Sendable {
    /// Gives the token that the service presents when it calls for itself; it is asked for every attempt, and keeps
    /// tokens as long as they last.
    package typealias TokenProvider = @Sendable (ServiceName) async throws -> String?

    let http: HTTPClient
    let configuration: ServiceClientConfiguration
    let token: TokenProvider
    let time: CallTime
    private let guards: [ServiceName: UpstreamGuard]

    /// Takes the parts.
    ///
    /// - Parameters:
    ///   - http: The client of connections; the caller shuts it down.
    ///   - configuration: Addresses and limits.
    ///   - time: Clock, sleep and chance, which tests replace.
    ///   - token: The service's own token.
    package init(
        http: HTTPClient, configuration: ServiceClientConfiguration, time: CallTime = CallTime(),
        token: @escaping TokenProvider
    ) {
        self.http = http
        self.configuration = configuration
        self.time = time
        self.token = token
        guards = configuration.replicas.mapValues { _ in UpstreamGuard() }
    }

    /// Calls an operation.
    ///
    /// - Throws: ``UpstreamError``; code `problem` with the service's own problem when it answered.
    package func call<Output>(
        _ service: ServiceName, _ request: @autoclosure () throws -> EndpointRequest<Output>, in context: CallContext,
        _ options: CallOptions = CallOptions()
    ) async throws(UpstreamError) -> UpstreamAnswer<Output> {
        let prepared: EndpointRequest<Output>
        do {
            prepared = try request()
        } catch {
            throw UpstreamError(.notSent, CallTarget(service: service, operation: "unwritten"), underlying: error)
        }
        let target = CallTarget(service: service, operation: prepared.contract.id)
        guard let replicas = configuration.replicas[service], let upstream = guards[service] else {
            throw UpstreamError(.notSent, target)
        }
        let attempt = CallAttempt(
            client: self, target: target, replicas: replicas, request: prepared, context: context, options: options,
            end: time.now() + (options.deadline ?? configuration.deadline))
        return try await repeating(attempt, upstream)
    }

    private func repeating<Output>(
        _ attempt: CallAttempt<Output>, _ upstream: UpstreamGuard
    ) async throws(UpstreamError) -> UpstreamAnswer<Output> {
        upstream.budget.withLock { $0.earn() }
        var sent = 0
        while true {
            let failure: UpstreamError
            do throws(UpstreamError) {
                return try await guarded(attempt, upstream, &sent)
            } catch {
                failure = error.after(attempts: sent)
            }
            let delay = configuration.retry.delay(after: sent, share: time.chance(), asked: failure.retryAfter)
            guard attempt.isRepeatable, failure.isWorthRepeating, let delay, time.now() + delay < attempt.end,
                upstream.budget.withLock({ $0.spend() })
            else { throw failure }
            do {
                try await time.sleep(delay)
            } catch {
                throw failure
            }
        }
    }

    private func guarded<Output>(
        _ attempt: CallAttempt<Output>, _ upstream: UpstreamGuard, _ sent: inout Int
    ) async throws(UpstreamError) -> UpstreamAnswer<Output> {
        if let pause = upstream.breaker.withLock({ $0.refusal(at: time.now()) }) {
            count(attempt.target, "refused")
            throw UpstreamError(.circuitOpen, attempt.target, retryAfter: pause)
        }
        do throws(UpstreamError) {
            sent += 1
            let answer = try await attempt.send()
            upstream.breaker.withLock { $0.record(.success, at: time.now()) }
            count(attempt.target, "ok")
            return answer
        } catch {
            let outcome: CircuitBreaker.Outcome =
                switch error.code {
                case .cancelled, .notSent: .abandoned
                default: error.isFailureOfService ? .failure : .success
                }
            upstream.breaker.withLock { $0.record(outcome, at: time.now()) }
            count(attempt.target, error.status.map { "status_\($0)" } ?? error.code.description)
            throw error
        }
    }

    private func count(_ target: CallTarget, _ outcome: String) {
        Counter(
            label: "upstream_attempts_total",
            dimensions: [("service", target.service.rawValue), ("operation", target.operation), ("outcome", outcome)]
        ).increment()
    }
}

/// What is known of one service by all calls to it.
private final class UpstreamGuard: Sendable {
    let breaker = Mutex(CircuitBreaker())
    let budget = Mutex(RetryBudget())
}

/// Time and chance as calls use them.
package struct CallTime: Sendable {
    let now: @Sendable () -> ContinuousClock.Instant
    let sleep: @Sendable (Duration) async throws -> Void
    let chance: @Sendable () -> Double

    /// The system's, unless a test says otherwise.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        chance: @escaping @Sendable () -> Double = { Double.random(in: 0...1) }
    ) {
        self.now = now
        self.sleep = sleep
        self.chance = chance
    }
}
