import Foundation
import Models
import TestSupport
import Testing

extension SuiteTests.Walls {
    @Test("S-3, S-5: ids of others in any place are refused, server's fields are named, and no row changes")
    func references() async throws {
        try await House.open { house in
            try await house.settle()
            let before = Set(try await house.digests())
            try await foreignIDs(house)
            try await serverFields(house)
            let after = try await house.digests()
            #expect(after.filter { !before.contains($0) } == [])
        }
    }

    @Test("S-1: in 10,000 answers to one workspace, asked with all ids of another, nothing of the other stands")
    func canaries() async throws {
        try await House.open { house in
            var answers = 0
            var found = 0
            while answers < 10_000 {
                for (service, contract) in House.answering {
                    for (base, credential) in try await house.entrances(to: service, house.acme.key) {
                        let requests = try Self.questions(contract, house).map { path in
                            WallRequest(method: contract.method.rawValue, url: base + path).with(
                                ("Authorization", "Bearer \(credential)")
                            ).with(json: contract.bodySchema.map { Sample.value($0) })
                        }
                        try await WallClient.sendAll(requests) { request, answer in
                            answers += 1
                            if answer.everything.contains(house.bolt.mark) { found += 1 }
                            if contract.path.contains("{"), !request.url.contains("?") {
                                #expect(answer.status == 404, "\(request.text) \(answer.status)")
                            } else {
                                #expect(answer.status < 500, "\(request.text) \(answer.status)")
                            }
                        }
                    }
                }
            }
            #expect(found == 0)
            // The mark would have been seen: its own workspace sees it.
            let own = WallRequest(url: "\(house.door)/v1/tickets?limit=200").with(
                ("Authorization", "Bearer \(house.bolt.key)"))
            let shown = try await WallClient.send(own)
            #expect(shown.text.contains(house.bolt.mark), "\(shown.text.prefix(300))")
        }
    }

