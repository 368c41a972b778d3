import FoundationEssentials
import Glibc
import Postgres
import TestSupport
import Testing

@Suite("TLS by connection string")
struct TLSTests {
    @Test("verify-full accepts the server whose certificate the given root signed for its name, and no other")
    func verifyFull() async throws {
        let cluster = try TestCluster(settings: ["ssl": "on"], prepare: makeCertificate)
        let root = cluster.folder + "/data/server.crt"
        func attempt(_ parameters: String) async throws -> String {
            var configuration = DatabaseConfiguration(
                url: "postgresql://postgres@localhost:\(cluster.port)/postgres?\(parameters)")
            configuration.outageGrace = .milliseconds(200)
            let database = Database(configuration: configuration)
            database.start()
            do {
                let used: Bool = try await database.value(
                    "SELECT ssl AS value FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                await database.close()
                return used ? "encrypted" : "plain"
            } catch let error as PostgresError {
                await database.close()
                #expect(error.code == .connectionUnavailable)
                return error.message
            }
        }
        #expect(try await attempt("sslmode=verify-full&sslrootcert=\(root)") == "encrypted")
        #expect(try await attempt("sslmode=disable") == "plain")
        let stranger = try await attempt("sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt")
        #expect(stranger != "encrypted" && stranger != "plain")
        let otherName = try await attempt(
            "sslmode=verify-full&sslrootcert=\(root)&hostaddr=127.0.0.1&host=elsewhere.example")
        #expect(otherName.contains("elsewhere.example"))
    }

    @Test("a result of many records comes whole through TLS")
    func largeResult() async throws {
        let cluster = try TestCluster(settings: ["ssl": "on"], prepare: makeCertificate)
        var configuration = DatabaseConfiguration(
            url: "postgresql://postgres@localhost:\(cluster.port)/postgres?sslmode=require")
        configuration.scanTimeout = .seconds(20)
        configuration.scanDeadline = .seconds(20)
        let database = Database(configuration: configuration)
        database.start()
        for _ in 0..<5 {
            let rows = try await database.query(
                .scan, in: .none, "SELECT n, repeat('x', 1000) AS filler FROM generate_series(1, 5000) AS n")
            #expect(rows.count == 5_000)
            #expect(try rows.value("n", row: 4_999, as: Int.self) == 5_000)
        }
        await database.close()
    }

    private func makeCertificate(in folder: String) throws {
        try TestCluster.tool(
            [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", folder + "/server.key", "-out",
                folder + "/server.crt",
            ])
    }
}
