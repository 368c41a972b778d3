import FoundationEssentials
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Identity

@Suite("Signing keys in the table", .scratchDatabase(.identity))
struct SigningKeyStoreTests {
    private static func ring(_ bytes: UInt8...) throws -> Keyring {
        let keys = bytes.map { Data(repeating: $0, count: 32).base64EncodedString() }
        return try #require(Keyring(keys.joined(separator: ",")))
    }

    @Test("of replicas that start at once one makes the first key, and all sign with it (S-17)")
    func firstKey() async throws {
        try await withDatabase { database in
            let store = SigningKeyStore(database: database, keyring: try Self.ring(1))
            let kids = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<12 {
                    group.addTask { try await store.open(at: .now).keys.map(\.kid) }
                }
                return try await group.reduce(into: Set<[String]>()) { $0.insert($1) }
            }
            #expect(kids.count == 1)
            #expect(kids.first?.count == 1)
        }
    }

    @Test("two keys are valid at once: the newer signs, both are published, and a token of the older verifies (S-17)")
    func twoKeys() async throws {
        try await withDatabase { database in
            let start = Timestamp.now
            let now = start.adding(SigningKeyring.settling)
            let store = SigningKeyStore(database: database, keyring: try Self.ring(1))
            let first = try await store.open(at: start)
            let mint = TokenMint(keyring: first)
            func mintToken() async throws -> String {
                try await mint.mint(
                    workspace: .nobodys, kind: .staff, subject: "x", permissions: [], credentialID: "c", at: now
                ).text
            }
            let older = try await mintToken()
            let isAdded = try await store.add(SigningKey.make(generation: 2, at: start), at: start)
            #expect(isAdded)
            await mint.replace(try await store.open(at: now))
            let newer = try await mintToken()
            #expect(older.prefix { $0 != "." } != newer.prefix { $0 != "." })
            #expect(try await PublishedKeyStore(database: database).keys().count == 2)
            let verifier = TokenVerifier(clock: ServiceClock { now }) {
                try await PublishedKeyStore(database: database).keys()
            }
            for token in [older, newer] { #expect(try await verifier.verify(token).subject == "x") }
        }
    }

    @Test("under another encryption key nothing opens, and no second key is made (S-22)")
    func otherEncryptionKey() async throws {
        try await withDatabase { database in
            _ = try await SigningKeyStore(database: database, keyring: try Self.ring(1)).open(at: .now)
            await #expect(throws: Keyring.Failure.self) {
                try await SigningKeyStore(database: database, keyring: try Self.ring(2)).open(at: .now)
            }
            #expect(try await PublishedKeyStore(database: database).keys().count == 1)
        }
    }

    private func withDatabase(_ body: (Database) async throws -> Void) async throws {
        let database = Database(
            configuration: DatabaseConfiguration(url: try ScratchDatabase.current.url(user: "identity")))
        database.start()
        do {
            try await body(database)
        } catch {
            await database.close()
            throw error
        }
        await database.close()
    }
}
