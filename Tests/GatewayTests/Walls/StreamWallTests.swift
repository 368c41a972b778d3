import AsyncHTTPClient
import Hummingbird
import Models
import Postgres
import ServiceClient
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("Walls of the live stream", .scratchDatabase(.core), .timeLimit(.minutes(1)))
struct StreamWallTests {
    private let acme = ID<Workspace>.make(at: .now)
    private let bolt = ID<Workspace>.make(at: .now)

    @Test("S-1: of two workspaces with readers each is sent its own changes and nothing else")
    func keepsWorkspacesApart() async throws {
        let (acme, bolt) = (acme, bolt)
        try await StreamRoom.open { room in
            let (one, other) = (try await room.reader(of: acme), try await room.reader(of: bolt))
            var expected: [ID<Workspace>: [String]] = [:]
            var last = try await room.change("team", in: acme)
            expected[acme, default: []].append(last.description)
            for number in 0..<20 {
                let place = number % 2 == 0 ? bolt : acme
                last = try await room.change("team", in: place)
                expected[place, default: []].append(last.description)
            }
            // The last of each comes after all that could have been sent wrongly.
            let (end, otherEnd) = (try await room.change("team", in: acme), try await room.change("team", in: bolt))
            var (taken, otherTaken) = (StreamTaking(), StreamTaking())
            await taken.take(from: one, until: end)
            await otherTaken.take(from: other, until: otherEnd)
            #expect(taken.subjects == (expected[acme] ?? []) + [end.description])
            #expect(otherTaken.subjects == (expected[bolt] ?? []) + [otherEnd.description])
            room.hub.remove(one)
            room.hub.remove(other)
        }
    }

    @Test("S-1: who continues from Last-Event-ID is sent what it missed, but nothing of others or that it may not read")
    func replaysItsOwn() async throws {
        let (acme, bolt) = (acme, bolt)
        try await StreamRoom.open { room in
            let first = try await room.reader(of: acme)
            let known = try await room.change("team", in: acme)
            var before = StreamTaking()
            await before.take(from: first, until: known)
            room.hub.remove(first)
            let missed = try await room.change("individual", in: acme)
            for _ in 0..<5 {
                try await room.change("team", in: bolt)
                try await room.change("ticket", in: acme)
                try await room.change("nobody_knows", in: acme)
            }
            let last = try await room.change("team", in: acme)
            let again = try await room.reader(of: acme, after: before.lastID)
            var after = StreamTaking()
            await after.take(from: again, until: last)
            #expect(after.subjects == [missed.description, last.description])
            #expect(!after.events.contains("reset"))
            // Another workspace's place says nothing about it.
            let foreign = try await room.reader(of: bolt, after: before.lastID)
            let theirs = try await room.change("team", in: bolt)
            var taken = StreamTaking()
            await taken.take(from: foreign, until: theirs)
            #expect(!taken.subjects.contains(missed.description) && !taken.subjects.contains(last.description))
            for stream in [again, foreign] { room.hub.remove(stream) }
        }
    }

    @Test("S-1: a credential that identity refuses at its renewal ends its streams; one that may less is sent less")
    func renews() async throws {
        let acme = acme
        let peer = Peer { request, _ in
            let body = String(buffer: try await request.body.collect(upTo: 1_000))
            return body.contains("cbk_2") ? try Peer.issued("t") : Response(status: .unauthorized)
        }
        try await peer.listening { baseURL in
            try await StreamRoom.open { room in
                let less = Principal.sample(workspace: acme, permissions: [.workspaceRead], credentialID: "c2")
                let renewal = StreamRenewal(
                    hub: room.hub, exchange: Self.exchange(baseURL, less), clock: .system, limits: EventLimits())
                let ended = try await room.reader(of: acme, credential: "cbk_1")
                let kept = try await room.reader(of: acme, credential: "cbk_2", credentialID: "c2")
                let bare = try await room.reader(
                    of: acme, credential: nil, credentialID: "c3", expiresAt: Timestamp.now.adding(.seconds(-1)))
                await renewal.turn(at: .now + .seconds(61))
                for stream in [ended, bare] {
                    var taken = StreamTaking()
                    await taken.take(from: stream, until: nil)
                    #expect(taken.events == ["end"])
                }
                try await room.change("individual", in: acme)
                let seen = try await room.change("team", in: acme)
                var taken = StreamTaking()
                await taken.take(from: kept, until: seen)
                #expect(taken.subjects == [seen.description])
                room.hub.remove(kept)
            }
        }
    }

    @Test("a revocation that is heard ends the credential's streams, its kept token and every token of it (S-17)")
    func hearsRevocations() async throws {
        let acme = acme
        try await Peer { _, count in try Peer.issued("t\(count)") }.listening { baseURL in
            try await StreamRoom.open { room in
                let signer = TokenSigner()
                let verifier = signer.verifier()
                let principal = Principal.sample(workspace: acme, credentialID: "c1")
                let exchange = Self.exchange(baseURL, principal)
                let watch = RevocationWatch(
                    database: room.database, verifier: verifier, exchange: exchange, hub: room.hub)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await watch.run() }
                    defer { group.cancelAll() }
                    let token = try await signer.token(for: principal)
                    let (stream, other) = (
                        try await room.reader(of: acme), try await room.reader(of: acme, credentialID: "c2")
                    )
                    let asked = Exchange([:], now: .now)
                    try await eventually("the watch hears") {
                        _ = try? await verifier.verify(token)
                        let first = try await exchange.admission(for: "cbk_1", asked).token
                        _ = try await room.writer.write(
                            in: .none, "SELECT pg_notify('casebook_revoked', 'c1')::text AS told")
                        let second = try await exchange.admission(for: "cbk_1", asked).token
                        return first != second
                    }
                    try await eventually("the token is refused") {
                        (try? await verifier.verify(token)) == nil
                    }
                    var taken = StreamTaking()
                    await taken.take(from: stream, until: nil)
                    #expect(taken.events == ["end"])
                    #expect(room.hub.streams.contains { $0 === other })
                    for stream in [stream, other] { room.hub.remove(stream) }
                }
            }
        }
    }

    private static func exchange(_ baseURL: String, _ principal: Principal) -> CredentialExchange {
        CredentialExchange(
            issuer: TokenIssuer(
                client: ServiceClient(
                    http: HTTPClient.shared,
                    configuration: ServiceClientConfiguration(addresses: [.identity: baseURL]), token: { _ in nil })),
            reader: PrincipalReader(
                limits: RequestLimits(quotas: LimitQuotas(), limiter: RateLimiter(windowSeconds: 10)),
                principal: { _ in principal }), clock: .system)
    }
}
