import Configuration
import FoundationEssentials
import Models
import ServiceKit
import Testing

@Suite("S-22: secrets that must be read again")
struct KeyringTests {
    private static let workspace = ID<Workspace>.make(at: .now)
    private static let secret = Data("a secret of some kind".utf8)

    private static func key(_ byte: UInt8) -> String { Data(repeating: byte, count: 32).base64EncodedString() }

    private static func ring(_ bytes: UInt8...) throws -> Keyring {
        try #require(Keyring(bytes.map(key).joined(separator: ",")))
    }

    @Test("what was sealed opens in its workspace for its purpose, and each sealing is another (S-22)")
    func roundTrip() throws {
        let ring = try Self.ring(1)
        let sealed = try ring.seal(Self.secret, in: Self.workspace, as: "p")
        #expect(!sealed.bytes.contains(Self.secret))
        #expect(sealed.keyID == ring.currentKeyID)
        let read = try SealedSecret(bytes: sealed.bytes)
        #expect(try ring.open(read, in: Self.workspace, as: "p") == Self.secret)
        #expect(try ring.seal(Self.secret, in: Self.workspace, as: "p") != sealed)
    }

    @Test("another key, workspace or purpose, and any flipped bit, open nothing (S-22)")
    func failsClosed() throws {
        let ring = try Self.ring(1)
        let sealed = try ring.seal(Self.secret, in: Self.workspace, as: "p")
        #expect(throws: Keyring.Failure.unknownKey(ring.currentKeyID)) {
            try Self.ring(2).open(sealed, in: Self.workspace, as: "p")
        }
        #expect(throws: Keyring.Failure.notAuthentic) { try ring.open(sealed, in: .make(at: .now), as: "p") }
        #expect(throws: Keyring.Failure.notAuthentic) { try ring.open(sealed, in: Self.workspace, as: "q") }
        for place in sealed.bytes.indices {
            var bytes = sealed.bytes
            bytes[place] ^= 1
            #expect(throws: Keyring.Failure.self, "byte \(place)") {
                try ring.open(SealedSecret(bytes: bytes), in: Self.workspace, as: "p")
            }
        }
        #expect(throws: Keyring.Failure.malformed) { try SealedSecret(bytes: Data()) }
    }

    @Test("the first key seals and all open, so that a key is changed without a pause (S-22)")
    func rotation() throws {
        let before = try Self.ring(1)
        let sealed = try before.seal(Self.secret, in: Self.workspace, as: "p")
        let during = try Self.ring(2, 1)
        #expect(during.hasFormerKeys && !before.hasFormerKeys)
        #expect(try during.open(sealed, in: Self.workspace, as: "p") == Self.secret)
        let anew = try during.seal(Self.secret, in: Self.workspace, as: "p")
        #expect(try Self.ring(2).open(anew, in: Self.workspace, as: "p") == Self.secret)
        #expect(throws: Keyring.Failure.self) { try before.open(anew, in: Self.workspace, as: "p") }
    }

    @Test("a code of authentication holds for its message and purpose, under a former key too (S-22)")
    func codes() throws {
        let before = try Self.ring(1)
        let code = before.authenticationCode(of: "m", for: "p")
        #expect(try Self.ring(2, 1).isAuthentic(code, of: "m", for: "p"))
        #expect(!before.isAuthentic(code, of: "n", for: "p"))
        #expect(!before.isAuthentic(code, of: "m", for: "q"))
        #expect(try !Self.ring(2).isAuthentic(code, of: "m", for: "p"))
    }

    @Test(
        "a key is 32 bytes in base64, at most eight of them with commas between, each once",
        arguments: [
            "", "short", Data(repeating: 1, count: 31).base64EncodedString(), String(repeating: "*", count: 44),
            key(1) + ",", "," + key(1), key(1) + "," + key(1), key(1) + ";" + key(2),
            (1...9).map { key($0) }.joined(separator: ","),
        ])
    func wrongKeys(text: String) {
        #expect(Keyring(text) == nil)
    }

    @Test("keys come from the environment or a file, never from both, and none is quoted (S-22)")
    func settings() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString)")
        try Data("\(Self.key(2))\n\(Self.key(1))\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        func read(_ values: [String: String]) -> (ring: Keyring?, problems: [String]) {
            var known: [AbsoluteConfigKey: ConfigValue] = [:]
            for (key, value) in values {
                known[AbsoluteConfigKey(["casebook", "identity", key])] = ConfigValue(.string(value), isSecret: true)
            }
            var settings = Settings(ConfigReader(provider: InMemoryProvider(values: known)), service: .identity)
            return (settings.keyring(of: .identity), settings.problems)
        }
        let fromFile = read(["encryptionKeyFile": file.path])
        #expect(fromFile.ring?.currentKeyID == Keyring(Self.key(2))?.currentKeyID)
        #expect(fromFile.ring?.hasFormerKeys == true)
        #expect(read(["encryptionKey": Self.key(1)]).problems.isEmpty)
        for wrong in [
            [:], ["encryptionKeyFile": file.path, "encryptionKey": Self.key(1)],
            ["encryptionKeyFile": "/nowhere/at/all"], ["encryptionKey": "c2VjcmV0"],
        ] {
            let (ring, problems) = read(wrong)
            #expect(ring == nil && problems.count == 1, "\(wrong.keys)")
            #expect(!problems.joined().contains("c2VjcmV0"))
        }
    }
}
