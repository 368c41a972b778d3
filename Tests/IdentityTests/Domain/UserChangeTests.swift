import Models
import Testing

@testable import Identity

@Suite("Changes of users")
struct UserChangeTests {
    private static let administrator = UserState(role: .administrator, isActive: true)

    @Test(
        "the last active administrator is neither demoted nor deactivated",
        arguments: [
            UserState(role: .agent, isActive: true), UserState(role: .administrator, isActive: false),
            UserState(role: .viewer, isActive: false),
        ])
    func lastAdministrator(after: UserState) {
        #expect(throws: UserChange.Violation.lastAdministrator) {
            try UserChange(of: Self.administrator, to: after, otherAdministrators: 0)
        }
        #expect(throws: Never.self) { try UserChange(of: Self.administrator, to: after, otherAdministrators: 1) }
    }

    @Test("whoever holds nothing open may be changed without another administrator")
    func others() {
        for before in [
            UserState(role: .agent, isActive: true), UserState(role: .administrator, isActive: false),
        ] {
            #expect(throws: Never.self) {
                try UserChange(of: before, to: UserState(role: .viewer, isActive: false), otherAdministrators: 0)
            }
        }
    }

    @Test("a change of role ends sessions and the keys that may do more than the new role (S-15)")
    func roleChange() throws {
        let change = try UserChange(
            of: Self.administrator, to: UserState(role: .agent, isActive: true), otherAdministrators: 1)
        #expect(change.endsSessions)
        #expect(change.ends(keyWith: [.usersAdminister]))
        #expect(!change.ends(keyWith: [.workspaceRead]))
    }

    @Test("deactivation ends all sessions and keys")
    func deactivation() throws {
        let change = try UserChange(
            of: UserState(role: .agent, isActive: true), to: UserState(role: .agent, isActive: false),
            otherAdministrators: 0)
        #expect(change.endsSessions)
        #expect(change.ends(keyWith: [.workspaceRead]))
    }

    @Test("a change of neither role nor activity ends nothing, and nor does coming back")
    func harmless() throws {
        let same = try UserChange(of: Self.administrator, to: Self.administrator, otherAdministrators: 0)
        #expect(!same.endsSessions)
        #expect(!same.ends(keyWith: [.usersAdminister]))
        let back = try UserChange(
            of: UserState(role: .agent, isActive: false), to: UserState(role: .agent, isActive: true),
            otherAdministrators: 0)
        #expect(!back.endsSessions)
    }

    @Test("role changes, deactivation and reactivation are audited (S-21)")
    func audit() throws {
        let user = ID<User>.make(at: .now)
        let change = try UserChange(
            of: Self.administrator, to: UserState(role: .viewer, isActive: false), otherAdministrators: 1)
        #expect(change.audit(of: user).map(\.name) == [.roleChanged, .userDeactivated])
        #expect(change.audit(of: user).first?.detail == ["from": "administrator", "to": "viewer"])
    }
}
