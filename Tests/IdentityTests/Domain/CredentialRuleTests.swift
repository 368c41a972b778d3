import Models
import ServiceKit
import Testing

@testable import Identity

@Suite("Rules of sessions and keys")
struct CredentialRuleTests {
    private let now = Timestamp(microseconds: 1_800_000_000_000_000)

    @Test("a session ends idle after 8 hours and in any case after 7 days (S-15)")
    func sessionEnds() {
        let end = SessionLife.end(startedAt: now)
        #expect(end == now.adding(.seconds(7 * 86_400)))
        #expect(SessionLife.idleEnd(lastUsedAt: now, expiresAt: end) == now.adding(.seconds(8 * 3_600)))
        let late = end.adding(.seconds(-60))
        #expect(SessionLife.idleEnd(lastUsedAt: late, expiresAt: end) == end)
        #expect(SessionLife.idleSince(now) == now.adding(.seconds(-8 * 3_600)))
    }

    @Test("a use is noted at most once a minute")
    func noting() {
        #expect(SessionLife.isWorthNoting(now, lastUsedAt: nil))
        #expect(!SessionLife.isWorthNoting(now, lastUsedAt: now.adding(.seconds(-59))))
        #expect(SessionLife.isWorthNoting(now, lastUsedAt: now.adding(.seconds(-60))))
    }

    @Test("a key holds no permission that its maker or its user's role lacks (S-17)")
    func grant() throws {
        #expect(throws: KeyGrant.Violation.exceeds([.usersAdminister])) {
            try KeyGrant.decide(
                asked: [.workspaceRead, .usersAdminister], maker: Role.agent.permissions, role: .agent, expiresAt: nil,
                now: now)
        }
        #expect(throws: KeyGrant.Violation.exceeds([.teamsWrite])) {
            try KeyGrant.decide(
                asked: [.teamsWrite], maker: [.workspaceRead], role: .administrator, expiresAt: nil, now: now)
        }
        #expect(throws: KeyGrant.Violation.exceeds([.workspacesCreate])) {
            try KeyGrant.decide(
                asked: [.workspacesCreate], maker: nil, role: .administrator, expiresAt: nil, now: now)
        }
        let granted = try KeyGrant.decide(
            asked: [.workspaceRead, .profileManage, .workspaceRead], maker: Role.agent.permissions, role: .agent,
            expiresAt: nil, now: now)
        #expect(granted == [.profileManage, .workspaceRead])
    }

    @Test("a key cannot end before it is made")
    func ends() {
        #expect(throws: KeyGrant.Violation.endsInThePast) {
            try KeyGrant.decide(
                asked: [.workspaceRead], maker: nil, role: .agent, expiresAt: now, now: now)
        }
    }

    @Test("a key never does more than its user's role allows now")
    func inForce() {
        #expect(KeyGrant.inForce([.usersAdminister, .workspaceRead], role: .agent) == [.workspaceRead])
    }

    @Test(
        "the cookie is __Host- over TLS and on loopback, and plain elsewhere (S-15)",
        arguments: [
            ("https://help.example.com", true), ("http://127.0.0.1:8080", true), ("http://127.8.9.1", true),
            ("http://localhost:8080/x", true), ("http://[::1]:8080", true), ("http://help.localhost", true),
            ("http://help.example.com", false), ("http://127.0.0.1.example.com", false),
            ("http://localhost@example.com", false), ("http://[::2]", false), ("http://127.1", false), ("", false),
        ])
    func cookieName(url: String, isSecure: Bool) {
        let cookie = SessionCookie(publicURL: url)
        #expect(cookie.isSecure == isSecure)
        #expect(cookie.name == (isSecure ? "__Host-casebook" : "casebook_session"))
    }

    @Test("the cookie is HttpOnly, Secure, SameSite=Lax, of the root path and of no domain (S-15)")
    func cookieAttributes() {
        let credential = Credential.issue(.session, id: ID<Session>.make(at: now).rawValue, random: systemRandomBytes)
        let cookie = SessionCookie(publicURL: "https://x.example")
        let value = cookie.starting(credential.text, lifetime: SessionLife.absolute)
        #expect(value == "__Host-casebook=\(credential.text); Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=604800")
        let ending = SessionCookie(publicURL: "http://x.example").ending
        #expect(ending == "casebook_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0")
    }

    @Test("a service client proves itself by its own secret alone")
    func serviceClients() throws {
        let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        let clients = try ServiceClients(
            parsing: "casebook:\(hash),gateway:\(hash.uppercased().replacing("9F", with: "00"))")
        #expect(clients.authenticate("cbc_casebook_test") == .casebook)
        #expect(clients.authenticate("cbc_casebook_tess") == nil)
        #expect(clients.authenticate("cbc_gateway_test") == nil)
        #expect(clients.authenticate("cbc_identity_test") == nil)
        #expect(clients.authenticate("cbc_casebook_") == nil)
        #expect(clients.authenticate("casebook_test") == nil)
    }

    @Test(
        "a wrong list of service clients is refused without quoting a hash",
        arguments: ["casebook", "nobody:00", "casebook:zz", "casebook:" + String(repeating: "g", count: 64)])
    func wrongServiceClients(text: String) {
        do throws(ServiceClients.Malformed) {
            _ = try ServiceClients(parsing: text)
            Issue.record("was accepted")
        } catch {
            #expect(!error.description.contains("zz"))
            #expect(!error.description.contains("gggg"))
        }
    }
}
