import Crypto
import FoundationEssentials
import Models

/// The processes of the suite that may ask for tokens of their own, each by the hash of its secret.
struct ServiceClients: Sendable {
    /// What is wrong with the configuration.
    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// The prefix of a client's credential: `cbc_<client>_<secret>`.
    static let prefix = "cbc"

    private let hashes: [ServiceName: String]

    /// No clients.
    static let none = ServiceClients(hashes: [:])

    private init(hashes: [ServiceName: String]) {
        self.hashes = hashes
    }

    /// Reads `name:sha256,name:sha256`, where the hash is that of the secret's text, 64 hexadecimal digits.
    ///
    /// - Throws: ``Malformed``, which names the entry by its place and quotes nothing but the name.
    init(parsing text: String) throws(Malformed) {
        var hashes: [ServiceName: String] = [:]
        for (index, entry) in text.split(separator: ",").enumerated() {
            let parts = entry.split(separator: ":", omittingEmptySubsequences: false).map { String($0).lowercased() }
            guard parts.count == 2, let name = ServiceName(rawValue: parts[0]) else {
                throw Malformed(description: "entry \(index + 1) does not begin with a service's name and a colon")
            }
            guard parts[1].utf8.count == 64, parts[1].allSatisfy(\.isHexDigit) else {
                throw Malformed(description: "the hash of \(name.rawValue) is not 64 hexadecimal digits")
            }
            guard hashes.updateValue(parts[1], forKey: name) == nil else {
                throw Malformed(description: "\(name.rawValue) is named twice")
            }
        }
        self.init(hashes: hashes)
    }

    /// The service that a credential proves; `nil` when it proves none.
    ///
    /// Compares in constant time.
    func authenticate(_ credential: String) -> ServiceName? {
        let parts = credential.split(separator: "_", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == Self.prefix, let name = ServiceName(rawValue: String(parts[1])),
            let stored = hashes[name]
        else { return nil }
        let presented = SHA256.hash(data: Data(parts[2].utf8)).hexadecimal
        return SymmetricKey(data: Data(presented.utf8)) == SymmetricKey(data: Data(stored.utf8)) ? name : nil
    }
}
