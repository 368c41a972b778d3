import Crypto
package import FoundationEssentials
package import Models
import Postgres

/// One idempotency key as a request claims it: its scope, and what tells the same request from another.
///
/// The scope is workspace, principal, method and path. The key itself is not stored, only digests.
package struct IdempotencyClaim: Sendable, Equatable {
    /// SHA-256 over principal, method, path and key.
    package let keyDigest: Data
    /// SHA-256 over method, path, query and body.
    package let requestDigest: Data
    /// Whether the answer is kept, or only the fact that it was given.
    package let keepsAnswer: Bool

    /// How long a key counts after its first use.
    package static let lifetime: Duration = .seconds(86_400)
    /// The longest key, in characters.
    package static let lengthLimit = 255

    /// Claims a key for a request; `nil` when the operation takes none.
    ///
    /// - Parameters:
    ///   - key: The header's value.
    ///   - principal: Whom the request speaks for.
    ///   - request: What the request asks.
    ///   - kept: What the operation keeps.
    /// - Throws: ``Problem`` when the key is empty, too long, or not printable ASCII.
    package init?(
        key: String, principal: Principal, request: IdempotentRequest, kept: KeptAnswer
    ) throws(Problem) {
        switch kept {
        case .none: return nil
        case .stored: keepsAnswer = true
        case .secret: keepsAnswer = false
        }
        guard (1...Self.lengthLimit).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else {
            throw Problem(
                .invalidParameter, "Idempotency-Key must be 1 to \(Self.lengthLimit) printable ASCII characters.")
        }
        keyDigest = Self.digest(
            [
                principal.kind.rawValue.utf8, principal.subject.utf8, request.method.utf8, request.path.utf8, key.utf8,
            ].map(Array.init))
        requestDigest = Self.digest([
            Array(request.method.utf8), Array(request.path.utf8), Array(request.query.utf8), request.body,
        ])
    }

    /// A digest of parts, each with its length before it, so that no two lists of parts run together.
    private static func digest(_ parts: [[UInt8]]) -> Data {
        var hash = SHA256()
        for part in parts {
            hash.update(data: withUnsafeBytes(of: UInt64(part.count).bigEndian) { Array($0) })
            hash.update(data: part)
        }
        return Data(hash.finalize())
    }

    /// The call that keeps an answer: fails with 23505 on `pk_idempotency_key` when the key has one.
    func keeping(_ answer: StoredAnswer?, in workspace: ID<Workspace>, at now: Timestamp) -> SQL {
        let answer = keepsAnswer ? answer : nil
        return """
            core.keep_answer(
                \(workspace), \(keyDigest), \(requestDigest), \(answer.map { Int32(clamping: $0.status) }),
                \(answer?.location), \(answer?.etag), \(answer.map { Data($0.body) }), \(now))
            """
    }
}

/// What makes one request the same as another under a key.
package struct IdempotentRequest: Sendable {
    /// The HTTP method.
    package let method: String
    /// The path as it was sent, without the query.
    package let path: String
    /// The query as it was sent, without the question mark.
    package let query: String
    /// The body's bytes.
    package let body: [UInt8]

    /// Takes the parts of a request.
    package init(method: String, path: String, query: String, body: [UInt8]) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
    }
}
