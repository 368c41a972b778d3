package import Models
import ServiceKit
import Testing

extension ServiceDesk {
    /// Makes calls of all operations, and expects that a person of a role is let through to whatever the role allows:
    /// each answer is 2xx, so the handler did what was asked (S-4).
    ///
    /// A manager's calls are made by a person of the role where it allows them, and as they are listed where it does
    /// not, so that calls after them find what they need; somebody else's are always made as listed.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - calls: The calls, in an order in which each succeeds for a manager.
    ///   - names: What is known before; `manager` becomes the person, and `colleague` another.
    ///   - exceptions: The operations that a finer rule than the role's refuses to this person, and which have a test
    ///     of their own.
    /// - Throws: What the requests throw.
    package func expectAllowed(
        _ role: Role, _ calls: [OperationCall], knowing names: RecordNames, except exceptions: Set<String> = []
    ) async throws {
        // An agent's calls are the colleague's, since agents are what others' calls name.
        let person = role == .agent ? company.colleague : company[role]
        var names = names
        names.learn("manager", is: "\(person.id)")
        if role == .agent { names.learn("colleague", is: "\(company.agent.id)") }
        var made: Set<String> = []
        try await make(calls, knowing: names) { call in
            guard call.call.role == .manager, case .needs(let permission) = call.contract.access,
                role.permissions.contains(permission), !exceptions.contains(call.contract.id)
            else { return try await call.send() }
            made.insert(call.contract.id)
            let answer = try await send(call.method, call.path, as: person, call.body)
            #expect((200..<300).contains(answer.status), "\(role) \(call.contract.id) \(call.path) \(answer.text)")
            return answer
        }
        let allowed = service.assembly.routes.map(\.contract).filter { contract in
            guard case .needs(let permission) = contract.access else { return false }
            return role.permissions.contains(permission)
        }
        #expect(Set(allowed.map(\.id)).subtracting(made) == exceptions, "\(role)")
    }
}
