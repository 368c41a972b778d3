import Models
import TestSupport
import Testing

extension SuiteTests.Walls {
    /// One way to send a write from a page that is not ours.
    private struct Forgery: Sendable {
        let name: String
        let fields: [(String, String)]
        var isForm = false
    }

    @Test("S-16: every unsafe operation with a cookie but without proof of our own page is 403, and changes nothing")
    func forgeries() async throws {
        try await House.open { house in
            let (cookie, proof) = (house.acme.session.cookie, house.acme.session.token)
            try await house.settle()
            let before = Set(try await house.digests())
            var tried = 0
            for (_, contract) in House.contracts where contract.method.isWrite {
                var isGuarded = false
                if case .needs = contract.access { isGuarded = true }
                for forgery in Self.forgeries(cookie, proof, isGuarded: isGuarded) {
                    let answer = try await WallClient.send(try Self.request(contract, house, forgery))
                    #expect(answer.status == 403, "\(contract.id), \(forgery.name): \(answer.text.prefix(200))")
                    #expect(answer.code == "csrf_refused", "\(contract.id), \(forgery.name)")
                    tried += 1
                }
            }
            #expect(tried > 100)
            try await cookiesBehindTheDoor(house)
            let after = try await house.digests()
            #expect(after.filter { !before.contains($0) } == [])
            // The same cookie with its proof writes.
            let good = WallRequest(method: "POST", url: "\(house.door)/v1/teams").with(
                ("Cookie", cookie), ("X-CSRF-Token", proof), ("Origin", house.door)
            ).with(json: ["name": "Ours"])
            let made = try await WallClient.send(good)
            #expect(made.status == 201, "\(made.text)")
        }
    }

    /// No service takes a cookie for a credential, whatever proof comes with it.
    private func cookiesBehindTheDoor(_ house: House) async throws {
        let (cookie, proof) = (house.acme.session.cookie, house.acme.session.token)
        for (service, contract) in House.contracts where service != .gateway {
            guard case .needs = contract.access else { continue }
            let path = try house.acme.path(of: contract)
            let request = WallRequest(method: contract.method.rawValue, url: try house.address(of: service) + path)
                .with(("Cookie", cookie), ("X-CSRF-Token", proof), ("Origin", house.door))
            let answer = try await WallClient.send(request.with(json: contract.bodySchema.map { Sample.value($0) }))
            #expect(answer.status == 401, "\(contract.id) \(answer.status)")
        }
    }

    private static func forgeries(_ cookie: String, _ proof: String, isGuarded: Bool) -> [Forgery] {
        let signedIn = ("Cookie", cookie)
        let (foreign, null) = (("Origin", "https://evil.example"), ("Origin", "null"))
        let everywhere = [
            Forgery(name: "foreign origin", fields: [signedIn, ("X-CSRF-Token", proof), foreign]),
            Forgery(name: "origin null", fields: [signedIn, ("X-CSRF-Token", proof), null]),
            Forgery(name: "a form of another site", fields: [signedIn, foreign], isForm: true),
        ]
        guard isGuarded else { return everywhere }
        return everywhere + [
            Forgery(name: "no token", fields: [signedIn]),
            Forgery(name: "a wrong token", fields: [signedIn, ("X-CSRF-Token", String(proof.reversed()))]),
            Forgery(name: "an empty token", fields: [signedIn, ("X-CSRF-Token", "")]),
            Forgery(name: "a form without an origin", fields: [signedIn], isForm: true),
        ]
    }

    private static func request(_ contract: Contract, _ house: House, _ forgery: Forgery) throws -> WallRequest {
        var request = WallRequest(
            method: contract.method.rawValue, url: house.door + (try house.acme.path(of: contract)),
            fields: forgery.fields)
        guard contract.bodySchema != nil else { return request }
        if forgery.isForm {
            request.fields.append(("Content-Type", "application/x-www-form-urlencoded"))
            request.body = Array("name=Forged&text=Forged".utf8)
            return request
        }
        return request.with(json: contract.bodySchema.map { Sample.value($0) })
    }
}