    /// Each place of each body that takes an id, with every id of the other workspace and one that nobody has.
    private func foreignIDs(_ house: House) async throws {
        var tried = 0
        for (_, contract) in House.answering {
            guard let schema = contract.bodySchema else { continue }
            // The filter of a job asks, as a query does, and refers to nothing.
            let places = Sample.places(in: schema).filter { $0.path.first != "filter" }
            for place in places where Sample.isText(place.schema, format: "uuid") {
                for id in house.bolt.ids.filter({ UUID(uuidString: $0) != nil }) + [UUID().uuidString] {
                    let body = Sample.body(schema, with: .string(id), at: place.path[...])
                    let request = WallRequest(
                        method: contract.method.rawValue, url: house.door + (try house.acme.path(of: contract))
                    ).with(("Authorization", "Bearer \(house.acme.key)")).with(json: body)
                    let answer = try await WallClient.send(request)
                    tried += 1
                    #expect(
                        [401, 403, 404, 422].contains(answer.status),
                        "\(contract.id) \(place.pointer): \(answer.status) \(answer.text.prefix(200))")
                    if answer.status == 422 {
                        #expect(answer.pointers == [place.pointer], "\(contract.id) \(answer.text.prefix(300))")
                    }
                    #expect(!answer.everything.contains(house.bolt.mark), "\(contract.id)")
                }
            }
        }
        #expect(tried > 40)
    }

    /// Every field that an answer shows and a body does not take, in each object of each body.
    private func serverFields(_ house: House) async throws {
        let shown = Set(House.contracts.flatMap { Self.names($0.contract.outputSchema) })
            .union(["workspace_id", "role", "id", "version", "created_by", "balance", "name_key", "password_hash"])
        var refused: Set<String> = []
        for (_, contract) in House.answering {
            guard let schema = contract.bodySchema else { continue }
            for (path, object) in Self.objects(in: schema, at: []) {
                let server = shown.subtracting(object.members.map(\.name))
                let named = try await namedFields(server, of: contract, schema, path, object, house)
                // What no person of a workspace may do is refused before its body is read.
                guard let named else { continue }
                #expect(server.subtracting(named).sorted() == [], "\(contract.id) \(path)")
                refused.formUnion(named)
            }
        }
        #expect(shown.subtracting(refused).sorted() == [])
    }

    /// The fields that are named when an object is sent with fields beyond its own; `nil` when nobody may ask.
    ///
    /// Some are sent at a time: an answer lists a hundred faults at most.
    private func namedFields(
        _ fields: Set<String>, of contract: Contract, _ schema: Schema, _ path: [String], _ object: ObjectSchema,
        _ house: House
    ) async throws -> Set<String>? {
        let required = object.members.filter(\.isRequired).map { JSONValue.Member($0.name, Sample.value($0.schema)) }
        let prefix = path.map { "/\($0)" }.joined()
        let request = WallRequest(
            method: contract.method.rawValue, url: house.door + (try house.acme.path(of: contract))
        ).with(("Authorization", "Bearer \(house.acme.key)"))
        var left = fields.sorted()[...]
        var named: Set<String> = []
        while !left.isEmpty {
            let some = left.prefix(95)
            left = left.dropFirst(95)
            let object = JSONValue.object(required + some.map { JSONValue.Member($0, 1) })
            let answer = try await WallClient.send(request.with(json: Sample.body(schema, with: object, at: path[...])))
            if [401, 403].contains(answer.status), case .needs(let permission) = contract.access {
                #expect(!Role.administrator.permissions.contains(permission), "\(contract.id)")
                return nil
            }
            #expect(answer.status == 422, "\(contract.id) \(prefix): \(answer.status)")
            named.formUnion(some.filter { answer.pointers.contains("\(prefix)/\($0)") })
        }
        return named
    }

    /// What is asked of an operation with ids and words of the other workspace.
    private static func questions(_ contract: Contract, _ house: House) throws -> [String] {
        if contract.path.contains("{") {
            // A word that others gave their kind of ticket is free here, and a link's token is itself the credential.
            let ids = house.bolt.ids.filter { UUID(uuidString: $0) != nil || !contract.path.contains("{token}") }
            return try ids.map { try house.acme.path(of: contract, instead: $0) }
        }
        guard contract.method == .get, case .object(let query)? = contract.querySchema else { return [] }
        let path = try house.acme.path(of: contract)
        return [path]
            + query.members.flatMap { member in
                values(Sample.bare(member.schema), house.bolt).map { "\(path)?\(member.name)=\($0)" }
            }
    }

    private static func values(_ schema: Schema, _ other: Estate) -> [String] {
        switch schema {
        case .boolean: ["true", "false"]
        case .integer: ["1", "200"]
        case .word(let words, _): words
        case .text(let text) where text.format == "uuid": other.ids.filter { UUID(uuidString: $0) != nil }
        default:
            [other.mark, "\(other.mark)@example.com", "\(other.mark)@individuals.example", "m", "e"]
                + (4...other.mark.count).map { String(other.mark.prefix($0)) }
        }
    }

    /// The names of all members of an answer.
    private static func names(_ schema: Schema?) -> [String] {
        schema.map { Sample.places(in: $0).compactMap(\.path.last).filter { $0 != "0" } } ?? []
    }

    /// The objects in a body, the body itself first.
    private static func objects(in schema: Schema, at path: [String]) -> [([String], ObjectSchema)] {
        var found: [([String], ObjectSchema)] = []
        if case .object(let object) = Sample.bare(schema) { found.append((path, object)) }
        for place in Sample.places(in: schema) {
            if case .object(let object) = Sample.bare(place.schema) { found.append((place.path, object)) }
        }
        return found
    }
}

extension House {
    /// Waits until what consumers do with the records that were made is done: five looks in a row see the same.
    func settle() async throws {
        var (last, equal): ([String], Int) = ([], 0)
        try await eventually(within: .seconds(30), "the tables rest") {
            let now = try await digests()
            equal = now == last ? equal + 1 : 0
            last = now
            return equal >= 5
        }
    }
}
