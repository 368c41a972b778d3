import FoundationEssentials
import Models
import Testing

@testable import Identity

@Suite("Credentials")
struct CredentialTests {
    private let id = ID<APIKey>.make(at: .now).rawValue

    @Test("a credential is its kind, its id and 256 random bits, and reads back (S-17)")
    func roundTrip() throws {
        let issued = Credential.issue(.apiKey, id: id, random: systemRandomBytes)
        let parts = issued.text.split(separator: "_", maxSplits: 2)
        #expect(parts[0] == "cbk")
        #expect(parts[1] == id.uuidString.lowercased())
        #expect(Base64URL.decode(String(parts[2]))?.count == 32)
        let read = try #require(Credential(issued.text))
        #expect(read.kind == .apiKey)
        #expect(read.id == id)
        #expect(read.matches(storedHash: issued.hash))
    }

    @Test("two credentials of the same id differ, and one does not match the other's hash (S-17)")
    func secretsDiffer() {
        let first = Credential.issue(.session, id: id, random: systemRandomBytes)
        let second = Credential.issue(.session, id: id, random: systemRandomBytes)
        #expect(first.text != second.text)
        #expect(!first.matches(storedHash: second.hash))
        #expect(!first.matches(storedHash: ""))
        #expect(first.hash.utf8.count == 64)
    }

    @Test("a secret whose base64 holds underscores reads back whole")
    func underscores() throws {
        let issued = Credential.issue(.session, id: id) { [UInt8](repeating: 0xFF, count: $0) }
        #expect(issued.text.hasSuffix(String(repeating: "_", count: 42) + "8"))
        #expect(Credential(issued.text)?.text == issued.text)
    }

    @Test(
        "what was not issued here is no credential",
        arguments: [
            "", "cbk", "cbk_", "cbk__", "cbx_0192d3a4-0000-7000-8000-000000000000_" + String(repeating: "A", count: 43),
            "cbk_0192D3A4-0000-7000-8000-000000000000_" + String(repeating: "A", count: 43),
            "cbk_0192d3a4-0000-7000-8000-00000000000_" + String(repeating: "A", count: 43),
            "cbk_0192d3a4-0000-7000-8000-000000000000_" + String(repeating: "A", count: 42),
            "cbk_0192d3a4-0000-7000-8000-000000000000_" + String(repeating: "A", count: 44),
            "cbk_0192d3a4-0000-7000-8000-000000000000_" + String(repeating: "+", count: 43),
            "cbk_0192d3a4-0000-7000-8000-000000000000_" + String(repeating: "A", count: 42) + "\u{0}",
        ])
    func malformed(text: String) {
        #expect(Credential(text) == nil)
    }

    @Test("descriptions show no secret")
    func redacted() {
        let issued = Credential.issue(.session, id: id, random: systemRandomBytes)
        let secret = issued.text.suffix(43)
        #expect(!"\(issued)".contains(secret))
        #expect(!String(reflecting: issued).contains(secret))
    }

    @Test("the CSRF token follows from the session's hash, differs by session, and is not the hash (S-16)")
    func csrfToken() {
        let first = Credential.issue(.session, id: id, random: systemRandomBytes)
        let second = Credential.issue(.session, id: id, random: systemRandomBytes)
        let token = CSRFToken.derive(credentialHash: first.hash)
        #expect(token == CSRFToken.derive(credentialHash: first.hash))
        #expect(token != CSRFToken.derive(credentialHash: second.hash))
        #expect(token.utf8.count == 43)
    }
}
