import Foundation
import HTTPTypes
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Values that are blanked", .scratchDatabase(.identity))
struct BlankingTests {
    @Test("blanking keeps both chains whole, and the check names what was blanked and the line that says so (S-21)")
    func whole() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let (line, entry) = try await Self.prepare(identity, acme)
            let before = try await identity.verification(acme)
            #expect(try Self.everythingOf([line, entry]).count { $0.contains("viewer") } == 2)
            let answer = try await identity.blank([entry, line], in: "acme")
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json["blanked"]?.whole == 2 && answer.json["blanked_before"]?.whole == 0)
            let trace = try #require(answer.json["blanked_by"]?.text)
            let after = try await identity.verification(acme)
            for (chain, id) in [("audit", line), ("activity", entry)] {
                #expect(before[chain]?["blanked_count"]?.whole == 0 && before[chain]?["blanked"]?.items == [])
                #expect(after[chain]?["faults"]?.items == [], "\(chain)")
                #expect(after[chain]?["blanked_count"]?.whole == 1)
                #expect(after[chain]?["blanked"]?.items.map { $0["id"]?.text } == [id])
                #expect(after[chain]?["blanked"]?.items.map { $0["blanked_by"]?.text } == [trace])
            }
            // No link was written anew: the one that is more says who asked.
            #expect(after["activity"]?["digest"] == before["activity"]?["digest"])
            #expect(after["audit"]?["links"]?.whole == (before["audit"]?["links"]?.whole ?? 0) + 1)
            let rest = try Self.everythingOf([line, entry])
            #expect(rest.count == 3 && !rest.contains { $0.contains("viewer") }, "\(rest)")
            let shown = try await identity.send(.get, "/v1/workspaces/current/audit", as: acme.administrator.token)
            let items = shown.json["items"]?.items ?? []
            #expect(items.first { $0["id"]?.text == line }?["blanked_by"]?.text == trace)
            #expect(items.first { $0["id"]?.text == line }?["detail"] == .object([]))
            let said = try #require(items.first { $0["id"]?.text == trace })
            #expect(said["event"]?.text == "values_blanked" && said["actor"]?["service"]?.text == "casebook")
            #expect(said["detail"]?["audit"]?.text == "1" && said["detail"]?["activity"]?.text == "1")
            #expect(said["request_id"]?.text == "security_audit.blank")
        }
    }

    @Test("a changed byte of what stays of a blanked line, or of its digests, is found at its place (S-21)")
    func lines() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let (line, entry) = try await Self.prepare(identity, acme)
            #expect(try await identity.blank([line, entry], in: "acme").status == 200)
            let place: SQL = "SELECT seq::text AS t FROM identity.audit WHERE id::text = \(line)"
            let seq = try await identity.texts(acme, place)[0]
            let seal = try identity.sealNumber(of: entry)
            let other = ID<AnyRecord>.make(at: .now)
            for change in [
                "event = 'signed_out'", "actor_kind = 'rule'", "actor_id = '\(other)'", "user_id = '\(other)'",
                "request_id = 'users.updatf'", "created_at = created_at + interval '1 microsecond'",
                Self.flipping("values_digest"), "blanked_by = '\(other)'", "blanked_by = id",
                // As if nothing had been blanked: the salt is gone for good.
                "values_digest = NULL, blanked_by = NULL, salt = decode(repeat('00', 32), 'hex')",
                "values_digest = NULL, blanked_by = NULL",
            ] {
                try await identity.tampering("UPDATE identity.audit SET \(change) WHERE id = '\(line)'") {
                    let lines = try await identity.faults(acme, "audit")
                    #expect(lines == ["\(seq) \(line) changed"], "\(change)")
                    let entries = try await identity.faults(acme, "activity")
                    #expect(entries == [], "\(change)")
                }
            }
            let digest = "UPDATE identity.audit SET \(Self.flipping("digest")) WHERE id = '\(line)'"
            try await identity.tampering(digest) {
                let lines = try await identity.faults(acme, "audit")
                #expect(lines.first == "\(seq) \(line) changed")
            }
            let trace = try await identity.lineIDs(acme, "values_blanked")
            try await identity.tampering("DELETE FROM identity.audit WHERE id = '\(trace[0])'") {
                let lines = try await identity.faults(acme, "audit")
                #expect(lines.contains("\(seq) \(line) changed"))
                let entries = try await identity.faults(acme, "activity")
                #expect(entries == ["\(seal) \(entry) changed"])
            }
            #expect(try await identity.faults(acme, "audit") == [])
        }
    }

    @Test("a changed byte of what stays of a blanked entry, or of its digests, is found at its place (S-21)")
    func entries() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let (_, entry) = try await Self.prepare(identity, acme)
            let seal = try identity.sealNumber(of: entry)
            #expect(try await identity.blank([entry], in: "acme").status == 200)
            let other = ID<AnyRecord>.make(at: .now)
            let (rows, kept) = ("UPDATE core.activity SET", "UPDATE identity.sealed_entry SET")
            let none = "decode(repeat('00', 32), 'hex')"
            let (row, key) = ("WHERE id = '\(entry)'", "WHERE activity_id = '\(entry)'")
            for statement in [
                "\(rows) subject_id = '\(other)' \(row)", "\(rows) version = 9 \(row)",
                "\(rows) verb = 'deleted' \(row)", "\(rows) actor_id = '\(other)' \(row)",
                "\(rows) request_id = 'users.updatf' \(row)",
                "\(rows) occurred_at = occurred_at + interval '1 microsecond' \(row)",
                // Something that never was in it, put into the empty place.
                "\(rows) changes = '{\"role\": {\"to\": \"manager\"}}' \(row)",
                "\(kept) \(Self.flipping("values_digest")) \(key)", "\(kept) blanked_by = '\(other)' \(key)",
                "\(kept) values_digest = NULL, blanked_by = NULL, salt = \(none) \(key)",
                "DELETE FROM identity.sealed_entry \(key)",
            ] {
                try await identity.tampering(statement) {
                    let entries = try await identity.faults(acme, "activity")
                    #expect(entries == ["\(seal) \(entry) changed"], "\(statement)")
                }
            }
            let change = "UPDATE identity.activity_seal AS s SET \(Self.flipping("entry_digests[p.place]"))"
            let place = "SELECT seq, array_position(activity_ids, '\(entry)') AS place FROM identity.activity_seal"
            try await identity.tampering("\(change) FROM (\(place)) AS p WHERE s.seq = p.seq AND s.seq = \(seal)") {
                let entries = try await identity.faults(acme, "activity")
                #expect(entries == ["\(seal) - changed", "\(seal) \(entry) changed"])
            }
        }
    }

    @Test("beside blanked ones, values that changed or lost their salt are found (S-21)")
    func unblanked() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let (line, entry) = try await Self.prepare(identity, acme)
            let other = try await identity.entryIDs(acme, "user", "updated")[1]
            let seal = try identity.sealNumber(of: other)
            let role = try await identity.lineIDs(acme, "role_changed")[1]
            #expect(try await identity.blank([entry, line], in: "acme").status == 200)
            for change in ["changes = '{}'", #"changes = changes || '{"a": 1}'"#] {
                try await identity.tampering("UPDATE core.activity SET \(change) WHERE id = '\(other)'") {
                    let entries = try await identity.faults(acme, "activity")
                    #expect(entries == ["\(seal) \(other) changed"], "\(change)")
                }
            }
            for change in [Self.flipping("salt"), "salt = NULL, values_digest = salt, blanked_by = '\(role)'"] {
                let kept = "UPDATE identity.sealed_entry SET \(change) WHERE activity_id = '\(other)'"
                try await identity.tampering(kept) {
                    let entries = try await identity.faults(acme, "activity")
                    #expect(entries == ["\(seal) \(other) changed"], "\(change)")
                }
            }
            for change in ["detail = '{}'", Self.flipping("salt"), "salt = NULL"] {
                try await identity.tampering("UPDATE identity.audit SET \(change) WHERE id = '\(role)'") {
                    let faults = try await identity.faults(acme, "audit")
                    #expect(faults.count == 1 && faults.allSatisfy { $0.hasSuffix("\(role) changed") }, "\(change)")
                }
            }
        }
    }

    @Test("what is unsealed, in the first form, unknown, a trace or another workspace's is refused (S-1, S-21)")
    func refused() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let bolt = try await identity.makeWorkspace("bolt")
            let (line, entry) = try await Self.prepare(identity, acme)
            let theirs = try await Self.prepare(identity, bolt)
            let older = try await OlderVersion(database: identity.database, workspace: acme.id).write("signed_in")
            #expect(try await identity.blank([line], in: "acme").status == 200)
            let made = try await identity.send(.post, "/v1/teams", as: acme.administrator.token, #"{"name": "New"}"#)
            #expect(made.status == 201)
            let unsealed = try #require(try await identity.entryIDs(acme, "team", "created").last)
            let trace = try await identity.lineIDs(acme, "values_blanked")[0]
            let token = try await identity.operatorToken(in: "acme")
            let before = try Rows.everything()
            for id in [unsealed, older, theirs.line, theirs.entry, UUID().uuidString.lowercased(), trace] {
                let answer = try await identity.blank([entry, id], in: "acme", as: token)
                #expect(answer.status == 422, "\(answer.text)")
                #expect(answer.pointers == ["/ids/1"], "\(answer.text)")
            }
            for ids in [[], Array(repeating: entry, count: 501), ["no id"]] {
                #expect(try await identity.blank(ids, in: "acme", as: token).status == 422)
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("a repeat blanks nothing and writes no line, and of two at once each value is blanked by one (R-1, S-21)")
    func repeated() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let (line, entry) = try await Self.prepare(identity, acme)
            let first = try await identity.blank([line, entry, line], in: "acme", key: "one")
            #expect(first.json["blanked"]?.whole == 2)
            let replayed = try await identity.blank([line, entry, line], in: "acme", key: "one")
            #expect(replayed.bytes == first.bytes && replayed.status == 200)
            let again = try await identity.blank([line, entry], in: "acme")
            #expect(again.json["blanked"]?.whole == 0 && again.json["blanked_before"]?.whole == 2)
            #expect(again.json["blanked_by"]?.text == nil)
            #expect(try await identity.lineIDs(acme, "values_blanked").count == 1)
            let rest = try await identity.lineIDs(acme, "signed_in") + identity.entryIDs(acme, "team", "created")
            #expect(rest.count > 4)
            let blanked = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<8 {
                    let ids = number.isMultiple(of: 2) ? rest : rest.reversed()
                    group.addTask { Int(try await identity.blank(ids, in: "acme").json["blanked"]?.whole ?? -1) }
                }
                return try await group.reduce(0, +)
            }
            #expect(blanked == rest.count)
            #expect(try await identity.faults(acme, "audit") == [])
            #expect(try await identity.faults(acme, "activity") == [])
        }
    }

    @Test("the version before writes, seals and checks beside this one, and what it sealed stays as it is (R-11, S-21)")
    func olderVersion() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let older = OlderVersion(database: identity.database, workspace: acme.id)
            let first = try await older.write("signed_in")
            // The older sealer's place in the stream is this one's too.
            try await identity.seal(acme, until: 2, by: older.sealing)
            let (line, entry) = try await Self.prepare(identity, acme)
            _ = try await older.write("signed_out")
            #expect(try await identity.faults(acme, "audit") == [])
            #expect(try await identity.faults(acme, "activity") == [])
            #expect(try await older.changed() == [])
            #expect(try await identity.blank([line, entry], in: "acme").status == 200)
            let last = try await older.write("signed_out")
            let early = try await identity.entryIDs(acme, "workspace", "created")[0]
            for id in [first, last, early] {
                try await identity.tampering(
                    """
                    UPDATE identity.audit SET detail = '{"reason": "first"}' WHERE id = '\(id)';
                    UPDATE core.activity SET changes = '{"a": 1}' WHERE id = '\(id)'
                    """
                ) {
                    let found = try await identity.faults(acme, "audit") + identity.faults(acme, "activity")
                    #expect(found.count == 1 && found.allSatisfy { $0.hasSuffix("\(id) changed") }, "\(found)")
                    #expect(try await older.changed() == [id])
                }
            }
            #expect(try await older.changed() == [])
        }
    }

    @Test("the operator alone may have values blanked, in any workspace; an administrator may not (S-4, S-21)")
    func permission() async throws {
        try await IdentityUnderTest.run { identity in
            let acme = try await identity.makeWorkspace()
            let line = try await identity.lineIDs(acme, "signed_in")
            let refused = try await identity.blank(line, in: "acme", as: acme.administrator.token)
            #expect(refused.status == 403)
            #expect(refused.json["detail"]?.text?.contains("installation:administer") == true)
            // The installation's own lines lie in no workspace.
            let keys = try await ChainVerification(database: identity.database, workspace: .nobodys).audit()
            #expect(keys.links == 1 && keys.blankedCount == 0)
            #expect(try await identity.blank(line, in: "acme").status == 200)
        }
    }

    @Test("the owner's function blanks in the open workspace alone, and no service may call what it calls (S-1, S-21)")
    func ownersFunction() async throws {
        try await IdentityUnderTest.run { identity in
            let (acme, bolt) = (try await identity.makeWorkspace(), try await identity.makeWorkspace("bolt"))
            let (line, entry) = try await Self.prepare(identity, acme)
            let ids = [line, entry].compactMap { UUID(uuidString: $0) }
            let before = try Self.everythingOf([line, entry])
            for (open, named) in [(bolt, acme), (acme, bolt), (bolt, bolt)] {
                let result = try await identity.database.write(in: .workspace(open.id), Self.call(named, ids))
                #expect(try (0..<result.count).map { try result.text("outcome", row: $0) } == ["refused", "refused"])
            }
            let scratch = try ScratchDatabase.current
            // Not even the owner of identity, whose function it is that calls, gets at another workspace's entries.
            let foreign = try scratch.cluster.sql(
                """
                SET ROLE identity_owner;
                SET casebook.workspace_id = '\(bolt.id)';
                SELECT count(*) FROM core.blank_activity('\(acme.id)', '{\(entry)}')
                """, database: scratch.name)
            #expect(foreign.split(separator: "\n") == ["0"])
            #expect(try Self.everythingOf([line, entry]) == before)
            let many = await #expect(throws: PostgresError.self) {
                _ = try await identity.database.write(
                    in: .workspace(acme.id),
                    Self.call(acme, ids + (0..<499).map { _ in UUID() }))
            }
            #expect(many?.sqlState == "22023")
            let tries: [SQL] = [
                "SELECT id FROM core.blank_activity(\(acme.id), \(ids))",
                "UPDATE core.activity SET changes = '{}' WHERE workspace_id = \(acme.id)",
                "UPDATE identity.audit SET detail = '{}' WHERE workspace_id = \(acme.id)",
                """
                INSERT INTO identity.sealed_entry (workspace_id, activity_id, values_digest, blanked_by)
                VALUES (\(acme.id), \(UUID()), '', \(UUID()))
                """,
                "INSERT INTO identity.audit (workspace_id, id, blanked_by) VALUES (\(acme.id), \(UUID()), \(UUID()))",
            ]
            let others = tries + [Self.call(acme, ids)]
            for (service, statements) in [(ServiceName.identity, tries), (.tickets, others)] {
                try await scratch.withService(service) { database in
                    for statement in statements {
                        let error = await #expect(throws: PostgresError.self, "\(statement.text)") {
                            _ = try await database.write(in: .workspace(acme.id), statement)
                        }
                        #expect(error?.sqlState == "42501", "\(service) \(statement.text)")
                    }
                }
            }
            #expect(try Self.everythingOf([line, entry]) == before)
        }
    }

    /// Makes two people whose roles change and two teams, and seals.
    ///
    /// Answers the line and the entry of the first change.
    private static func prepare(
        _ identity: IdentityUnderTest, _ workspace: TestWorkspace
    ) async throws -> (line: String, entry: String) {
        let token = workspace.administrator.token
        for number in 1...2 {
            let person = try await identity.addUser(.agent, to: workspace)
            let changed = try await identity.send(
                .patch, "/v1/users/\(person.id)", as: token, #"{"role": "viewer"}"#)
            #expect(changed.status == 200, "\(changed.text)")
            let team = try await identity.send(.post, "/v1/teams", as: token, #"{"name": "Ours \#(number)"}"#)
            #expect(team.status == 201, "\(team.text)")
        }
        try await identity.seal(workspace, until: 8)
        return (
            try await identity.lineIDs(workspace, "role_changed")[0],
            try await identity.entryIDs(workspace, "user", "updated")[0]
        )
    }

    /// The owner's function, called by hand.
    private static func call(_ workspace: TestWorkspace, _ ids: [UUID]) -> SQL {
        """
        SELECT outcome
        FROM identity.blank_values(
            \(workspace.id), \(ids), \(UUID()), 'service', NULL, 'x', 'x', \(Timestamp.now))
        """
    }

    /// All that lies of lines and entries, but for the batches that name them.
    private static func everythingOf(_ ids: [String]) throws -> [String] {
        let scratch = try ScratchDatabase.current
        let list = ids.map { "'\($0)'" }.joined(separator: ", ")
        return try scratch.cluster.sql(
            """
            SELECT t::text FROM identity.audit AS t WHERE id IN (\(list))
            UNION ALL SELECT t::text FROM core.activity AS t WHERE id IN (\(list))
            UNION ALL SELECT t::text FROM identity.sealed_entry AS t WHERE activity_id IN (\(list)) ORDER BY 1
            """, database: scratch.name
        ).split(separator: "\n").map(String.init)
    }

    /// A part of an `UPDATE` that flips one bit of a digest or salt.
    private static func flipping(_ column: String) -> String {
        "\(column) = set_byte(\(column), 7, get_byte(\(column), 7) # 1)"
    }
}
