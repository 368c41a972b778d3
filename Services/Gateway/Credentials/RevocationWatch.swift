import Postgres
import ServiceKit
import ServiceLifecycle

/// Hears which credentials were revoked, so that no token of theirs is forwarded a second later.
struct RevocationWatch: Service {
    let database: Database
    let verifier: TokenVerifier
    let exchange: CredentialExchange
    let hub: EventHub

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await notification in database.listen(to: [Revocation.channel]) {
                switch notification {
                case .message(_, let credentialID):
                    verifier.revoke(credential: credentialID)
                    exchange.revoke(credentialID: credentialID)
                    hub.revoke(credentialID: credentialID)
                case .resynchronise:
                    verifier.forgetAll()
                    exchange.forgetAll()
                    hub.distrustAll()
                }
            }
        }
    }
}
