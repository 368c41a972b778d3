import NIOSSL

/// The files of a server's certificate (`tls.certificateFile`, `tls.keyFile`), read when the process starts.
package struct TLSFiles: Sendable {
    /// What the server makes connections with.
    let context: NIOSSLContext

    /// Reads the files that are configured; what is wrong with them is noted in `settings`.
    init?(_ settings: inout Settings) {
        let certificate = settings.optional("tls.certificateFile")
        let key = settings.optional("tls.keyFile")
        guard let certificate else {
            if key != nil {
                settings.note("must be set too, with the certificate's file", about: "tls.certificateFile")
            }
            return nil
        }
        guard let key else {
            settings.note("must be set too, with the file of the certificate's private key", about: "tls.keyFile")
            return nil
        }
        let chain = Self.read(certificate, "tls.certificateFile", &settings) { try NIOSSLCertificate.fromPEMFile($0) }
        let privateKey = Self.read(key, "tls.keyFile", &settings) { try NIOSSLPrivateKey(file: $0, format: .pem) }
        guard let chain, let privateKey else { return nil }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        // BoringSSL puts a certificate and another's key together for nobody.
        guard !chain.isEmpty, let context = try? NIOSSLContext(configuration: configuration) else {
            settings.note("is not the key of the certificate in the other file", about: "tls.keyFile")
            return nil
        }
        self.context = context
    }

    private static func read<Content>(
        _ file: String, _ key: String, _ settings: inout Settings, _ read: (String) throws -> Content
    ) -> Content? {
        do {
            return try read(file)
        } catch {
            settings.note("names a file that cannot be read as PEM", about: key)
            return nil
        }
    }
}
