import FoundationEssentials
import Models
import Testing

/// Tables that a review must see change, each compared with what the code says.
@Suite("S-4: permissions and calls are checked-in files")
struct FixtureTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func lines(_ name: String) throws -> [String] {
        let file = Self.root.appending(path: "Tests/ModelsTests/Fixtures/\(name)")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }

    private func text(_ permissions: Set<Permission>) -> String {
        let known = Permission.all.filter(permissions.contains).map(\.rawValue)
        return known.isEmpty ? "nothing" : known.joined(separator: " ")
    }

    @Test("roles.txt is what each role and process may do")
    func roles() throws {
        let roles = Role.allCases.map { "\($0.rawValue): \(text($0.permissions))" }
        let processes = ServiceName.allCases.map { "process \($0.rawValue): \(text($0.permissions))" }
        #expect(try lines("roles.txt") == roles + processes)
    }

    @Test("calls.txt is who calls whom, read off the sources of the services")
    func calls() throws {
        #expect(try lines("calls.txt") == actualCalls().map(\.line).sorted())
    }

    @Test("a process may do what its calls need, and nothing more")
    func processesHoldWhatTheyNeed() throws {
        for service in ServiceName.allCases {
            let own = try actualCalls().filter { $0.caller == service && !$0.isByPerson }
            let needed = own.compactMap { call -> Permission? in
                if case .needs(let permission) = call.contract.access { permission } else { nil }
            }
            #expect(service.permissions == Set(needed), "\(service.rawValue)")
        }
    }

    private struct Call: Hashable {
        let caller: ServiceName
        let callee: ServiceName
        let contract: Contract
        /// Whether a person's key goes with it: then the person's permissions count, and not the process's own.
        let isByPerson: Bool

        var line: String {
            "\(caller.rawValue) -> \(callee.rawValue) \(contract.id)" + (isByPerson ? " with a person's key" : "")
        }

        static func == (left: Call, right: Call) -> Bool { left.line == right.line }
        func hash(into hasher: inout Hasher) { hasher.combine(line) }
    }

    /// Folders whose code calls with the key of the person who runs it.
    private static let foldersOfPeople = [ServiceName.casebook: "Tickets/"]

    private func actualCalls() throws -> Set<Call> {
        let services = Self.root.appending(path: "Services")
        var calls: Set<Call> = []
        for caller in ServiceName.allCases {
            let folder = services.appending(path: caller.rawValue.capitalized)
            let folderOfPeople = Self.foldersOfPeople[caller]
            for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where path.hasSuffix(".swift")
            {
                let source = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                for match in source.matches(of: /\b([A-Z]\w+)\.(\w+)\.request\(/) {
                    let id = "\(WireName.of(String(match.1))).\(WireName.of(String(match.2)))"
                    for callee in ServiceName.allCases {
                        guard let contract = callee.contracts.first(where: { $0.id == id }) else { continue }
                        calls.insert(
                            Call(
                                caller: caller, callee: callee, contract: contract,
                                isByPerson: folderOfPeople.map(path.hasPrefix) ?? false))
                    }
                }
            }
        }
        return calls
    }
}
