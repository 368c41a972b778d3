import Models
import TestSupport
import Testing

@testable import Tickets

@Suite("Kinds of tickets, and settings (A5)", .scratchDatabase(.tickets))
struct CategoryTests {
    @Test("five kinds are there from the start, and a workspace's own come after them by their words (A5)")
    func list() async throws {
        try await Desk.run { desk in
            for word in ["warranty", " Recall_2 ", "delivery"] {
                let made = try await desk.post(
                    "/v1/tickets/categories", #"{"word": "\#(word)", "name": "N"}"#, as: desk.company.manager)
                #expect(made.status == 201, "\(made.text)")
                #expect(made.header("ETag") == "\"1\"")
            }
            let answer = try await desk.get("/v1/tickets/categories", as: desk.company.viewer)
            let items = answer.json["items"]?.items ?? []
            #expect(
                items.compactMap { $0["word"]?.text } == [
                    "incident", "request", "complaint", "inquiry", "feedback", "delivery", "recall_2", "warranty",
                ])
            #expect(items.map { $0["is_built_in"]?.flag } == Array(repeating: true, count: 5) + [false, false, false])
            let other = try desk.other()
            let theirs = try await other.get("/v1/tickets/categories")
            #expect(theirs.json["items"]?.items.count == 5)
        }
    }

