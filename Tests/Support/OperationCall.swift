package import HTTPTypes
package import Models
import ServiceKit
import Testing

/// One call of an operation of a service, with names in braces where ids stand: `/v1/tasks/{task}/claim`.
///
/// A service's tests list calls of all its operations in an order in which each succeeds. Tests of what holds for every
/// operation make them all, so that an operation that is added to the list is covered by them.
package struct OperationCall: Sendable {
    /// The operation's stable name.
    package let operation: String
    /// The path with its query.
    package let path: String
    /// The body, if it has one.
    package let body: String?
    /// Who calls.
    package let role: Role
    /// The name under which later calls know a member of the answer, and the member.
    package let kept: (name: String, member: String)?

    /// Describes a call.
    ///
    /// - Parameters:
    ///   - operation: The operation's stable name.
    ///   - path: The path with its query, names in braces.
    ///   - body: The body, names in braces and dollars: `{"assignee_id": "${colleague}"}`.
    ///   - role: Who calls; a manager may write whatever staff may.
    ///   - name: The name of the answer's `id` from then on.
    ///   - member: The member of the answer that is named, where it is not `id`; `items/0/id` for one that lies deeper.
    ///     An address is known by its last part, which holds its secret.
    package init(
        _ operation: String, _ path: String, _ body: String? = nil, as role: Role = .manager,
        keeping name: String? = nil, of member: String = "id"
    ) {
        self.operation = operation
        self.path = path
        self.body = body
        self.role = role
        kept = name.map { ($0, member) }
    }
}

/// A call with ids in the place of names, ready to be sent.
package struct ReadyCall: Sendable {
    /// The call as it was listed.
    package let call: OperationCall
    /// The operation.
    package let contract: Contract
    /// The method.
    package let method: HTTPRequest.Method
    /// The path with its query.
    package let path: String
    /// The body.
    package let body: String?
    /// What the call's names stand for.
    package let names: RecordNames
    fileprivate let sender: @Sendable (ReadyCall, [String: String]) async throws -> TestAnswer

    /// Sends the call as it is, with some header fields more.
    package func send(_ headers: [String: String] = [:]) async throws -> TestAnswer {
        try await sender(self, headers)
    }

    /// Whether an id or a word stands in the path.
    package var namesRecord: Bool { contract.path.contains("{") }
}

/// The names of records, by which calls know ids.
package struct RecordNames: Sendable {
    private var ids: [String: String]

    /// Knows the people, teams and customers of a company, and `more`.
    package init(of company: Company, _ more: [String: String] = [:]) {
        let company = [
            "manager": "\(company.manager.id)", "agent": "\(company.agent.id)", "colleague": "\(company.colleague.id)",
            "team": "\(company.team)", "other_team": "\(company.otherTeam)", "individual": "\(company.individual)",
            "organization": "\(company.organization)",
        ]
        ids = company.merging(more) { _, new in new }
    }

    /// Gives a record a name.
    package mutating func learn(_ name: String, is id: String) { ids[name] = id }

    /// A path with ids in the place of `{name}`.
    package func fill(path: String) -> String {
        ids.reduce(path) { $0.replacing("{\($1.key)}", with: $1.value) }
    }

    /// A body with ids in the place of `${name}`.
    package func fill(body: String) -> String {
        ids.reduce(body) { $0.replacing("${\($1.key)}", with: $1.value) }
    }
}

extension ServiceDesk {
    /// Makes calls one after the other; the names that are known after the last.
    ///
    /// - Parameters:
    ///   - calls: The calls.
    ///   - names: What is known before.
    ///   - each: Sends a call and answers what the calls after it go by; as it is when it is not given.
    /// - Returns: The names.
    /// - Throws: What `each` throws.
    @discardableResult
    package func make(
        _ calls: [OperationCall], knowing names: RecordNames,
        _ each: (ReadyCall) async throws -> TestAnswer = { try await $0.send() }
    ) async throws -> RecordNames {
        var names = names
        for call in calls {
            let answer = try await each(try ready(call, names))
            #expect(answer.status < 300, "\(call.operation) \(call.path) \(answer.text)")
            guard let (name, member) = call.kept else { continue }
            let value = member.split(separator: "/").reduce(answer.json) { value, step in
                Int(step).map { value.items.indices.contains($0) ? value.items[$0] : .null } ?? value[String(step)]
                    ?? .null
            }
            let text = try #require(value.text, "\(call.operation) \(member)")
            names.learn(name, is: text.contains("://") ? String(text.split(separator: "/").last ?? "") : text)
        }
        return names
    }

    /// A call with the ids of its names.
    package func ready(_ call: OperationCall, _ names: RecordNames) throws -> ReadyCall {
        let contract = try #require(
            service.assembly.routes.map(\.contract).first { $0.id == call.operation }, "\(call.operation)")
        let person = company[call.role]
        return ReadyCall(
            call: call, contract: contract,
            method: try #require(HTTPRequest.Method(rawValue: contract.method.rawValue)),
            path: names.fill(path: call.path), body: call.body.map(names.fill(body:)), names: names,
            sender: { ready, headers in try await send(ready.method, ready.path, as: person, ready.body, headers) })
    }
}

extension Contract {
    /// Whether it answers a page of a list.
    package var answersPage: Bool {
        guard !method.isWrite, case .object(let output)? = outputSchema, case .object(let query)? = querySchema,
            query.members.contains(where: { $0.name == "limit" })
        else { return false }
        return output.members.contains { $0.name == "next_cursor" }
    }
}
