import Foundation
import Models
import NIOHTTP1
import TestSupport
import Testing

/// A workspace of a running suite with one record of each kind, made through the door: every text holds a mark.
struct Estate: Sendable {
    /// The password of the person whom each workspace has.
    static let password = "a secret of nobody else"

    /// What stands in each of its texts and in nothing else of the installation.
    ///
    /// A search finds what resembles the words typed. The mark is long enough to be found whatever stands behind it;
    /// a short one is found or not by how many trigrams a tool's text adds, which looks like an injection.
    let mark: String
    /// An administrator's key.
    let key: String
    /// What signs in by cookie.
    let session: WallSession
    /// A key that may read the workspace and no more.
    let narrowKey: String
    /// The records, by the template of the path that names them.
    private(set) var records: [String: String] = [:]
    private let door: String

    /// Makes the records in a workspace that is there.
    static func make(_ slug: String, in suite: RunningSuite, at door: String) async throws -> Estate {
        let mark = "mark" + String((0..<24).map { _ in "0123456789".randomElement() ?? "0" })
        let mail = slug == "main" ? "admin@example.com" : "\(slug)@example.com"
        let made = try await suite.casebook("admin", "create-key", mail, "--workspace", slug)
        let key = try #require(made.output.firstMatch(of: /cbk_\S+/).map { String($0.0) }, "\(made.output)")
        let maker = Maker(door: door, key: key)
        let user = try await maker.make(
            "/v1/users",
            [
                "email": .string("\(mark)@example.com"), "name": .string(mark), "role": "administrator",
                "password": .string(password),
            ])
        let session = try await WallSession.start(for: mark, of: slug, at: door)
        let narrow = try await maker.make(
            "/v1/api-keys", ["name": .string(mark), "permissions": [.string(Permission.workspaceRead.rawValue)]])
        var estate = Estate(
            mark: mark, key: key, session: session, narrowKey: narrow["credential"]?.text ?? "", door: door)
        estate.records["/v1/users/{id}"] = user["id"]?.text
        estate.records["/v1/sessions/{id}"] = session.id
        estate.records["/v1/api-keys/{id}"] = narrow["key"]?["id"]?.text
        estate.records["/v1/users/links/{token}"] = try await maker.link(of: user["id"]?.text ?? "")
        try await estate.makeSkills(maker)
        try await estate.makeCustomers(maker)
        try await estate.makeTickets(maker)
        try await estate.makeTasks(maker)
        return estate
    }

    private init(mark: String, key: String, session: WallSession, narrowKey: String, door: String) {
        (self.mark, self.key, self.session, self.narrowKey, self.door) = (mark, key, session, narrowKey, door)
    }

    private mutating func makeSkills(_ maker: Maker) async throws {
        let skill = try await maker.make(
            "/v1/workspaces/current/skills", ["name": .string(mark), "description": .string(mark)])
        records["/v1/workspaces/current/skills/{id}"] = skill["id"]?.text
        records["/v1/users/{id}/skills/{skill_id}"] = skill["id"]?.text
        try await maker.put(
            "/v1/users/\(records["/v1/users/{id}"] ?? "")/skills/\(skill["id"]?.text ?? "")", ["level": 3])
    }

    private mutating func makeCustomers(_ maker: Maker) async throws {
        let team = try await maker.make("/v1/teams", ["name": .string(mark)])
        records["/v1/teams/{id}"] = team["id"]?.text
        records["/v1/teams/{id}/members/{user_id}"] = records["/v1/users/{id}"]
        try await maker.put("/v1/teams/\(team["id"]?.text ?? "")/members/\(records["/v1/users/{id}"] ?? "")", nil)
        for kind in ["individuals", "organizations"] {
            let record = try await maker.make(
                "/v1/\(kind)",
                [
                    "name": .string(mark), "note": .string(mark),
                    "contacts": [["kind": "email", "value": .string("\(mark)@\(kind).example")]],
                ])
            records["/v1/\(kind)/{id}"] = record["id"]?.text
            records["/v1/\(kind)/{id}/contacts/{contact_id}"] = record["contacts"]?.items.first?["id"]?.text
        }
        let (company, person) = (records["/v1/organizations/{id}"] ?? "", records["/v1/individuals/{id}"] ?? "")
        records["/v1/organizations/{id}/members/{individual_id}"] = person
        try await maker.put("/v1/organizations/\(company)/members/\(person)", [:])
    }

    private mutating func makeTickets(_ maker: Maker) async throws {
        _ = try await maker.make("/v1/tickets/categories", ["word": .string(mark), "name": .string(mark)])
        records["/v1/tickets/categories/{word}"] = mark
        let ticket = try await maker.make(
            "/v1/tickets",
            [
                "owner": ["individual_id": .string(records["/v1/individuals/{id}"] ?? "")],
                "description": .string(mark), "brand": .string(mark), "category": .string(mark),
                "assignee_id": .string(records["/v1/users/{id}"] ?? ""),
                "team_id": .string(records["/v1/teams/{id}"] ?? ""),
            ])
        records["/v1/tickets/{id}"] = ticket["id"]?.text
        _ = try await maker.make(
            "/v1/tickets/\(ticket["id"]?.text ?? "")/notes", ["text": .string(mark)])
    }

