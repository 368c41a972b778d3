import Models

/// One operation of the API.
struct ReferenceOperation: Sendable {
    /// Its stable name, `<resource>.<verb>`.
    let id: String
    /// The method in capitals.
    let method: String
    let path: String
    let tag: String
    let summary: String
    let description: String?
    let access: ReferenceAccess
    let parameters: [ReferenceParameter]
    /// The body's schema.
    let body: JSONValue?
    let success: ReferenceAnswer
    /// What can go wrong, by status.
    let problems: [ReferenceProblem]
    /// The names of the operations that go on from its answer.
    let links: [String]

    init?(path: String, method: String, _ value: JSONValue) {
        guard let id = value["operationId"]?.asText, let summary = value["summary"]?.asText else { return nil }
        self.id = id
        self.method = method.uppercased()
        self.path = path
        self.summary = summary
        tag = value["tags"]?.asItems.first?.asText ?? "other"
        description = value["description"]?.asText
        access = ReferenceAccess(value)
        body = value["requestBody"]?["content"]?.asMembers.first?.value["schema"]
        let responses = value["responses"]?.asMembers ?? []
        guard let good = responses.first(where: { $0.name.hasPrefix("2") }) else { return nil }
        success = ReferenceAnswer(status: good.name, good.value)
        links = (good.value["links"]?.asMembers ?? []).map(\.name)
        problems = responses.filter { !$0.name.hasPrefix("2") }.sorted { $0.name < $1.name }.flatMap { answer in
            (answer.value["x-problems"]?.asMembers ?? []).map {
                ReferenceProblem(status: answer.name, word: $0.name, title: $0.value.asText ?? "")
            }
        }
        parameters =
            (value["parameters"]?.asItems ?? []).compactMap(ReferenceParameter.init)
            + ReferenceParameter.implied(by: success, isRead: method == "get")
    }

    /// Where it is described.
    var address: String { "/docs/\(ReferenceResource.slug(of: tag))#\(id)" }

    /// The parameters in one place: `path`, `query` or `header`.
    func parameters(in place: String) -> [ReferenceParameter] { parameters.filter { $0.place == place } }
}

/// Who may call an operation.
enum ReferenceAccess: Sendable {
    case needs(permission: String)
    case open(reason: String)
    case signed(by: String)

    init(_ operation: JSONValue) {
        if let permission = operation["x-permission"]?.asText {
            self = .needs(permission: permission)
        } else if let proof = operation["x-signed-by"]?.asText {
            self = .signed(by: proof)
        } else {
            self = .open(reason: operation["x-open"]?.asText ?? "")
        }
    }

    /// The roles whose people have a permission.
    static func roles(with permission: String) -> [String] {
        Role.allCases.filter { $0.permissions.contains(Permission(rawValue: permission)) }.map(\.rawValue)
    }
}

/// A problem that an operation can answer.
struct ReferenceProblem: Sendable {
    let status: String
    /// The stable word in `code`.
    let word: String
    let title: String
}

/// The good answer of an operation.
struct ReferenceAnswer: Sendable {
    let status: String
    let mediaType: String?
    /// `nil` when the answer has no body.
    let schema: JSONValue?
    /// What stands in its header, beside what every answer has.
    let headers: [ReferenceHeader]

    init(status: String, _ value: JSONValue) {
        self.status = status
        let content = value["content"]?.asMembers.first
        mediaType = content?.name
        schema = content?.value["schema"]
        headers = (value["headers"]?.asMembers ?? []).map {
            ReferenceHeader(name: $0.name, text: $0.value["description"]?.asText ?? "")
        }
    }
}

/// A header field of an answer.
struct ReferenceHeader: Sendable {
    let name: String
    let text: String
}

/// A parameter of an operation.
struct ReferenceParameter: Sendable {
    /// `path`, `query` or `header`.
    let place: String
    let field: ReferenceField

    init(place: String, field: ReferenceField) {
        self.place = place
        self.field = field
    }

    init?(_ value: JSONValue) {
        guard let name = value["name"]?.asText, let place = value["in"]?.asText else { return nil }
        let own = value["description"]?.asText ?? Self.texts[name]
        field = ReferenceField(
            name: name, isRequired: value["required"] == .bool(true), schema: value["schema"] ?? [:], summary: own)
        self.place = place
    }

    /// The headers that mean the same with every operation.
    private static let texts = [
        "Idempotency-Key": "A word of yours for this write: sent again with it, the write happens once.",
        "If-Match": "The ETag that you read; refused with 412 when the record has changed since.",
    ]

    /// What HTTP and the HTML standard give without a word in the document.
    static func implied(by answer: ReferenceAnswer, isRead: Bool) -> [ReferenceParameter] {
        func header(_ name: String, _ text: String) -> ReferenceParameter {
            ReferenceParameter(
                place: "header",
                field: ReferenceField(name: name, isRequired: false, schema: ["type": "string"], summary: text))
        }
        guard isRead else { return [] }
        if answer.mediaType == "text/event-stream" {
            return [header("Last-Event-ID", "The id of the last event that you saw; the stream goes on after it.")]
        }
        guard answer.headers.contains(where: { $0.name == "ETag" }) else { return [] }
        return [header("If-None-Match", "The ETag that you have; answered with 304 when it is still the record's.")]
    }
}
