import Foundation
import Models
import TestSupport
import Testing

@testable import Casebook

/// docker-compose.yml beside what the programs say of themselves.
@Suite("docker-compose.yml")
struct ComposeTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let file = root.appending(path: "docker-compose.yml")
    private static let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""

    private let document: BlockYAML
    private let services: BlockYAML

    init() throws {
        document = try BlockYAML(Self.text)
        services = try #require(document["services"])
    }

    private func environment(_ service: ServiceName) -> BlockYAML? { services[service.rawValue]?["environment"] }

    @Test("has a container for every process that listens, and for nothing that the suite does not know")
    func containers() {
        let processes = Set(Installation.services.map(\.rawValue))
        #expect(services.keys == processes.union(["postgres", "migrate", "casebook"]))
        for service in processes { #expect(services[service]?["command"]?.texts == [service]) }
        #expect(services["migrate"]?["command"]?.texts == ["casebook", "migrate"])
    }

    @Test("asks each process for its health at its own port, and publishes the gateway's alone")
    func ports() throws {
        for service in Installation.services {
            let port = try #require(service.standardPort)
            #expect(
                services[service.rawValue]?["healthcheck"]?["test"]?.texts
                    == ["CMD", "casebook", "health", "http://127.0.0.1:\(port)"])
            #expect(environment(service)?["CASEBOOK_\(service.rawValue.uppercased())_HTTP_PORT"] == nil)
        }
        for name in services.keys where name != "gateway" { #expect(services[name]?["ports"] == nil, "\(name)") }
        #expect(services["gateway"]?["ports"]?.texts == ["127.0.0.1:${CASEBOOK_PORT:-8080}:8080"])
    }

    @Test("gives each process the connection of its own role and of no other, and the administrator's to migrate alone")
    func databases() throws {
        for service in Installation.services {
            let variables = try #require(environment(service)).keys.filter { $0.hasSuffix("DATABASE_URL") }
            let own = "CASEBOOK_\(service.rawValue.uppercased())_DATABASE_URL"
            #expect(variables == [own])
            let url = try #require(environment(service)?[own]?.text)
            #expect(url.hasPrefix("postgresql://\(ServiceEnvironment.role(of: service)):${CASEBOOK_"), "\(url)")
            #expect(url.hasSuffix("@postgres/\(DatabaseAddress.database)"))
            #expect(services["migrate"]?["environment"]?[own]?.text == url)
        }
        #expect(services["migrate"]?["environment"]?["CASEBOOK_DATABASE_URL"]?.text?.contains("casebook_admin") == true)
        #expect(services["casebook"]?["environment"]?.keys.contains { $0.hasSuffix("DATABASE_URL") } == false)
    }

    @Test("tells the gateway where every service is that has operations")
    func upstreams() throws {
        for service in Installation.services where service != .gateway && !service.contracts.isEmpty {
            let port = try #require(service.standardPort)
            let variable = "CASEBOOK_\(service.rawValue.uppercased())_URL"
            #expect(environment(.gateway)?[variable]?.text == "http://\(service.rawValue):\(port)")
        }
    }

    @Test("starts PostgreSQL, then the migrations, then the services, and the gateway when all of them serve")
    func order() {
        func conditions(_ name: String) -> [String: String] {
            let needed = services[name]?["depends_on"]
            return (needed?.keys ?? []).reduce(into: [:]) { $0[$1] = needed?[$1]?["condition"]?.text }
        }
        #expect(conditions("migrate") == ["postgres": "service_healthy"])
        let owners = Installation.services.filter(\.ownsSchema)
        for service in owners {
            #expect(conditions(service.rawValue) == ["migrate": "service_completed_successfully"])
        }
        #expect(
            conditions("gateway")
                == Dictionary(uniqueKeysWithValues: owners.map { ($0.rawValue, "service_healthy") }))
    }

    @Test("runs everything without rights: no root, no capability, nothing writable but what has to be")
    func hardening() throws {
        for name in services.keys {
            let service = try #require(services[name])
            #expect(service["read_only"]?.text == "true", "\(name)")
            #expect(service["cap_drop"]?.texts == ["ALL"], "\(name)")
            #expect(service["security_opt"]?.texts == ["no-new-privileges:true"], "\(name)")
            #expect(service["user"]?.text == (name == "postgres" ? "999:999" : "10001:10001"), "\(name)")
            #expect(service["privileged"] == nil && service["network_mode"] == nil, "\(name)")
        }
        #expect(document["networks"]?["inside"]?["internal"]?.text == "true")
    }

    @Test("holds no secret: each comes from a file that deploy/secrets makes, whole and for its owner alone (S-22)")
    func secrets() async throws {
        let folder = try TemporaryFolder()
        try folder.data.create(for: nil)
        let file = "\(folder.data.path)/env"
        for expected in [0, 1] as [Int32] {
            let script = Process()
            script.executableURL = Self.root.appending(path: "deploy/secrets")
            script.arguments = [file]
            script.standardOutput = FileHandle.nullDevice
            script.standardError = FileHandle.nullDevice
            try script.run()
            script.waitUntilExit()
            // The second time the file is there already.
            #expect(script.terminationStatus == expected)
        }
        #expect(FileStatus(of: file).map { $0.mode & 0o777 } == 0o600)
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").filter { $0.first != "#" }
        let made = Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let parts = line.split(separator: "=", maxSplits: 1)
                return (String(parts[0]), String(parts.last ?? ""))
            })
        let needed = Set(Self.text.matches(of: /\$\{(\w+):\?/).map { String($0.1) })
        #expect(Set(made.keys) == needed)
        #expect(made.values.allSatisfy { $0.count >= 44 } && Set(made.values).count == made.count)
        #expect(made["CASEBOOK_CLIENT_SECRET"].map(Secret.digest) == made["CASEBOOK_CLIENT_SECRET_SHA256"])
        #expect(Data(base64Encoded: made["CASEBOOK_ENCRYPTION_KEY"] ?? "")?.count == 32)
    }
}

@Suite("the reader of docker-compose.yml")
struct BlockYAMLTests {
    @Test("reads mappings, lists, quoted text and merged anchors, where the own member counts")
    func reads() throws {
        let document = try BlockYAML(
            """
            # a comment
            base: &base
              a: "1:2"
              list: [x, "y, z"]
            other:
              <<: *base
              a: own
              empty:
            """)
        #expect(document["other"]?["a"]?.text == "own")
        #expect(document["other"]?["list"]?.texts == ["x", "y, z"])
        #expect(document["other"]?["empty"]?.text == "" && document["base"]?["a"]?.text == "1:2")
    }

    @Test("refuses what it does not know", arguments: ["a", "a: {b: c}", "a: |\n  b", "a: *b", "a: b\n    c: d"])
    func refuses(text: String) {
        #expect(throws: BlockYAML.Unreadable.self) { try BlockYAML(text) }
    }
}