    private mutating func makeTasks(_ maker: Maker) async throws {
        let task = try await maker.make(
            "/v1/tasks",
            [
                "title": .string(mark), "description": .string(mark), "is_required": true,
                "subject": ["kind": "ticket", "id": .string(records["/v1/tickets/{id}"] ?? "")],
                "assignee_id": .string(records["/v1/users/{id}"] ?? ""),
                "team_id": .string(records["/v1/teams/{id}"] ?? ""),
            ])
        records["/v1/tasks/{id}"] = task["id"]?.text
        try await makeParts(maker, of: "/v1/tasks/\(task["id"]?.text ?? "")")
        try await makePlans(maker)
    }

    private mutating func makeParts(_ maker: Maker, of task: String) async throws {
        let blocker = try await maker.make("/v1/tasks", ["title": .string(mark)])
        try await maker.put("\(task)/blockers/\(blocker["id"]?.text ?? "")", nil)
        records["/v1/tasks/{id}/blockers/{blocker_id}"] = blocker["id"]?.text
        let step = try await maker.make("\(task)/checklist", ["text": .string(mark)])
        records["/v1/tasks/{id}/checklist/{entry_id}"] = step["id"]?.text
        let worked = try await maker.make("\(task)/time", ["seconds": 60, "note": .string(mark)])
        records["/v1/tasks/{id}/time/{entry_id}"] = worked["id"]?.text
        records["/v1/tasks/{id}/watchers/{user_id}"] = records["/v1/users/{id}"]
        let comment = try await maker.make("\(task)/comments", ["text": .string(mark)])
        records["/v1/tasks/mentions/{id}"] = comment["id"]?.text
        let reminder = try await maker.make("\(task)/reminders", ["remind_at": "2099-01-01T00:00:00Z"])
        records["/v1/tasks/reminders/{id}"] = reminder["id"]?.text
    }

    private mutating func makePlans(_ maker: Maker) async throws {
        _ = try await maker.make("/v1/tasks/kinds", ["word": .string(mark), "name": .string(mark)])
        records["/v1/tasks/kinds/{word}"] = mark
        let project = try await maker.make("/v1/projects", ["name": .string(mark), "description": .string(mark)])
        records["/v1/projects/{id}"] = project["id"]?.text
        let goal = try await maker.make(
            "/v1/projects/\(project["id"]?.text ?? "")/milestones", ["name": .string(mark)])
        records["/v1/projects/{id}/milestones/{milestone_id}"] = goal["id"]?.text
        let template = try await maker.make(
            "/v1/tasks/templates", ["name": .string(mark), "items": [["title": .string(mark)]]])
        records["/v1/tasks/templates/{id}"] = template["id"]?.text
        let series = try await maker.make(
            "/v1/tasks/series",
            [
                "rule": "FREQ=DAILY", "start": "2098-01-01T09:00:00", "title": .string(mark),
                "description": .string(mark),
            ])
        records["/v1/tasks/series/{id}"] = series["id"]?.text
        // Jobs of no record, since each would be another change of it.
        for plural in ["tasks", "tickets"] {
            let job = try await maker.make(
                "/v1/\(plural)/jobs",
                ["filter": ["status": "completed"], "change": ["update": ["priority": "low"]]])
            records["/v1/\(plural)/jobs/{id}"] = job["id"]?.text
        }
        let link = try await maker.make("/v1/tasks/calendar", nil)
        records["/v1/tasks/feeds/{token}"] = link["address"]?.text?.split(separator: "/").last.map(String.init)
    }

    /// An operation's path to this workspace's records, or to records that are given instead.
    ///
    /// - Throws: ``UnknownRecord`` for a template that no record stands for: a new operation needs one above.
    func path(of contract: Contract, instead id: String? = nil) throws -> String {
        var template = ""
        var path = ""
        for segment in contract.path.split(separator: "/") {
            template += "/\(segment)"
            guard segment.hasPrefix("{") else {
                path += "/\(segment)"
                continue
            }
            guard let record = records[template] else { throw UnknownRecord(template: template) }
            path += "/\(id ?? record)"
        }
        return path
    }

    /// The ids of all records.
    var ids: [String] { Set(records.values).sorted() }

    struct UnknownRecord: Error {
        let template: String
    }
}

/// Makes records through the door.
private struct Maker {
    let door: String
    let key: String

    func make(_ path: String, _ body: JSONValue?) async throws -> JSONValue {
        let answer = try await send("POST", path, body)
        guard answer.status == 201 || answer.status == 202 else { throw Unmade(path: path, answer: answer.text) }
        return answer.json
    }

    func put(_ path: String, _ body: JSONValue?) async throws {
        let answer = try await send("PUT", path, body)
        guard answer.status < 300 else { throw Unmade(path: path, answer: answer.text) }
    }

    func link(of user: String) async throws -> String? {
        let answer = try await send("POST", "/v1/users/\(user)/links", nil)
        return answer.json["token"]?.text
    }

    private func send(_ method: String, _ path: String, _ body: JSONValue?) async throws -> WallAnswer {
        try await WallClient.send(
            WallRequest(method: method, url: door + path).with(("Authorization", "Bearer \(key)")).with(json: body))
    }

    struct Unmade: Error {
        let path: String
        let answer: String
    }
}
