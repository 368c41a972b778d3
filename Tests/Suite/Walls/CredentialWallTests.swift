import Foundation
import Models
import NIOHTTP1
import TestSupport
import Testing

extension SuiteTests.Walls {
    /// What somebody shows who is not to be let in.
    private struct Shown: Sendable {
        let name: String
        let fields: [(String, String)]
        var status = 401
        /// Whether services are shown it too: keys and cookies are traded at the door alone.
        var isToken = true
    }

    @Test(
        """
        S-1: every operation refuses no credential, a revoked key and session, a token that has ended, of another \
        audience, issuer or key, a customer's, and another workspace's, and nothing changes
        """)
    func credentials() async throws {
        try await House.open { house in
            let forge = try await TokenForge.make(in: house)
            let ended = try await endedCredentials(house, forge)
            try await house.settle()
            let before = Set(try await house.digests())
            // First what processes remember for 90 seconds only.
            for shown in try ended + Self.refused(forge) { try await refuse(shown, house) }
            try await refuseOthers(house)
            try await letIn(try forge.token(), house)
            let after = try await house.digests()
            #expect(after.filter { !before.contains($0) } == [])
        }
    }

    private static func refused(_ forge: TokenForge) throws -> [Shown] {
        func token(_ name: String, _ token: String, _ status: Int = 401) -> Shown {
            Shown(name: name, fields: [("Authorization", "Bearer \(token)")], status: status)
        }
        return [
            Shown(name: "nothing", fields: []),
            token("a token for another audience", try forge.token(["aud": "elsewhere"])),
            token("a token of another issuer", try forge.token(["iss": "elsewhere"])),
            token("a token that has ended", try forge.token(age: 61, life: 60)),
            token("a token of an unknown key", try forge.strangersToken()),
            token("a customer's token", try forge.token(["kind": "customer"]), 403),
        ]
    }

