import Postgres
import ServiceKit
import ServiceLifecycle

/// Hears which credentials were revoked, so that no token of theirs is forwarded a second later.
struct RevocationWatch: Service {
    let database: Database
    let exchange: CredentialExchange

    func run() async throws {
        database.start()
        await cancelWhenGracefulShutdown {
            for await notification in database.listen(to: [Revocation.channel]) {
                switch notification {
                case .message(_, let credentialID): exchange.revoke(credentialID: credentialID)
                case .resynchronise: exchange.forgetAll()
                }
            }
        }
        await database.close()
    }
}
