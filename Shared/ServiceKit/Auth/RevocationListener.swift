import Logging
import Postgres
import ServiceLifecycle

/// Hears which credentials were revoked, so that a verified token of theirs is worth nothing within a second.
///
/// When hints may have been missed, after a reconnect, every kept token is verified again; expiry after 60 s is what
/// holds without any hint.
struct RevocationListener: Service {
    let database: Database
    let verifier: TokenVerifier

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await notification in database.listen(to: [Revocation.channel]) {
                switch notification {
                case .message(_, let payload): verifier.revoke(credential: payload)
                case .resynchronise: verifier.forgetAll()
                }
            }
        }
    }
}

/// How processes hear that a credential ended before its time.
package enum Revocation {
    /// The channel; the payload is the credential's id.
    package static let channel = "casebook_revoked"
}
