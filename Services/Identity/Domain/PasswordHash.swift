import Crypto
import FoundationEssentials
import Models

/// The cost of one scrypt computation (RFC 7914, section 2).
struct ScryptCost: Hashable, Sendable {
    /// The binary logarithm of N: the number of rounds, which doubles time and memory with each step.
    let logRounds: Int
    /// r: the size of a block, in 128 bytes.
    let blockSize: Int
    /// p: how many independent computations there are, one after the other.
    let parallelism: Int

    /// OWASP's set for 32 MiB: N = 2^15, r = 8, p = 3; about 0.4 s of one core (RELIABILITY.md, S-12).
    static let standard = ScryptCost(logRounds: 15, blockSize: 8, parallelism: 3)

    /// N itself.
    var rounds: Int { 1 << logRounds }

    /// What this code will compute, whoever wrote the parameters: at most 256 MiB, so that no row can exhaust memory.
    var isComputable: Bool {
        (1...18).contains(logRounds) && (1...16).contains(blockSize) && (1...16).contains(parallelism)
            && rounds * blockSize * 128 <= 256 << 20
    }
}

/// A password at rest: parameters, salt and hash in one text, so that each can be checked with what it was made with.
///
/// The form is `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, base64url, after the string format of the password hashing
/// competition (PHC).
struct PasswordHash: Hashable, Sendable {
    /// The length of new salts: 128 bits.
    static let saltByteCount = 16
    /// The length of hashes: 256 bits.
    static let hashByteCount = 32

    let cost: ScryptCost
    let salt: [UInt8]
    let hash: [UInt8]

    init(cost: ScryptCost, salt: [UInt8], hash: [UInt8]) {
        self.cost = cost
        self.salt = salt
        self.hash = hash
    }

    /// Reads a stored text; `nil` when it is no such text or asks for more than will be computed.
    init?(_ encoded: String) {
        let parts = encoded.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt",
            let cost = Self.cost(parts[2]), cost.isComputable,
            let salt = Base64URL.decode(String(parts[3])), let hash = Base64URL.decode(String(parts[4])),
            salt.count >= 8, hash.count == Self.hashByteCount
        else { return nil }
        self.init(cost: cost, salt: salt, hash: hash)
    }

    /// The text that is stored.
    var encoded: String {
        "$scrypt$ln=\(cost.logRounds),r=\(cost.blockSize),p=\(cost.parallelism)"
            + "$\(Base64URL.encode(salt))$\(Base64URL.encode(hash))"
    }

    /// Whether the password should be hashed anew at the next sign-in, since the cost in force is another.
    func needsRehash(to current: ScryptCost) -> Bool { cost != current }

    /// Whether a hash computed just now is this one, in constant time.
    func equals(_ computed: SymmetricKey) -> Bool { computed == SymmetricKey(data: Data(hash)) }

    private static func cost(_ text: Substring) -> ScryptCost? {
        let fields = text.split(separator: ",", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0].hasPrefix("ln="), fields[1].hasPrefix("r="), fields[2].hasPrefix("p="),
            let logRounds = Int(fields[0].dropFirst(3)), let blockSize = Int(fields[1].dropFirst(2)),
            let parallelism = Int(fields[2].dropFirst(2))
        else { return nil }
        return ScryptCost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
    }
}

extension PasswordHash: CustomStringConvertible {
    /// The cost alone.
    var description: String { "scrypt(ln=\(cost.logRounds), r=\(cost.blockSize), p=\(cost.parallelism))" }
}
