import Configuration
import Foundation
import Models
import Testing

@testable import Gateway
@testable import ServiceKit

@Suite("TLS at the door", .serialized)
struct TLSTests {
    /// Runs a program to its end and gives what it wrote.
    private func run(_ program: String, _ arguments: [String]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            Thread {
                let process = Process()
                let output = Pipe()
                process.executableURL = URL(filePath: "/usr/bin/env")
                process.arguments = [program] + arguments
                process.standardOutput = output
                process.standardError = FileHandle.nullDevice
                do {
                    try process.run()
                    let data = output.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                    continuation.resume(returning: String(decoding: data, as: UTF8.self))
                } catch {
                    continuation.resume(throwing: error)
                }
            }.start()
        }
    }

    /// Makes a self-signed certificate for 127.0.0.1, and lends the files.
    private func withCertificate(_ body: (_ certificate: String, _ key: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "casebook-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = (folder.appending(path: "cert.pem").path, folder.appending(path: "key.pem").path)
        _ = try await run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=casebook", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        try await body(certificate, key)
    }

    @Test("S-24: with a certificate the door speaks TLS 1.2 and later, and tells browsers to stay with it")
    func speaks() async throws {
        try await withCertificate { certificate, key in
            let values: [AbsoluteConfigKey: ConfigValue] = [
                "casebook.gateway.tls.certificateFile": .init(stringLiteral: certificate),
                "casebook.gateway.tls.keyFile": .init(stringLiteral: key),
                "casebook.public.url": "https://127.0.0.1",
            ]
            try await Doorway.run(values) { door in
                let url = "https://127.0.0.1:\(door.gateway)/healthz"
                let answer = try await run("curl", ["-sS", "-i", "--cacert", certificate, url])
                #expect(answer.hasPrefix("HTTP/1.1 200"))
                #expect(answer.lowercased().contains("strict-transport-security: max-age=15552000"))
                // Without the word on ciphers curl itself would refuse to speak so old a TLS.
                let old = try await run(
                    "curl",
                    [
                        "-s", "-o", "/dev/null", "-w", "%{http_code}", "--tls-max", "1.1", "--ciphers",
                        "DEFAULT:@SECLEVEL=0", "-k", url,
                    ])
                #expect(old == "000")
                let plain = await RawConnection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", to: door.gateway)
                #expect(plain.statuses == [] && plain.isClosed)
            }
        }
    }

    @Test("a certificate without its key, with another's key, or that is none is a problem of configuration")
    func refuses() async throws {
        try await withCertificate { certificate, key in
            try await withCertificate { _, otherKey in
                for (files, word) in [
                    ([certificate, nil], "TLS_KEY_FILE must be set"), ([nil, key], "TLS_CERTIFICATE_FILE must be set"),
                    ([certificate, otherKey], "TLS_KEY_FILE is not the key"),
                    ([key, key], "TLS_CERTIFICATE_FILE"), (["/nowhere", key], "TLS_CERTIFICATE_FILE names a file"),
                ] {
                    var values: [AbsoluteConfigKey: ConfigValue] = [:]
                    if let file = files[0] {
                        values["casebook.tls.certificateFile"] = .init(stringLiteral: file)
                    }
                    if let file = files[1] { values["casebook.tls.keyFile"] = .init(stringLiteral: file) }
                    var settings = Settings(
                        ConfigReader(provider: InMemoryProvider(values: values)), service: .gateway)
                    _ = ServiceConfiguration(&settings, service: .gateway, usesDatabase: false)
                    #expect(settings.problems.contains { $0.contains(word) }, "\(word): \(settings.problems)")
                }
            }
        }
    }
}
