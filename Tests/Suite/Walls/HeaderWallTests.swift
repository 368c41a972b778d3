import Models
import NIOHTTP1
import TestSupport
import Testing

extension SuiteTests {
    /// Requests made from the contracts of all services, so that an operation that is added is tried by itself.
    @Suite("walls around every operation")
    struct Walls {
        @Test("S-24: every answer of every operation carries the security headers once, whatever its status")
        func headers() async throws {
            try await House.open { house in
                var seen: [Int: Int] = [:]
                for (service, contract) in House.contracts {
                    for (base, credential) in try await house.entrances(to: service, house.acme.key) {
                        let requests = try Self.requests(contract, house, base, credential)
                        try await WallClient.sendAll(requests) { request, answer in
                            seen[answer.status, default: 0] += 1
                            #expect(Self.faults(of: answer) == [], "\(request.text) \(answer.status)")
                        }
                        // Whoever is answered before its body was read may find the connection reset, and no answer.
                        if let large = try Self.tooLarge(contract, house, base, credential),
                            let answer = try? await WallClient.send(large)
                        {
                            seen[answer.status, default: 0] += 1
                            #expect(Self.faults(of: answer) == [], "\(large.text) \(answer.status)")
                        }
                    }
                }
                for path in [
                    "/healthz", "/readyz", "/openapi.json", "/version", "/metrics", "/", "/v2", "/favicon.ico",
                ] {
                    for method in ["GET", "HEAD", "POST", "OPTIONS"] {
                        let request = WallRequest(method: method, url: house.door + path)
                        let answer = try await WallClient.send(request)
                        #expect(Self.faults(of: answer) == [], "\(request.text) \(answer.status)")
                    }
                }
                let statuses: Set = [200, 400, 401, 403, 404, 405, 413, 415, 422]
                #expect(statuses.subtracting(seen.keys) == [], "\(seen)")
                #expect(seen.values.reduce(0, +) > House.contracts.count * 8, "\(seen)")
                #expect(seen.keys.filter { $0 >= 500 } == [], "\(seen)")
            }
        }

        /// Requests that bring out every kind of answer that an operation can be made to give without a change.
        private static func requests(
            _ contract: Contract, _ house: House, _ base: String, _ credential: String
        ) throws -> [WallRequest] {
            let path = try house.acme.path(of: contract)
            let bare = WallRequest(method: contract.method.rawValue, url: base + path)
            let full = bare.with(("Authorization", "Bearer \(credential)"))
            var preflight = WallRequest(method: "OPTIONS", url: base + path)
            preflight = preflight.with(
                ("Origin", "https://evil.example"), ("Access-Control-Request-Method", contract.method.rawValue),
                ("Access-Control-Request-Headers", "authorization"))
            var requests = [
                bare, bare.with(("Origin", "https://evil.example")), preflight,
                WallRequest(method: "TRACE", url: base + path),
                WallRequest(method: contract.method.rawValue, url: "\(base)\(path)/nothing/here"),
                bare.with(("Authorization", "Bearer a.b.c")),
            ]
            for text in ["?odd=1", "?limit=0", "?fields=%00"] {
                var odd = full
                odd.url += text
                requests.append(odd)
            }
            if contract.method == .get, contract.outputMediaType == "application/json" {
                requests += [full, full.with(("If-None-Match", "*")), full.with(("Origin", "https://evil.example"))]
            }
            if contract.bodySchema != nil {
                for (type, body) in [
                    ("text/plain", "x"), ("application/json", "["), ("application/json", "[]"),
                ] {
                    var sent = full.with(("Content-Type", type))
                    sent.body = Array(body.utf8)
                    requests.append(sent)
                }
            }
            return requests + forbidden(contract, house, base, bare)
        }

        /// A body beyond what is read.
        private static func tooLarge(
            _ contract: Contract, _ house: House, _ base: String, _ credential: String
        ) throws -> WallRequest? {
            // The door ends such a connection only after a moment, so a few are enough there.
            let few = [
                Teams.create.contract.id, Individuals.create.contract.id, Tickets.create.contract.id,
                Tasks.create.contract.id,
            ]
            guard contract.bodySchema != nil, base != house.door || few.contains(contract.id) else { return nil }
            let path = try house.acme.path(of: contract)
            var request = WallRequest(method: contract.method.rawValue, url: base + path).with(
                ("Authorization", "Bearer \(credential)"), ("Content-Type", "application/json"))
            request.body = Array(repeating: UInt8(ascii: " "), count: Contract.bodyLimitBytes + 1)
            return request
        }

        /// A write with a credential that may only read: at the door, since its token is another.
        private static func forbidden(
            _ contract: Contract, _ house: House, _ base: String, _ bare: WallRequest
        ) -> [WallRequest] {
            guard base == house.door, contract.method.isWrite, case .needs = contract.access else { return [] }
            let empty: JSONValue? = contract.bodySchema == nil ? nil : [:]
            return [bare.with(("Authorization", "Bearer \(house.acme.narrowKey)")).with(json: empty)]
        }

        /// What is wrong with an answer's fields.
        private static func faults(of answer: WallAnswer) -> [String] {
            var faults: [String] = []
            for (name, value) in [
                ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
                ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
                ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
                ("Cache-Control", "no-store"),
            ] where answer.headers[name] != [value] {
                faults.append("\(name): \(answer.headers[name])")
            }
            if answer.headers["X-Request-Id"].count != 1 { faults.append("no id") }
            // Nobody on the way here speaks TLS, and no other site's page may read anything.
            if answer.headers.contains(name: "Strict-Transport-Security") { faults.append("HSTS without TLS") }
            faults += answer.headers.map(\.name).filter { $0.lowercased().hasPrefix("access-control-") }
            if answer.status >= 400, !answer.bytes.isEmpty,
                answer.headers["Content-Type"] != ["application/problem+json"]
            {
                faults.append("no problem: \(answer.text.prefix(80))")
            }
            return faults
        }
    }
}