    @Test("tickets take a kind of the workspace's own until it is retired, and keep it then (A5)")
    func retired() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            _ = try await desk.post("/v1/tickets/categories", #"{"word": "warranty", "name": "W"}"#, as: manager)
            let ticket = try await desk.open(more: #", "category": "warranty""#)
            #expect(ticket.answer.json["category"]?.text == "warranty")
            let path = "/v1/tickets/categories/warranty"
            let retired = try await desk.patch(path, #"{"is_active": false}"#, as: manager)
            #expect(retired.json["is_active"]?.flag == false)
            #expect(retired.header("ETag") == "\"2\"")
            let refused = try await desk.post(
                "/v1/tickets", #"{"owner": {"memo": "M"}, "description": "D", "category": "warranty"}"#)
            #expect(refused.pointers == ["/category"])
            let kept = try await desk.patch(ticket.path, #"{"priority": "high"}"#)
            #expect(kept.json["category"]?.text == "warranty")
            let away = try await desk.patch(ticket.path, #"{"category": "incident"}"#)
            #expect(away.status == 200)
            let back = try await desk.patch(ticket.path, #"{"category": "warranty"}"#)
            #expect(back.status == 422)
            _ = try await desk.patch(path, #"{"is_active": true, "name": "Warranty"}"#, as: manager)
            let again = try await desk.patch(ticket.path, #"{"category": "warranty"}"#)
            #expect(again.status == 200)
        }
    }

    @Test("another workspace's kind is none here (S-1)")
    func foreign() async throws {
        try await Desk.run { desk in
            let other = try desk.other()
            _ = try await other.post(
                "/v1/tickets/categories", #"{"word": "theirs", "name": "T"}"#, as: other.company.manager)
            let answer = try await desk.post(
                "/v1/tickets", #"{"owner": {"memo": "M"}, "description": "D", "category": "theirs"}"#)
            #expect(answer.pointers == ["/category"])
            let change = try await desk.patch(
                "/v1/tickets/categories/theirs", #"{"name": "X"}"#, as: desk.company.manager)
            #expect(change.status == 404)
            let same = try await desk.post(
                "/v1/tickets/categories", #"{"word": "theirs", "name": "T"}"#, as: desk.company.manager)
            #expect(same.status == 201)
        }
    }

    @Test("a word that is taken, built in, or no word at all makes no kind")
    func taken() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            _ = try await desk.post("/v1/tickets/categories", #"{"word": "warranty", "name": "W"}"#, as: manager)
            for word in ["warranty", "incident", "inquiry"] {
                let answer = try await desk.post(
                    "/v1/tickets/categories", #"{"word": "\#(word)", "name": "W"}"#, as: manager)
                #expect(answer.status == 409, "\(word)")
                #expect(answer.pointers == ["/word"])
            }
            for word in ["", "1st", "_a", "two words", "naïve", "a-b", String(repeating: "a", count: 41)] {
                let answer = try await desk.post(
                    "/v1/tickets/categories", #"{"word": "\#(word)", "name": "W"}"#, as: manager)
                #expect(answer.status == 422, "\(word)")
                #expect(answer.pointers == ["/word"])
            }
            let builtIn = try await desk.patch("/v1/tickets/categories/incident", #"{"name": "X"}"#, as: manager)
            #expect(builtIn.status == 404)
        }
    }

    @Test("a workspace has at most 200 kinds of its own")
    func limit() async throws {
        try await Desk.run { desk in
            try Rows.run(
                """
                INSERT INTO tickets.category (workspace_id, id, word, name)
                SELECT '\(desk.company.id)', gen_random_uuid(), 'c' || n, 'N' FROM generate_series(1, 199) AS n
                """)
            let last = try await desk.post(
                "/v1/tickets/categories", #"{"word": "last", "name": "L"}"#, as: desk.company.manager)
            #expect(last.status == 201)
            let more = try await desk.post(
                "/v1/tickets/categories", #"{"word": "more", "name": "M"}"#, as: desk.company.manager)
            #expect(more.status == 409)
            let list = try await desk.get("/v1/tickets/categories")
            #expect(list.json["items"]?.items.count == 205)
        }
    }

    @Test("a kind's activity says what changed, by its version (R-12)")
    func activity() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            _ = try await desk.post("/v1/tickets/categories", #"{"word": "warranty", "name": "W"}"#, as: manager)
            let path = "/v1/tickets/categories/warranty"
            _ = try await desk.patch(path, #"{"name": "V"}"#, as: manager)
            _ = try await desk.patch(path, #"{"is_active": false}"#, as: manager)
            _ = try await desk.patch(path, #"{"is_active": false}"#, as: manager)
            let stale = try await desk.patch(path, #"{"name": "Z"}"#, as: manager, ["If-Match": "\"2\""])
            #expect(stale.status == 412)
            let rows = try Rows.of(
                """
                SELECT version || ' ' || verb || ' ' || changes FROM core.activity
                WHERE subject_kind = 'ticket_category' ORDER BY version
                """)
            #expect(
                rows == ["1 created {}", "2 updated {}", #"3 updated {"is_active": {"to": false, "from": true}}"#])
        }
    }

    @Test("settings hold for their workspace, from 0 to 365 days, and count their changes")
    func settings() async throws {
        try await Desk.run { desk in
            let manager = desk.company.manager
            let standard = try await desk.get("/v1/tickets/settings")
            #expect(standard.json["reopen_window_days"]?.whole == 14)
            #expect(standard.json["version"]?.whole == 0)
            for (days, version) in [(30, 1), (0, 2), (365, 3), (365, 3)] {
                let answer = try await desk.patch(
                    "/v1/tickets/settings", #"{"reopen_window_days": \#(days)}"#, as: manager)
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.json["reopen_window_days"]?.whole == Int64(days))
                #expect(answer.header("ETag") == "\"\(version)\"")
            }
            for wrong in ["-1", "366", "1.5", "null", "\"7\""] {
                let answer = try await desk.patch(
                    "/v1/tickets/settings", #"{"reopen_window_days": \#(wrong)}"#, as: manager)
                #expect(answer.status == 422, "\(wrong)")
            }
            let stale = try await desk.patch(
                "/v1/tickets/settings", #"{"reopen_window_days": 1}"#, as: manager, ["If-Match": "\"2\""])
            #expect(stale.status == 412)
            let other = try await desk.other().get("/v1/tickets/settings")
            #expect(other.json["reopen_window_days"]?.whole == 14)
            let entries = try Rows.count("core.activity", where: "subject_kind = 'ticket_setting'")
            #expect(entries == 3)
        }
    }
}
