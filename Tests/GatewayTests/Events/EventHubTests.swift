import FoundationEssentials
import Models
import NIOCore
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Gateway

@Suite("The live stream", .scratchDatabase(.core))
struct EventHubTests {
    private let workspace = ID<Workspace>.make(at: .now)

    private func insertion(_ kind: String, _ subject: ID<ChangeNotice>, in workspace: ID<Workspace>) -> SQL {
        """
        INSERT INTO core.activity (
            workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_service, request_id,
            occurred_at)
        VALUES (
            \(workspace), \(ID<ChangeNotice>.make(at: .now)), \(kind), \(subject), 1, 'updated', 'service', 'identity',
            'request', now())
        """
    }

    private func withHub(
        _ limits: EventLimits = EventLimits(), _ body: @escaping @Sendable (EventHub, Database) async throws -> Void
    ) async throws {
        try await LiveHub.running(limits, body)
    }

    private func stream(
        _ permissions: Set<Permission> = [.workspaceRead, .customersRead, .ticketsRead], in workspace: ID<Workspace>,
        credentialID: String = "c1"
    ) -> EventStream {
        LiveHub.stream(of: .sample(workspace: workspace, permissions: permissions, credentialID: credentialID))
    }

    @Test("every change reaches a reader exactly once, whatever the order of commits, over many reconnects")
    func exactlyOnce() async throws {
        let workspace = workspace
        try await withHub { hub, writer in
            let subjects = (0..<160).map { _ in ID<ChangeNotice>.make(at: .now) }
            let first = stream(in: workspace)
            try await hub.add(first, after: nil)
            async let written: Void = withThrowingDiscardingTaskGroup { group in
                for lane in 0..<8 {
                    group.addTask {
                        for subject in subjects[(lane * 20)..<(lane * 20 + 20)] {
                            try await writer.transaction(in: .workspace(workspace)) { transaction in
                                _ = try await transaction.query(insertion("ticket", subject, in: workspace))
                                // Others commit in between.
                                _ = try await transaction.query(
                                    "SELECT pg_sleep(\(Double.random(in: 0...0.02)))::text AS slept")
                            }
                        }
                    }
                }
            }
            var received = Received()
            var current = first
            var reconnects = 0
            while received.versions.count < subjects.count {
                for await frame in current.frames {
                    received.take(frame)
                    break
                }
                hub.remove(current)
                reconnects += 1
                current = stream(in: workspace)
                try await hub.add(current, after: received.lastID)
            }
            try await written
            #expect(received.versions.count == subjects.count)
            #expect(Set(received.versions) == Set(subjects.map(\.description)))
            #expect(reconnects >= 3)
            hub.remove(current)
        }
    }

    @Test("what is sent of a change is its kind, id and version, and nothing else")
    func frames() async throws {
        let workspace = workspace
        try await withHub { hub, writer in
            let reader = stream(in: workspace)
            try await hub.add(reader, after: nil)
            let subject = ID<ChangeNotice>.make(at: .now)
            _ = try await writer.write(in: .workspace(workspace), insertion("ticket", subject, in: workspace))
            var text = ""
            for await frame in reader.frames {
                text += String(buffer: frame)
                if text.contains("event: change") { break }
            }
            let data = text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
            #expect(data == ["data: {\"kind\":\"ticket\",\"id\":\"\(subject)\",\"version\":1}"])
            hub.remove(reader)
        }
    }

    @Test("R-10: a quiet stream gives a sign of life that says how far it has come, and no more often than it should")
    func heartbeat() async throws {
        let workspace = workspace
        let interval = Duration.seconds(2)
        var limits = EventLimits()
        limits.heartbeat = interval
        try await withHub(limits) { hub, writer in
            let reader = stream(in: workspace)
            let start = reader.reader.authorisedAt
            try await hub.add(reader, after: nil)
            var frames = reader.frames.makeAsyncIterator()
            var received = Received()
            if let frame = await frames.next() { received.take(frame) }
            let opening = received.lastID
            // What happens elsewhere moves the stream on, and nobody here hears of it.
            let elsewhere = ID<Workspace>.make(at: .now)
            _ = try await writer.write(in: .workspace(elsewhere), insertion("ticket", .make(at: .now), in: elsewhere))
            let beat = try #require(await frames.next())
            let text = String(buffer: beat)
            received.take(beat)
            #expect(text == "id: \(received.lastID ?? "")\n\n" && received.lastID != opening)
            #expect(ContinuousClock.now - start >= interval)
            hub.remove(reader)
            // Who comes back to it has missed nothing, and is sent what follows.
            let next = stream(in: workspace)
            try await hub.add(next, after: received.lastID)
            let subject = ID<ChangeNotice>.make(at: .now)
            _ = try await writer.write(in: .workspace(workspace), insertion("ticket", subject, in: workspace))
            for await frame in next.frames {
                received.take(frame)
                if !received.versions.isEmpty { break }
            }
            #expect(received.versions == [subject.description] && !received.events.contains("reset"))
            hub.remove(next)
        }
    }

