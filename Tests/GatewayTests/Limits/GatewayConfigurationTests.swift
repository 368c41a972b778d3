import Configuration
import Models
import ServiceKit
import Testing

@testable import Gateway

@Suite("Configuration of the gateway")
struct GatewayConfigurationTests {
    /// What is wrong with some settings, by key without its prefix.
    private func problems(_ values: [AbsoluteConfigKey: ConfigValue]) -> [String] {
        var settings = Settings(ConfigReader(provider: InMemoryProvider(values: values)), service: .gateway)
        _ = GatewayConfiguration(&settings)
        return settings.problems
    }

    @Test("R-9: the half that one workspace may have under way is less than the connections to a service's copies")
    func halfIsLess() {
        #expect(problems([:]) == [])
        let many: [AbsoluteConfigKey: ConfigValue] = ["casebook.upstream.underWay": "512"]
        #expect(problems(many).count == 1 && problems(many).first?.contains("CASEBOOK_UPSTREAM_UNDER_WAY") == true)
        var more = many
        more["casebook.upstream.connections"] = "257"
        #expect(problems(more) == [])
        // One service with one copy is enough to be blocked.
        var copies = many
        copies["casebook.identity.url"] = "http://127.0.0.1:1,http://127.0.0.1:2"
        #expect(problems(copies).count == 1)
    }
}
