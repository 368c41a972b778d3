import Models
import Testing

@Suite("Contracts")
struct ContractTests {
    private let contracts = ServiceName.allCases.flatMap(\.contracts)

    @Test("no two operations share a name, nor a method and path")
    func isUnique() {
        #expect(Set(contracts.map(\.id)).count == contracts.count)
        #expect(Set(contracts.map { "\($0.method.rawValue) \($0.path)" }).count == contracts.count)
    }

    @Test("each parameter of a path is a member of its type, and the reverse")
    func pathsMatchTheirTypes() {
        for contract in contracts {
            let named = contract.path.split(separator: "/").filter { $0.hasPrefix("{") }
                .map { String($0.dropFirst().dropLast()) }
            var members: [String] = []
            if case .object(let object)? = contract.pathSchema { members = object.members.map(\.name) }
            #expect(named == members, "\(contract.id)")
        }
    }

    @Test("each operation needs a permission that exists, or says why it is open")
    func statesItsAccess() {
        for contract in contracts {
            switch contract.access {
            case .needs(let permission): #expect(Permission.all.contains(permission), "\(contract.id)")
            case .open(let reason): #expect(reason.count > 20, "\(contract.id)")
            case .signed: #expect(contract.id == "tokens.exchange")
            }
        }
    }

    /// Permissions that decide within an operation, which asks for another one: whose ticket or task may be taken, and
    /// whether a ticket may be reopened at any time.
    private static let askedWithin: Set<Permission> = [.ticketsAssign, .ticketsReopen, .tasksAssign]

    @Test("each permission is asked for by an operation, and held by a role or a service")
    func permissionsAreUsed() {
        for permission in Permission.all {
            #expect(
                Self.askedWithin.contains(permission) || contracts.contains { $0.access == .needs(permission) },
                "\(permission.rawValue)")
            let holders =
                Role.allCases.filter { $0.permissions.contains(permission) }.count
                + ServiceName.allCases.filter { $0.permissions.contains(permission) }.count
            #expect(holders > 0, "\(permission.rawValue)")
        }
    }

    @Test("every read answers something, and every write says what it keeps under a key")
    func answersSomething() {
        for contract in contracts where !contract.method.isWrite {
            #expect(contract.outputSchema != nil, "\(contract.id)")
            #expect(contract.keptAnswer == .none, "\(contract.id)")
        }
    }
}
