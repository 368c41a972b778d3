import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Availability", .scratchDatabase(.identity))
struct AvailabilityTests {
    private static let mine = "/v1/users/me/availability"

    @Test("a person sets their own status; who never did is online, at version 1, without a limit (3.5)")
    func ownStatus() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let fresh = try await identity.send(.get, Self.mine, as: agent.token)
            let before = try WireJSON.decode(Availability.self, from: fresh.bytes)
            #expect(before.status == .online && before.effectiveStatus == .online && before.version == 1)
            #expect(before.holiday == nil && before.ticketLimit == nil)
            #expect(fresh.header("ETag") == nil)
            for (number, status) in AgentStatus.allCases.reversed().enumerated() {
                let changed = try await identity.send(
                    .patch, Self.mine, as: agent.token, #"{"status": "\#(status.rawValue)"}"#,
                    ["If-Match": "\"\(number + 1)\""])
                #expect(changed.json["effective_status"]?.text == status.rawValue, "\(changed.text)")
                #expect(changed.header("ETag") == "\"\(number + 2)\"")
            }
            let same = try await identity.send(.patch, Self.mine, as: agent.token, #"{"status": "online"}"#)
            #expect(same.json["version"]?.whole == 5)
            let stale = try await identity.send(
                .patch, Self.mine, as: agent.token, #"{"status": "away"}"#, ["If-Match": "\"4\""])
            #expect(stale.status == 412)
            #expect(stale.json["version"]?.whole == 5)
            let entries = try await identity.activity(of: agent.id, in: acme, kind: "availability")
            #expect(entries.count == 4)
            #expect(entries.first == #"updated {"status": {"to": "offline", "from": "online"}}"#)
            let person = try await identity.send(.get, "/v1/users/\(agent.id)", as: agent.token)
            #expect(person.header("ETag") == "\"1\"")
        }
    }