    @Test("a change is sent while an older transaction still runs, and that one's when it commits")
    func doesNotWaitForTheHorizon() async throws {
        let workspace = workspace
        try await withHub { hub, writer in
            let reader = stream(in: workspace)
            try await hub.add(reader, after: nil)
            let (late, early) = (ID<ChangeNotice>.make(at: .now), ID<ChangeNotice>.make(at: .now))
            var received = Received()
            var frames = reader.frames.makeAsyncIterator()
            try await writer.transaction(in: .workspace(workspace)) { transaction in
                _ = try await transaction.query(insertion("ticket", late, in: workspace))
                _ = try await writer.write(in: .workspace(workspace), insertion("ticket", early, in: workspace))
                while received.versions.isEmpty, let frame = await frames.next() { received.take(frame) }
                #expect(received.versions == [early.description])
            }
            while received.versions.count < 2, let frame = await frames.next() { received.take(frame) }
            #expect(received.versions == [early.description, late.description])
            hub.remove(reader)
        }
    }

    @Test("S-1: a reader is sent nothing of another workspace, and nothing that it may not read")
    func filters() async throws {
        let workspace = workspace
        try await withHub { hub, writer in
            let reader = stream([.workspaceRead, .customersRead], in: workspace)
            try await hub.add(reader, after: nil)
            let (foreign, own) = (ID<Workspace>.make(at: .now), ID<ChangeNotice>.make(at: .now))
            for (kind, subject, place) in [
                ("individual", ID<ChangeNotice>.make(at: .now), foreign), ("ticket", .make(at: .now), workspace),
                ("unheard_of", .make(at: .now), workspace), ("individual", own, workspace),
            ] {
                _ = try await writer.write(in: .workspace(place), insertion(kind, subject, in: place))
            }
            var received = Received()
            for await frame in reader.frames {
                received.take(frame)
                if !received.versions.isEmpty { break }
            }
            #expect(received.versions == [own.description])
            hub.remove(reader)
        }
    }

    @Test("an id that is not ours, or of a future that never came, is answered by reset, and the stream goes on")
    func resets() async throws {
        let workspace = workspace
        try await withHub { hub, writer in
            for id in ["nonsense", StreamPlace(point: .before(UInt64.max / 2)).eventID] {
                let reader = stream(in: workspace)
                try await hub.add(reader, after: id)
                let subject = ID<ChangeNotice>.make(at: .now)
                _ = try await writer.write(in: .workspace(workspace), insertion("team", subject, in: workspace))
                var received = Received()
                for await frame in reader.frames {
                    received.take(frame)
                    if received.versions.contains(subject.description) { break }
                }
                #expect(received.events.first == "reset")
                hub.remove(reader)
            }
        }
    }

    @Test("a reader that takes nothing is cut off and told to come back; a drain sends all away and takes no more")
    func cutsOff() async throws {
        let workspace = workspace
        try await withHub { hub, writer in
            let slow = stream(in: workspace)
            try await hub.add(slow, after: nil)
            let limit = EventLimits.waitingFrames + 40
            for _ in 0..<limit {
                _ = try await writer.write(
                    in: .workspace(workspace), insertion("team", .make(at: .now), in: workspace))
                _ = await hub.look()
            }
            let count = await slow.frames.reduce(into: 0) { count, _ in count += 1 }
            #expect(count == EventLimits.waitingFrames)
            hub.remove(slow)
            let reader = stream(in: workspace)
            try await hub.add(reader, after: nil)
            hub.drain()
            var received = Received()
            for await frame in reader.frames { received.take(frame) }
            #expect(received.events.last == "end")
            let refused = await #expect(throws: Problem.self) { try await hub.add(stream(in: workspace), after: nil) }
            #expect(refused?.code == .unavailable)
        }
    }

    @Test("a revoked credential's streams end at once, and no credential has more streams than it may")
    func endsWithCredentials() async throws {
        let workspace = workspace
        var limits = EventLimits()
        limits.streamsPerPrincipal = 2
        try await withHub(limits) { hub, _ in
            let (one, two) = (stream(in: workspace), stream(in: workspace, credentialID: "c2"))
            try await hub.add(one, after: nil)
            try await hub.add(two, after: nil)
            try await hub.add(stream(in: workspace), after: nil)
            let refused = await #expect(throws: Problem.self) { try await hub.add(stream(in: workspace), after: nil) }
            #expect(refused?.code == .rateLimited)
            hub.revoke(credentialID: "c1")
            var received = Received()
            for await frame in one.frames { received.take(frame) }
            #expect(received.events == ["end"])
            var frames = two.frames.makeAsyncIterator()
            let opening = await frames.next()
            #expect(opening != nil)
            #expect(hub.count == 3)
        }
    }
}
