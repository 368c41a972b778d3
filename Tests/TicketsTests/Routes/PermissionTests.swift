import HTTPTypes
import Models
import ServiceKit
import TestSupport
import Testing

@testable import Tickets

@Suite("Who may call what", .scratchDatabase(.tickets))
struct PermissionTests {
    @Test("without a token, with a wrong one or one that has expired every operation is 401 (S-1)")
    func noToken() async throws {
        try await Desk.run { desk in
            let old = try await desk.token(desk.company.administrator)
            desk.clock.advance(by: .seconds(61))
            let before = try Rows.everything()
            for contract in desk.service.assembly.routes.map(\.contract) {
                for token in [nil, "wrong", old] {
                    let answer = try await Self.call(desk, contract, as: token)
                    #expect(answer.status == 401, "\(contract.id)")
                    #expect(answer.code == "unauthenticated")
                    #expect(answer.header("WWW-Authenticate")?.hasPrefix("Bearer") == true)
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("each role may call what its permissions say and nothing else (S-4)", arguments: Role.allCases)
    func roles(role: Role) async throws {
        try await Desk.run { desk in
            let token = try await desk.token(desk.company[role])
            for contract in desk.service.assembly.routes.map(\.contract) {
                guard case .needs(let permission) = contract.access else { continue }
                let answer = try await Self.call(desk, contract, as: token)
                if role.permissions.contains(permission) {
                    #expect(![401, 403, 500, 503].contains(answer.status), "\(role) \(contract.id) \(answer.status)")
                } else {
                    #expect(answer.status == 403, "\(role) \(contract.id)")
                    #expect(answer.json["detail"]?.text?.contains(permission.rawValue) == true)
                }
            }
        }
    }

    @Test("a token of no permission, and one of permissions of other services alone, may call nothing")
    func noPermission() async throws {
        try await Desk.run { desk in
            let others = Set(Permission.all.filter { !$0.rawValue.hasPrefix("tickets:") })
            for permissions in [[], others] {
                let token = try await desk.service.token(
                    in: desk.company.id, subject: desk.company.agent.id.description, permissions: permissions)
                for contract in desk.service.assembly.routes.map(\.contract) {
                    let answer = try await Self.call(desk, contract, as: token)
                    #expect(answer.status == 403, "\(contract.id)")
                }
            }
        }
    }

    @Test("another workspace's ticket is 404 for every operation of its mightiest, by id and by number (S-1)")
    func otherWorkspace() async throws {
        try await Desk.run { desk in
            let ticket = try await desk.open("canary", more: #", "brand": "canary""#)
            _ = try await desk.post("\(ticket.path)/notes", #"{"text": "canary"}"#)
            let other = try desk.other()
            let token = try await other.token(other.company.administrator)
            let before = try Rows.everything()
            for contract in desk.service.assembly.routes.map(\.contract) where contract.path.contains("{id}") {
                for reference in [ticket.id, ticket.number, ticket.id.uppercased()] {
                    let answer = try await Self.call(desk, contract, as: token, reference, Self.body(of: contract.id))
                    #expect(answer.status == 404, "\(contract.id) \(answer.status)")
                    #expect(!answer.text.contains("canary"))
                }
            }
            for list in ["", "?q=canary", "?q=\(ticket.number)", "?status=open&count=true"] {
                let answer = try await other.get("/v1/tickets\(list)", as: other.company.administrator)
                #expect(answer.status == 200)
                #expect(!answer.text.contains("canary"), "\(list)")
            }
            #expect(try Rows.everything() == before)
        }
    }

    @Test("ids of another workspace in a filter find nothing (S-3)")
    func foreignFilters() async throws {
        try await Desk.run { desk in
            let company = desk.company
            _ = try await desk.open(
                owner: #"{"individual_id": "\#(company.individual)"}"#,
                more: #", "assignee_id": "\#(company.agent.id)", "team_id": "\#(company.team)""#)
            let other = try desk.other()
            for filter in [
                "individual=\(company.individual)", "assignee=\(company.agent.id)", "team=\(company.team)",
            ] {
                let answer = try await other.get("/v1/tickets?\(filter)&count=true")
                #expect(answer.status == 200)
                #expect(answer.json["total"]?.whole == 0)
            }
        }
    }

    @Test("each id in each body is refused when it is another workspace's, deleted or made up (S-3)")
    func foreignBodies() async throws {
        try await Desk.run { desk in
            let other = try desk.other().company
            let ticket = try await desk.open()
            try Rows.run("UPDATE customers.individual SET deleted_at = now() WHERE id = '\(desk.company.individual)'")
            let (list, assign) = ("/v1/tickets", "\(ticket.path)/assign")
            let bodies: [(HTTPRequest.Method, String, String, String)] = [
                (.post, list, #"{"description": "D", "owner": {"individual_id": "$"}}"#, "/owner/individual_id"),
                (.post, list, #"{"description": "D", "owner": {"organization_id": "$"}}"#, "/owner/organization_id"),
                (.post, list, #"{"description": "D", "owner": {"memo": "M"}, "assignee_id": "$"}"#, "/assignee_id"),
                (.post, list, #"{"description": "D", "owner": {"memo": "M"}, "team_id": "$"}"#, "/team_id"),
                (.patch, ticket.path, #"{"owner": {"individual_id": "$"}}"#, "/owner/individual_id"),
                (.patch, ticket.path, #"{"owner": {"organization_id": "$"}}"#, "/owner/organization_id"),
                (.post, assign, #"{"assignee_id": "$"}"#, "/assignee_id"),
                (.post, assign, #"{"team_id": "$"}"#, "/team_id"),
            ]
            let ids = [
                "\(other.individual)", "\(other.organization)", "\(other.agent.id)", "\(other.team)", "\(other.id)",
                "\(desk.company.individual)", "\(desk.company.gone.id)", "\(desk.company.dissolvedTeam)", ticket.id,
                ID<User>.make(at: .now).description,
            ]
            let before = try Rows.everything()
            for (method, path, body, pointer) in bodies {
                for id in ids {
                    let answer = try await desk.send(
                        method, path, as: desk.company.administrator, body.replacing("$", with: id))
                    #expect(answer.status == 422, "\(body) \(id)")
                    #expect(answer.pointers == [pointer], "\(body) \(id)")
                }
            }
            #expect(try Rows.everything() == before)
        }
    }

    /// A body that is good in any workspace.
    private static func body(of operation: String) -> String? {
        switch operation {
        case "tickets.update": #"{"priority": "urgent"}"#
        case "tickets.move": #"{"status": "closed"}"#
        case "tickets.assign": #"{"assignee_id": null}"#
        case "ticket_notes.create": #"{"text": "N"}"#
        default: nil
        }
    }

    private static func call(
        _ desk: Desk, _ contract: Contract, as token: String?, _ id: String = ID<Ticket>.make(at: .now).description,
        _ body: String? = nil
    ) async throws -> TestAnswer {
        let method = try #require(HTTPRequest.Method(rawValue: contract.method.rawValue))
        let path = contract.path.replacing("{id}", with: id).replacing("{word}", with: "none")
        return try await desk.service.send(
            method, path, as: token, body ?? (contract.bodySchema == nil ? nil : "[]"))
    }
}
