import Configuration
import FoundationEssentials
import Models
import ServiceKit
import Testing

@testable import Identity

@Suite("Identity's configuration")
struct ConfigurationTests {
    private func problems(_ values: [String: String]) -> [String] {
        var known: [AbsoluteConfigKey: ConfigValue] = [:]
        for (key, value) in values {
            known[AbsoluteConfigKey(key.split(separator: ".").map(String.init))] = ConfigValue(
                .string(value), isSecret: true)
        }
        var settings = Settings(ConfigReader(provider: InMemoryProvider(values: known)), service: .identity)
        _ = IdentityConfiguration(&settings)
        return settings.problems
    }

    @Test("without an encryption key nothing starts, and the variable is named (S-22)")
    func missingKey() {
        let problems = problems([:])
        #expect(problems.count == 1)
        #expect(problems.first?.contains("CASEBOOK_IDENTITY_ENCRYPTION_KEY") == true)
    }

    @Test("all that is wrong is said at once, and no secret is quoted (S-22)")
    func wrong() {
        let problems = problems([
            "casebook.identity.encryptionKey": "c2VjcmV0LWJ1dC1zaG9ydA==",
            "casebook.identity.serviceClients": "casebook:secret-hash",
        ])
        #expect(problems.count == 2)
        #expect(!problems.joined().contains("c2VjcmV0"))
        #expect(!problems.joined().contains("secret-hash"))
    }

    @Test("a good configuration has no problems")
    func good() {
        let key = Data(repeating: 1, count: 32).base64EncodedString()
        #expect(problems(["casebook.identity.encryptionKey": key]).isEmpty)
    }
}
