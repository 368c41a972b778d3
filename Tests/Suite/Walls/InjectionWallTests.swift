import Foundation
import Models
import NIOHTTP1
import TestSupport
import Testing

extension SuiteTests.Walls {
    /// SQL that would call a sequence which nothing of ours calls, in each way that a text could end what it stands in.
    private static let vectors = [
        "'||nextval('public.canary')||'", "' OR nextval('public.canary')>0--", "'; SELECT nextval('public.canary');--",
        "') OR nextval('public.canary')>0--", "1 OR nextval('public.canary')>0", "(SELECT nextval('public.canary'))",
        "1; SELECT nextval('public.canary')--", "\\' OR nextval('public.canary')>0--",
        "%' OR nextval('public.canary')>0--",
        "\") OR nextval('public.canary')>0--", "$$||nextval('public.canary')||$$", "/**/nextval('public.canary')",
        "$1::text||nextval('public.canary')", "' UNION SELECT nextval('public.canary')::text--",
        "E'\\\\047||nextval(''public.canary'')", "id,nextval('public.canary')", "-nextval('public.canary')",
    ]

    /// Characters that would begin a line or a command of a terminal in a log or in a header.
    private static let controls = [
        "\r\nSet-Cookie: forged=1\r\n\r\nforged", "\n{\"forged\":1}", "\u{0}forged", "\u{1B}[2Jforged",
    ]

    @Test(
        """
        S-11, S-22: SQL and control characters in every text of every operation are values, nowhere run and nowhere \
        raw; after them no secret stands in a log or in the arguments of a process
        """)
    func injections() async throws {
        try await House.open(["CASEBOOK_LOG_LEVEL": "debug"]) { house in
            _ = try await house.suite.sql(
                """
                CREATE SEQUENCE public.canary;
                GRANT USAGE ON SCHEMA public TO PUBLIC;
                GRANT ALL ON public.canary TO PUBLIC
                """)
            var (asked, places) = (0, 0)
            for (service, contract) in House.answering {
                for (base, credential) in try await house.entrances(to: service, house.acme.key) {
                    let groups = try Self.places(contract, house, base, credential)
                    places += groups.count
                    for requests in groups {
                        // Passwords are compared slowly, two at a time.
                        let width = Self.isCostly(contract) ? 2 : 16
                        try await WallClient.sendAll(requests, width: width) { request, answer in
                            asked += 1
                            #expect(answer.status < 500, "\(request.text) \(answer.text.prefix(200))")
                            #expect(!Self.isForged(answer), "\(request.text)")
                            for word in ["SQLSTATE", "libpq", "relation \"", ".swift:", "/home/", "syntax error"] {
                                #expect(!answer.text.contains(word), "\(request.text)")
                            }
                        }
                    }
                }
            }
            #expect(places > 150 && asked > 3_000, "\(asked) requests at \(places) places")
            #expect(try await house.suite.sql("SELECT is_called FROM public.canary") == ["f"])
            // It would have been seen: whoever may call it moves it.
            _ = try await house.suite.sql("SET ROLE tickets; SELECT nextval('public.canary')")
            #expect(try await house.suite.sql("SELECT is_called FROM public.canary") == ["t"])
            try Self.readLogs(of: house.suite)
            try house.searchForSecrets()
        }
    }

    /// Whether a body that is taken has a password computed.
    private static func isCostly(_ contract: Contract) -> Bool {
        contract.bodySchema.map { Sample.places(in: $0).contains { Sample.isText($0.schema, format: "password") } }
            ?? false
    }

    /// Each place of an operation that takes a text, with the requests that try it.
    private static func places(
        _ contract: Contract, _ house: House, _ base: String, _ credential: String
    ) throws -> [[WallRequest]] {
        let path = try house.acme.path(of: contract)
        let plain = WallRequest(method: contract.method.rawValue, url: base + path).with(
            ("Authorization", "Bearer \(credential)"))
        // At the door what goes through to the service shows in few; the service itself is tried with all.
        if isCostly(contract), base == house.door { return [] }
        let texts =
            isCostly(contract)
            ? [vectors[0], controls[0]] : (base == house.door ? [vectors[0], vectors[2]] : vectors) + controls
        var places: [[WallRequest]] = []
        if contract.path.contains("{") {
            places.append(
                try texts.map { text in
                    var request = plain.with(json: contract.bodySchema.map { Sample.value($0) })
                    request.url = base + (try house.acme.path(of: contract, instead: text.percentEncoded))
                    return request
                })
        }
        if case .object(let query)? = contract.querySchema {
            places += query.members.map { member in
                texts.map { text in
                    var request = plain
                    request.url += "?\(member.name)=\(text.percentEncoded)"
                    return request
                }
            }
        }
        if let schema = contract.bodySchema {
            places += Sample.places(in: schema).filter { Sample.isText($0.schema) }.map { place in
                texts.map { plain.with(json: Sample.body(schema, with: .string($0), at: place.path[...])) }
            }
        }
        return base == house.door ? places : places + fields(contract, plain)
    }

    /// SQL in each header field that is read; control characters in fields are tried as raw bytes (S-23).
    private static func fields(_ contract: Contract, _ plain: WallRequest) -> [[WallRequest]] {
        let names = [
            "X-Request-Id", "traceparent", "Idempotency-Key", "If-Match", "If-None-Match", "User-Agent", "Origin",
            "Cookie", "X-CSRF-Token", "Accept",
        ]
        // With a parameter that is unknown, so that nothing is made.
        let everywhere = vectors.map { text in
            var request = plain
            request.fields += names.map { ($0, text) }
            if contract.method.isWrite { request.url += "?odd=1" }
            return request
        }
        let credentials = vectors.prefix(4).map { text in
            WallRequest(method: plain.method, url: plain.url, fields: [("Authorization", "Bearer \(text)")])
        }
        return [everywhere, Array(credentials)]
    }

    private static func isForged(_ answer: WallAnswer) -> Bool {
        answer.headers["Set-Cookie"].contains { $0.contains("forged") }
            || answer.headers.contains { $0.value.utf8.contains { $0 < 0x20 && $0 != 0x09 } }
            || (answer.headers["Content-Type"].first?.contains("json") == true
                && answer.bytes.contains { $0 < 0x20 && $0 != 0x0A })
    }

    /// Every line of a service's log is one JSON object of ours without a raw control character.
    private static func readLogs(of suite: RunningSuite) throws {
        var lines = 0
        for service in ["gateway", "identity", "customers", "tickets", "tasks"] {
            let log = try Data(contentsOf: URL(filePath: "\(suite.folder)/logs/\(service).log"))
            for line in log.split(separator: 0x0A) {
                lines += 1
                let text = String(decoding: line, as: UTF8.self)
                let isRaw = line.contains { $0 < 0x20 || $0 == 0x7F }
                let document = try? JSONParser.parse(Array(line))
                #expect(!isRaw && document?["message"]?.text != nil, "\(service): \(text)")
            }
        }
        #expect(lines > 1_000)
    }
}

extension String {
    /// Every byte as a percent sign and two digits.
    fileprivate var percentEncoded: String {
        utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
