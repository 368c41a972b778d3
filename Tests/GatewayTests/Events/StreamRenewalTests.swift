import AsyncHTTPClient
import HTTPTypes
import Hummingbird
import Models
import NIOCore
import ServiceClient
import Synchronization
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

/// An open stream is believed as long as its credential is, and no longer.
@Suite("Credentials of open streams", .scratchDatabase(.core))
struct StreamRenewalTests {
    private let workspace = ID<Workspace>.make(at: .now)
    private let later = ContinuousClock.now + .seconds(61)

    /// A turn of renewal at an identity that answers as it is told, 31 s after the last exchange.
    private func renewal(_ hub: EventHub, _ identity: String, allowing: Set<Permission>) -> StreamRenewal {
        let clock = ServiceClock { Timestamp.now.adding(.seconds(31)) }
        let workspace = workspace
        let reader = PrincipalReader(
            limits: RequestLimits(quotas: LimitQuotas(), limiter: RateLimiter(windowSeconds: 10)),
            principal: { _ in .sample(workspace: workspace, permissions: allowing, credentialID: "c1") })
        let issuer = TokenIssuer(
            client: ServiceClient(
                http: HTTPClient.shared, configuration: ServiceClientConfiguration(addresses: [.identity: identity]),
                token: { _ in nil }))
        return StreamRenewal(
            hub: hub, exchange: CredentialExchange(issuer: issuer, reader: reader, clock: clock), clock: clock,
            limits: EventLimits())
    }

    private func principal(
        _ permissions: Set<Permission>, until end: Timestamp = Timestamp.now.adding(.seconds(60))
    ) -> Principal {
        .sample(workspace: workspace, permissions: permissions, credentialID: "c1", expiresAt: end)
    }

    /// Why a stream has ended; those that have not are drained.
    private func endings(of stream: EventStream, in hub: EventHub) async -> [String] {
        hub.drain()
        var received = Received()
        for await frame in stream.frames { received.take(frame) }
        return received.reasons
    }

    @Test("after a minute the credential is traded anew, once, and from then on the reader sees what it allows now")
    func renews() async throws {
        let peer = Peer { _, count in try Peer.issued("t\(count)") }
        try await LiveHub.running { hub, _ in
            let stream = LiveHub.stream(of: principal([.workspaceRead, .ticketsRead]))
            try await hub.add(stream, after: nil)
            try await peer.listening { identity in
                let renewal = renewal(hub, identity, allowing: [.workspaceRead, .customersRead])
                await renewal.turn(at: .now)
                #expect(peer.requests.isEmpty)
                await renewal.turn(at: later)
                await renewal.turn(at: later)
                #expect(peer.requests.count == 1)
            }
            #expect(!stream.reader.kinds.sees("ticket") && stream.reader.kinds.sees("individual"))
            hub.distrustAll()
            #expect(stream.beginRenewing(at: later, after: .seconds(60)))
            hub.remove(stream)
        }
    }

    @Test("a credential that is refused, or may not read the workspace any more, ends its stream and says so")
    func refuses() async throws {
        let refusal = Peer { _, _ in Response(status: .unauthorized) }
        let issuer = Peer { _, _ in try Peer.issued("t") }
        let cases: [(Peer, Set<Permission>)] = [(refusal, [.workspaceRead]), (issuer, [])]
        for (peer, allowing) in cases {
            try await LiveHub.running { hub, _ in
                let stream = LiveHub.stream(of: principal([.workspaceRead]))
                try await hub.add(stream, after: nil)
                try await peer.listening { identity in
                    await renewal(hub, identity, allowing: allowing).turn(at: later)
                }
                #expect(await endings(of: stream, in: hub) == ["credential"])
                hub.remove(stream)
            }
        }
    }

    @Test("while identity is away a stream is believed a minute longer, then it ends")
    func outlasts() async throws {
        try await LiveHub.running { hub, _ in
            let stream = LiveHub.stream(of: principal([.workspaceRead]))
            try await hub.add(stream, after: nil)
            let renewal = renewal(hub, "http://127.0.0.1:1", allowing: [.workspaceRead])
            await renewal.turn(at: later)
            #expect(stream.beginRenewing(at: later, after: .seconds(60)))
            stream.notRenewed()
            await renewal.turn(at: later + .seconds(60))
            #expect(await endings(of: stream, in: hub) == ["credential"])
            hub.remove(stream)
        }
    }

    @Test("a stream that a token opened ends with the token")
    func endsWithToken() async throws {
        try await LiveHub.running { hub, _ in
            let ended = principal([.workspaceRead], until: Timestamp.now.adding(.seconds(30)))
            let stream = LiveHub.stream(of: ended, credential: nil)
            try await hub.add(stream, after: nil)
            await renewal(hub, "http://127.0.0.1:1", allowing: []).turn(at: .now)
            #expect(await endings(of: stream, in: hub) == ["credential"])
            hub.remove(stream)
        }
    }
}
