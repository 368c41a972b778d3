import Models
import Testing

@testable import Casebook

@Suite("what processes are told")
struct EnvironmentTests {
    private let settings = OperatorSettings(environment: [
        "PATH": "/bin", "HOME": "/home", "SECRET_OF_MINE": "x", "CASEBOOK_LOG_LEVEL": "debug",
        "CASEBOOK_DATABASE_URL": "postgresql://root:root@db/main", "CASEBOOK_HOME": "/data",
        "CASEBOOK_TICKETS_DATABASE_URL": "postgresql://tickets:secret@db/main", "CASEBOOK_CLIENT_SECRET": "secret",
        "CASEBOOK_GATEWAY_HTTP_PORT": "9000", "CASEBOOK_IDENTITY_HTTP_PORT": "70000", "CASEBOOK_POSTGRES_PORT": "",
    ])

    private func environment() throws -> ServiceEnvironment {
        let folder = try TemporaryFolder()
        return ServiceEnvironment(
            base: settings.forChildren, folder: folder.data, address: .embedded(socketFolder: "/run", port: 54_320),
            credentials: try Credentials.load(from: folder.data), ports: ["gateway": 9_000, "identity": 8_101])
    }

    @Test("the operator's other variables, every connection string and the client's secret stay here")
    func children() {
        #expect(
            settings.forChildren.keys.sorted() == [
                "CASEBOOK_GATEWAY_HTTP_PORT", "CASEBOOK_IDENTITY_HTTP_PORT", "CASEBOOK_LOG_LEVEL",
                "CASEBOOK_POSTGRES_PORT", "HOME", "PATH",
            ])
    }

    @Test("a port is a number in 1-65535, and an empty variable is none")
    func ports() throws {
        #expect(try settings.port("CASEBOOK_GATEWAY_HTTP_PORT") == 9_000)
        #expect(try settings.port("CASEBOOK_POSTGRES_PORT") == nil)
        #expect(throws: InvalidSetting.self) { try settings.port("CASEBOOK_IDENTITY_HTTP_PORT") }
    }

    @Test("every service knows its peers, its own role and port, and no other service's password")
    func serving() throws {
        let environment = try environment()
        let identity = environment.serving(.identity)
        #expect(identity["CASEBOOK_IDENTITY_HTTP_PORT"] == "8101")
        #expect(identity["CASEBOOK_SUPERVISED"] == "true")
        #expect(identity["CASEBOOK_PUBLIC_URL"] == "http://127.0.0.1:9000")
        #expect(identity["CASEBOOK_IDENTITY_DATABASE_URL"]?.contains("//identity:") == true)
        let gateway = environment.serving(.gateway)
        #expect(gateway["CASEBOOK_IDENTITY_URL"] == "http://127.0.0.1:8101")
        #expect(gateway["CASEBOOK_GATEWAY_DATABASE_URL"]?.contains("//casebook_stream:") == true)
        let secrets = environment.credentials
        let foreign = [secrets.databasePasswords["identity"], secrets.encryptionKey].compactMap(\.self)
        for secret in foreign { #expect(!gateway.values.contains { $0.contains(secret) }) }
        #expect(gateway["CASEBOOK_ADMIN_DATABASE_URL"] == nil && identity["CASEBOOK_ADMIN_DATABASE_URL"] == nil)
    }

    @Test("the gateway and identity share a secret, and no other service knows it (S-6, S-22)")
    func edge() throws {
        let environment = try environment()
        let secret = try #require(environment.credentials.edgeSecret)
        for service in Installation.services {
            let isTold = environment.serving(service)["CASEBOOK_EDGE_SECRET"] == secret
            #expect(isTold == [.gateway, .identity].contains(service), "\(service)")
        }
    }

    @Test("identity knows the clients by the hashes of their secrets, not by these (S-17)")
    func clients() throws {
        let environment = try environment()
        let clients = try #require(environment.serving(.identity)["CASEBOOK_IDENTITY_SERVICE_CLIENTS"])
        let secret = try #require(environment.credentials.clientSecrets["casebook"])
        #expect(clients.contains("casebook:\(Secret.digest(of: secret))"))
        #expect(!clients.contains(secret))
    }

    @Test("only migrate is given the administrator's connection")
    func migrating() throws {
        let url = try environment().migrating(.identity)["CASEBOOK_ADMIN_DATABASE_URL"]
        #expect(url?.contains("//casebook_admin:") == true)
    }

    @Test("the printed commands quote what a shell would read otherwise")
    func greeting() {
        let administrator = FirstAdministrator(workspace: "main", mail: "a@b.c", password: "p'w")
        let greeting = Greeting(
            address: "http://127.0.0.1:8080", administrator: administrator, cookies: "/a b/cookies.txt")
        let commands = greeting.commands(for: administrator)
        #expect(commands.count == 3)
        #expect(commands[0].contains(#"-c '/a b/cookies.txt'"#))
        #expect(commands[0].contains(#""password":"p'\''w""#))
        #expect(commands.allSatisfy { $0.hasPrefix("curl ") && greeting.text.contains($0) })
    }

    @Test("a later start prints no password")
    func later() {
        let text = Greeting(address: "http://127.0.0.1:8080", administrator: nil, cookies: "/c").text
        #expect(!text.lowercased().contains("password:") && text.contains("http://127.0.0.1:8080"))
    }
}
