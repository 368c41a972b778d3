import Models
import ServiceKit
import ServiceLifecycle

/// Trades the credentials of open streams anew, so that a stream outlives neither its credential nor what that allows.
struct StreamRenewal: Service {
    /// How many credentials are traded at once.
    static let width = 16

    let hub: EventHub
    let exchange: CredentialExchange
    let clock: ServiceClock
    let limits: EventLimits

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(1))) != nil { await turn(at: .now) }
        }
    }

    /// Looks at all streams once, and renews what is due.
    func turn(at instant: ContinuousClock.Instant) async {
        let now = clock.now()
        var due: [EventStream] = []
        for stream in hub.streams {
            let reader = stream.reader
            if reader.credential == nil {
                // A token that came as it is cannot be had anew.
                if reader.principal.expiresAt <= now { stream.end(.credential) }
            } else if stream.beginRenewing(at: instant, after: limits.authorise) {
                due.append(stream)
            }
        }
        let streams = due
        await withDiscardingTaskGroup { group in
            for lane in 0..<min(Self.width, streams.count) {
                group.addTask {
                    for index in stride(from: lane, to: streams.count, by: Self.width) {
                        await renew(streams[index], at: instant)
                    }
                }
            }
        }
    }

    private func renew(_ stream: EventStream, at instant: ContinuousClock.Instant) async {
        let reader = stream.reader
        guard let credential = reader.credential else { return }
        do {
            let admission = try await exchange.admission(for: credential, Exchange.ownWork(at: clock.now()))
            guard admission.principal.permissions.contains(.workspaceRead) else { return stream.end(.credential) }
            stream.renewed(with: admission.principal, at: instant)
        } catch let problem as Problem where problem.code.status < 500 {
            stream.end(.credential)
        } catch {
            // Identity is away: the stream is believed as long again as a credential is, and no longer.
            if instant >= reader.authorisedAt + limits.authorise * 2 { return stream.end(.credential) }
            stream.notRenewed()
        }
    }
}