    @Test("a manager sets another's status and limit, an agent neither, nor their own limit (S-4, 3.5)")
    func others() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let manager = try await identity.addUser(.manager, to: acme)
            let path = "/v1/users/\(agent.id)/availability"
            let body = #"{"status": "offline", "ticket_limit": 7}"#
            let set = try await identity.send(.patch, path, as: manager.token, body)
            #expect(set.json["ticket_limit"]?.whole == 7)
            #expect(try await identity.send(.patch, path, as: agent.token, body).status == 403)
            let own = try await identity.send(.patch, Self.mine, as: agent.token, #"{"ticket_limit": 0}"#)
            #expect(own.status == 422)
            #expect(own.pointers == ["/ticket_limit"])
            let shown = try await identity.send(.get, path, as: agent.token)
            #expect(shown.json["status"]?.text == "offline")
            let lifted = try await identity.send(.patch, path, as: manager.token, #"{"ticket_limit": null}"#)
            #expect(lifted.json["ticket_limit"] == .null)
            for limit in ["-1", "1001", "1.5", "\"7\""] {
                let answer = try await identity.send(.patch, path, as: manager.token, #"{"ticket_limit": \#(limit)}"#)
                #expect(answer.status == 422)
                #expect(answer.pointers == ["/ticket_limit"])
            }
        }
    }

    @Test("a holiday begins and ends by itself, and the chosen status holds outside of it (3.5)")
    func holiday() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let substitute = try await identity.addUser(.agent, to: acme)
            let agent = try await identity.addUser(.agent, to: acme)
            let (from, until) = (identity.clock.now.adding(.seconds(100)), identity.clock.now.adding(.seconds(200)))
            let planned = try await identity.send(
                .patch, Self.mine, as: agent.token,
                """
                {"status": "away", "holiday": {"from": "\(from)", "until": "\(until)",
                "substitute_id": "\(substitute.id)"}}
                """)
            #expect(planned.json["effective_status"]?.text == "away", "\(planned.text)")
            #expect(planned.json["effective_substitute_id"] == .null)
            identity.clock.set(from)
            #expect(try await identity.now(agent) == "holiday \(substitute.id)")
            identity.clock.set(Timestamp(microseconds: until.microseconds - 1))
            #expect(try await identity.now(agent) == "holiday \(substitute.id)")
            identity.clock.set(until)
            #expect(try await identity.now(agent) == "away -")
            let over = try await identity.send(
                .patch, Self.mine, as: try await identity.token(agent.session.credential), #"{"status": "online"}"#)
            #expect(over.json["holiday"]?["until"]?.text == "\(until)")
            let begun = try await identity.send(
                .patch, Self.mine, as: try await identity.token(agent.session.credential), #"{"holiday": {}}"#)
            #expect(begun.json["holiday"]?["from"]?.text == "\(until)")
            #expect(begun.json["holiday"]?["until"] == .null)
            #expect(try await identity.now(agent) == "holiday -")
            _ = try await identity.send(
                .patch, Self.mine, as: try await identity.token(agent.session.credential), #"{"holiday": null}"#)
            #expect(try await identity.now(agent) == "online -")
            #expect(try await identity.activity(of: agent.id, in: acme, kind: "availability").count == 4)
        }
    }

    @Test("whoever stands in is followed on while they are on holiday too, and nobody does who was deactivated (3.5)")
    func chains() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            var people: [TestPerson] = []
            for _ in 0..<4 { people.append(try await identity.addUser(.agent, to: acme)) }
            for (person, next) in zip(people, people.dropFirst()).dropLast() {
                let answer = try await identity.plan(person, substitute: next.id)
                #expect(answer.status == 200)
                #expect(answer.json["effective_substitute_id"]?.text == next.id)
            }
            #expect(try await identity.now(people[0]) == "holiday \(people[2].id)")
            _ = try await identity.plan(people[2], substitute: people[3].id)
            #expect(try await identity.now(people[0]) == "holiday \(people[3].id)")
            #expect(try await identity.now(people[1]) == "holiday \(people[3].id)")
            _ = try await identity.send(
                .patch, "/v1/users/\(people[1].id)", as: acme.administrator.token, #"{"is_active": false}"#)
            #expect(try await identity.now(people[0]) == "holiday -")
            #expect(try await identity.now(people[2]) == "holiday \(people[3].id)")
            let gone = try await identity.send(
                .get, "/v1/users/\(people[1].id)/availability", as: acme.administrator.token)
            #expect(gone.json["effective_status"]?.text == "offline")
            _ = try await identity.plan(people[2], substitute: nil)
            #expect(try await identity.now(people[2]) == "holiday -")
        }
    }

    @Test("a substitute is somebody else who works in the workspace; each wrong field is named (S-3, 3.5)")
    func wrongFields() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace("acme")
            let bolt = try await identity.makeWorkspace("bolt")
            let agent = try await identity.addUser(.agent, to: acme)
            let former = try await identity.addUser(.agent, to: acme)
            _ = try await identity.send(
                .patch, "/v1/users/\(former.id)", as: acme.administrator.token, #"{"is_active": false}"#)
            let now = identity.clock.now
            let (past, longAgo) = (now.adding(.seconds(-5)), now.adding(.seconds(-14)))
            let before = try Rows.everything()
            for (holiday, pointers) in [
                (#"{"substitute_id": "\#(bolt.administrator.id)"}"#, ["/holiday/substitute_id"]),
                (#"{"substitute_id": "\#(former.id)"}"#, ["/holiday/substitute_id"]),
                (#"{"substitute_id": "\#(ID<User>.make(at: now))"}"#, ["/holiday/substitute_id"]),
                (
                    #"{"substitute_id": "\#(agent.id)", "until": "\#(past)"}"#,
                    ["/holiday/until", "/holiday/substitute_id"]
                ),
                (
                    #"{"from": "\#(longAgo)", "until": "\#(past)", "substitute_id": "\#(former.id)"}"#,
                    ["/holiday/until", "/holiday/substitute_id"]
                ),
                (#"{"until": "\#(now)"}"#, ["/holiday/until"]),
                (#"{"from": "tomorrow", "until": 5}"#, ["/holiday/from", "/holiday/until"]),
                (#"{"to": "\#(now)"}"#, ["/holiday/to"]),
            ] {
                let answer = try await identity.send(.patch, Self.mine, as: agent.token, #"{"holiday": \#(holiday)}"#)
                #expect(answer.status == 422, "\(holiday)")
                #expect(answer.pointers == pointers, "\(holiday)")
            }
            let status = try await identity.send(.patch, Self.mine, as: agent.token, #"{"status": "holiday"}"#)
            #expect(status.pointers == ["/status"])
            #expect(try Rows.everything() == before)
        }
    }

    @Test("of people who make each other their substitutes at the same moment one is refused: no circle is left (3.5)")
    func circles() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            var people: [TestPerson] = []
            for _ in 0..<4 { people.append(try await identity.addUser(.agent, to: acme)) }
            for _ in 0..<6 {
                for person in people { _ = try await identity.plan(person, substitute: nil) }
                let ring = people.indices.map { (people[$0], people[($0 + 1) % people.count].id) }
                let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
                    for (person, next) in ring {
                        group.addTask { try await identity.plan(person, substitute: next) }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.filter { $0.status == 200 }.count == 3)
                let refused = answers.filter { $0.status == 422 }
                #expect(refused.map(\.pointers) == [["/holiday/substitute_id"]])
                let substituted = try await identity.count(
                    "identity.agent_availability", in: acme,
                    where: "effective_status = 'holiday' AND substitute_id IS NOT NULL")
                #expect(substituted == 3)
            }
        }
    }

    @Test("two people stand in for each other at different times, and holidays that meet are refused (3.5)")
    func turns() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let ada = try await identity.addUser(.agent, to: acme)
            let bo = try await identity.addUser(.agent, to: acme)
            func day(_ number: Int64) -> Timestamp { identity.clock.now.adding(.seconds(number * 86_400)) }
            let first = try await identity.plan(ada, substitute: bo.id, from: day(1), until: day(8))
            #expect(first.status == 200)
            let meeting = try await identity.plan(bo, substitute: ada.id, from: day(7), until: day(9))
            #expect(meeting.status == 422)
            let later = try await identity.plan(bo, substitute: ada.id, from: day(8), until: day(9))
            #expect(later.status == 200)
            let longer = try await identity.plan(ada, substitute: bo.id, from: day(1), until: nil)
            #expect(longer.status == 422)
        }
    }

    @Test("a repeated change is answered as before, and happened once (R-1)")
    func repeated() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let agent = try await identity.addUser(.agent, to: acme)
            let key = ["Idempotency-Key": "one", "If-Match": "\"1\""]
            let body = #"{"status": "away", "holiday": {}}"#
            let first = try await identity.send(.patch, Self.mine, as: agent.token, body, key)
            let second = try await identity.send(.patch, Self.mine, as: agent.token, body, key)
            #expect(first.status == 200)
            #expect(second.bytes == first.bytes && second.header("Idempotent-Replayed") == "true")
            #expect(try await identity.activity(of: agent.id, in: acme, kind: "availability").count == 1)
        }
    }

    @Test("the active people are listed by what holds at this moment, in pages, and a word that is none is 400 (3.5)")
    func list() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let token = acme.administrator.token
            var people: [TestPerson] = []
            for _ in 0..<3 { people.append(try await identity.addUser(.agent, to: acme)) }
            _ = try await identity.plan(people[0], substitute: people[1].id)
            _ = try await identity.send(.patch, Self.mine, as: people[1].token, #"{"status": "away"}"#)
            _ = try await identity.send(.patch, "/v1/users/\(people[2].id)", as: token, #"{"is_active": false}"#)
            func ids(_ query: String, from cursor: String = "") async throws -> [String] {
                let page = try await identity.send(.get, "/v1/users/availability?\(query)\(cursor)", as: token)
                #expect(page.status == 200, "\(page.text)")
                let decoded = try WireJSON.decode(Page<Availability>.self, from: page.bytes)
                guard let cursor = decoded.nextCursor else { return decoded.items.map(\.userID.description) }
                return try await decoded.items.map(\.userID.description) + ids(query, from: "&cursor=\(cursor)")
            }
            let all = [acme.administrator.id, people[0].id, people[1].id].sorted()
            #expect(try await ids("limit=1") == all)
            #expect(try await ids("effective_status=holiday,away&limit=1") == [people[0].id, people[1].id].sorted())
            #expect(try await ids("effective_status=online") == [acme.administrator.id])
            let wrong = try await identity.send(.get, "/v1/users/availability?effective_status=busy", as: token)
            #expect(wrong.status == 400)
            #expect(wrong.pointers == ["effective_status"])
        }
    }
}

extension IdentityUnderTest {
    /// Plans a holiday of the caller's own: from now, and without an end, unless told otherwise.
    func plan(
        _ person: TestPerson, substitute: String?, from: Timestamp? = nil, until: Timestamp? = nil
    ) async throws -> TestAnswer {
        let members = [
            substitute.map { #""substitute_id": "\#($0)""# }, from.map { #""from": "\#($0)""# },
            until.map { #""until": "\#($0)""# },
        ].compactMap(\.self).joined(separator: ", ")
        return try await send(.patch, "/v1/users/me/availability", as: person.token, #"{"holiday": {\#(members)}}"#)
    }

    /// Somebody's effective status and substitute, as they read it themselves.
    func now(_ person: TestPerson) async throws -> String {
        let answer = try await send(
            .get, "/v1/users/me/availability", as: try await token(person.session.credential))
        let status = answer.json["effective_status"]?.text ?? answer.text
        return "\(status) \(answer.json["effective_substitute_id"]?.text ?? "-")"
    }
}