    /// A key and a session that were good everywhere a moment ago, and tokens of theirs that have not ended.
    private func endedCredentials(_ house: House, _ forge: TokenForge) async throws -> [Shown] {
        let admin = ("Authorization", "Bearer \(house.acme.key)")
        let made = try await WallClient.send(
            WallRequest(method: "POST", url: "\(house.door)/v1/api-keys").with(admin).with(
                json: ["name": "Ended", "permissions": .array(Self.everydayPermissions)]))
        let key = try #require(made.json["credential"]?.text, "\(made.text)")
        let session = try await WallSession.start(for: house.acme.mark, of: "main", at: house.door)
        let cookie = [("Cookie", session.cookie), ("X-CSRF-Token", session.token), ("Origin", house.door)]
        var shown = [
            Shown(name: "a revoked key", fields: [("Authorization", "Bearer \(key)")], isToken: false),
            Shown(name: "a revoked session", fields: cookie, isToken: false),
        ]
        for (name, credential) in [("key", key), ("session", session.credential)] {
            let traded = try await WallClient.send(
                WallRequest(method: "POST", url: "\(try house.address(of: .identity))/v1/tokens").with(
                    json: ["credential": .string(credential)]))
            let id = try #require(traded.json["credential_id"]?.text, "\(traded.text)")
            let token = try forge.token(["cid": .string(id)])
            shown.append(Shown(name: "a revoked \(name)'s token", fields: [("Authorization", "Bearer \(token)")]))
        }
        // A process looks for new keys once a second.
        try await eventually("all are let in") { try await statuses(of: shown, house) == [200] }
        let revocations = [
            WallRequest(method: "DELETE", url: "\(house.door)/v1/api-keys/\(made.json["key"]?["id"]?.text ?? "")")
                .with(admin),
            WallRequest(method: "DELETE", url: "\(house.door)/v1/sessions/current", fields: cookie),
        ]
        for request in revocations { #expect(try await WallClient.send(request).status == 204) }
        try await eventually("none is let in") { try await statuses(of: shown, house) == [401] }
        return shown
    }

    private static let everydayPermissions: [JSONValue] = [
        Permission.profileManage, .workspaceRead, .customersRead, .ticketsRead, .tasksRead,
    ].map { .string($0.rawValue) }

    /// What a read of each service answers to what is shown, at the service and at the door.
    private func statuses(of shown: [Shown], _ house: House) async throws -> Set<Int> {
        var statuses: Set<Int> = []
        for service in ServiceName.allCases {
            let list = service.contracts.first { contract in
                guard case .needs(let permission) = contract.access, contract.method == .get else { return false }
                return Role.viewer.permissions.contains(permission) && contract.outputMediaType == "application/json"
                    && !contract.path.contains("{")
            }
            guard let list else { continue }
            for shown in shown {
                for base in try Self.entrances(to: service, shown, house) {
                    statuses.insert(
                        try await WallClient.send(WallRequest(url: base + list.path, fields: shown.fields)).status)
                }
            }
        }
        return statuses
    }

    private static func entrances(to service: ServiceName, _ shown: Shown, _ house: House) throws -> [String] {
        service == .gateway || !shown.isToken ? [house.door] : [house.door, try house.address(of: service)]
    }

    /// Shows it to every operation that is not open, with a path and a body that are good.
    private func refuse(_ shown: Shown, _ house: House) async throws {
        var requests: [WallRequest] = []
        for (service, contract) in House.guarded {
            for base in try Self.entrances(to: service, shown, house) {
                requests.append(
                    WallRequest(
                        method: contract.method.rawValue, url: base + (try house.acme.path(of: contract)),
                        fields: shown.fields
                    ).with(json: contract.bodySchema.map { Sample.value($0) }))
            }
        }
        #expect(requests.count >= House.guarded.count)
        let code = shown.status == 401 ? "unauthenticated" : "forbidden"
        try await WallClient.sendAll(requests) { request, answer in
            let what = "\(shown.name): \(request.text) \(answer.text)"
            #expect(answer.status == shown.status && answer.code == code, "\(what)")
            let challenge = answer.headers["WWW-Authenticate"].count
            #expect(challenge == (shown.status == 401 ? 1 : 0), "\(what)")
            #expect(!answer.everything.contains(house.acme.mark), "\(what)")
        }
    }

    /// Asks with another workspace's key and token for every record: there is none.
    private func refuseOthers(_ house: House) async throws {
        for (service, contract) in House.guarded where contract.path.contains("{") {
            for (base, credential) in try await house.entrances(to: service, house.bolt.key) {
                let request = WallRequest(
                    method: contract.method.rawValue, url: base + (try house.acme.path(of: contract))
                ).with(("Authorization", "Bearer \(credential)"))
                let answer = try await WallClient.send(
                    request.with(json: contract.bodySchema.map { Sample.value($0) }))
                #expect(answer.status == 404 && answer.code == "not_found", "\(request.text) \(answer.text)")
                #expect(!answer.everything.contains(house.acme.mark), "\(request.text)")
            }
        }
    }

    /// The same token without a fault comes as far as each operation's parameters: the fault was what was refused.
    private func letIn(_ token: String, _ house: House) async throws {
        for (service, contract) in House.guarded {
            for base in service == .gateway ? [house.door] : [house.door, try house.address(of: service)] {
                let request = WallRequest(
                    method: contract.method.rawValue, url: "\(base)\(try house.acme.path(of: contract))?odd=1"
                ).with(("Authorization", "Bearer \(token)"))
                let answer = try await WallClient.send(
                    request.with(json: contract.bodySchema.map { Sample.value($0) }))
                #expect(
                    answer.status == 400 && answer.code == "invalid_parameter", "\(request.text) \(answer.text)")
            }
        }
    }
}

extension House {
    /// The operations that ask who calls.
    static let guarded = contracts.filter { _, contract in
        if case .needs = contract.access { true } else { false }
    }
}
