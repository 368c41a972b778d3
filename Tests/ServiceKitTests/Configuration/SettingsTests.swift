import Configuration
import Models
import Testing

@testable import ServiceKit

@Suite("Configuration")
struct SettingsTests {
    private func settings(_ environment: [String: String]) -> Settings {
        Settings(
            ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: environment)), service: .identity)
    }

    @Test("a service's own key wins over the suite's")
    func prefersOwnKeys() {
        var own = settings(["CASEBOOK_IDENTITY_HTTP_PORT": "9001", "CASEBOOK_HTTP_PORT": "9000"])
        #expect(own.integer("http.port", default: 1, in: 0...65_535) == 9_001)
        var shared = settings(["CASEBOOK_HTTP_PORT": "9000"])
        #expect(shared.integer("http.port", default: 1, in: 0...65_535) == 9_000)
        var none = settings([:])
        #expect(none.integer("http.port", default: 1, in: 0...65_535) == 1)
    }

    @Test("everything that is wrong is reported at once, by the variable's name")
    func reportsEverything() {
        var settings = settings([
            "CASEBOOK_HTTP_PORT": "70000", "CASEBOOK_LOG_LEVEL": "loud", "CASEBOOK_DRAIN_TIMEOUT_SECONDS": "x",
            "CASEBOOK_SUPERVISED": "maybe",
        ])
        _ = ServiceConfiguration(&settings, service: .identity, usesDatabase: true)
        #expect(settings.problems.count == 5)
        for name in [
            "CASEBOOK_HTTP_PORT", "CASEBOOK_LOG_LEVEL", "CASEBOOK_DRAIN_TIMEOUT_SECONDS", "CASEBOOK_SUPERVISED",
            "CASEBOOK_IDENTITY_DATABASE_URL",
        ] {
            #expect(settings.problems.contains { $0.hasPrefix(name) }, "\(name) in \(settings.problems)")
        }
    }

    @Test("an environment that says nothing starts with the defaults, but for what must be set")
    func hasDefaults() {
        var settings = settings([:])
        let configuration = ServiceConfiguration(&settings, service: .gateway, usesDatabase: false)
        #expect(settings.problems == [])
        #expect(configuration.port == 8_080)
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.drainTimeout == .seconds(10))
        #expect(!configuration.isSupervised)
    }
}
