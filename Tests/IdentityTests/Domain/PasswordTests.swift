import Testing

@testable import Identity

@Suite("Passwords")
struct PasswordTests {
    private static let example =
        "$scrypt$ln=15,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

    @Test("the standard cost is N = 2^15, r = 8, p = 3 (S-12)")
    func standardCost() {
        #expect(ScryptCost.standard.rounds == 32_768)
        #expect(ScryptCost.standard.blockSize == 8)
        #expect(ScryptCost.standard.parallelism == 3)
        #expect(ScryptCost.standard.isComputable)
    }

    @Test("parameters and salt are stored with the hash and read back (S-12)")
    func encoding() throws {
        let hash = PasswordHash(
            cost: .standard, salt: [UInt8](0..<16), hash: [UInt8](repeating: 7, count: 32))
        #expect(hash.encoded.hasPrefix("$scrypt$ln=15,r=8,p=3$"))
        #expect(PasswordHash(hash.encoded) == hash)
        #expect(PasswordHash(Self.example)?.encoded == Self.example)
    }

    @Test("a hash of another cost needs a rehash, one of the cost in force does not (S-12)")
    func needsRehash() throws {
        let stored = try #require(PasswordHash(Self.example))
        #expect(!stored.needsRehash(to: .standard))
        #expect(stored.needsRehash(to: ScryptCost(logRounds: 16, blockSize: 8, parallelism: 3)))
        #expect(stored.needsRehash(to: ScryptCost(logRounds: 15, blockSize: 8, parallelism: 1)))
    }

    @Test(
        "a stored text that is malformed or asks for too much is not computed",
        arguments: [
            "", "$", "plain", "$scrypt$$$", "$bcrypt$ln=15,r=8,p=3$AAAAAAAAAAAAAAAAAAAAAA$AA",
            example.replacing("ln=15", with: "ln=25"), example.replacing("r=8", with: "r=80"),
            example.replacing("p=3", with: "p=-3"), example.replacing("ln=15,r=8", with: "r=8,ln=15"),
            example + "$x", String(example.dropLast(3)), example.replacing("$AAAA", with: "$AA*A"),
        ])
    func malformed(text: String) {
        #expect(PasswordHash(text) == nil)
    }

    @Test("a password that holds the mail's name or the workspace's is refused, in any case of letters (S-12)")
    func refused() {
        func violation(_ password: String) -> PasswordRule.Violation? {
            do throws(PasswordRule.Violation) {
                try PasswordRule.check(
                    password, mail: "Ada.Lovelace@example.com", workspaceName: "Acme Widgets", workspaceSlug: "acme-co")
                return nil
            } catch {
                return error
            }
        }
        #expect(violation("xxADA.lovelacexx") == .holdsMailName)
        #expect(violation("my ACME widgets 1") == .holdsWorkspaceName)
        #expect(violation("1234-acme-co-5678") == .holdsWorkspaceName)
        #expect(violation("correct horse battery") == nil)
    }

    @Test("names of one or two letters forbid nothing")
    func shortNames() {
        #expect(throws: Never.self) {
            try PasswordRule.check(
                "a password of many letters", mail: "a@example.com", workspaceName: "of", workspaceSlug: "of")
        }
    }
}
