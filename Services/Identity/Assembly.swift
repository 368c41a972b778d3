import Logging
import Models
import Postgres
import ServiceKit

/// What makes this process `identity`.
enum IdentityDefinition: ServiceDefinition {
    static let name = ServiceName.identity
    static let usesDatabase = true

    static var migrations: [Migration] {
        [
            step("m0001_workspace", PackageResources.m0001_workspace_sql),
            step("m0002_user", PackageResources.m0002_user_sql),
            step("m0003_team", PackageResources.m0003_team_sql),
            step("m0004_credential", PackageResources.m0004_credential_sql),
            step("m0005_audit", PackageResources.m0005_audit_sql),
            step("m0006_published_view", PackageResources.m0006_published_view_sql),
            step("m0007_published_team", PackageResources.m0007_published_team_sql),
        ]
    }

    static func configuration(_ settings: inout Settings) -> IdentityConfiguration {
        IdentityConfiguration(&settings)
    }

    static func assemble(_ base: ServiceBase<IdentityConfiguration>) async throws -> Assembly {
        try await assemble(base, hasher: PasswordHasher())
    }

    /// The same with a hasher of another cost, for tests that hash often.
    static func assemble(
        _ base: ServiceBase<IdentityConfiguration>, hasher: PasswordHasher
    ) async throws -> Assembly {
        let database = base.database
        guard let encryptionKey = base.configuration.encryptionKey else { throw NoEncryptionKey() }
        let signingKeys = SigningKeyStore(database: database, encryption: encryptionKey)
        let mint = TokenMint(keyring: try await signingKeys.open(at: base.clock.now()))
        let cookie = SessionCookie(publicURL: base.service.publicURL)
        if !cookie.isSecure {
            base.logger.warning(
                "sessions travel in clear text: serve the suite over TLS",
                metadata: ["public.url": "\(base.service.publicURL)", "cookie.name": "\(cookie.name)"])
        }
        return Assembly(
            routes: routeTable(
                sessions: SessionRoutes(
                    database: database, hasher: hasher, cookie: cookie, random: systemRandomBytes, logger: base.logger),
                tokens: TokenRoutes(
                    database: database, mint: mint, clients: base.configuration.serviceClients, logger: base.logger),
                users: UserRoutes(database: database, hasher: hasher),
                passwords: PasswordRoutes(database: database, hasher: hasher),
                teams: TeamRoutes(database: database),
                keys: APIKeyRoutes(database: database, random: systemRandomBytes),
                workspaces: WorkspaceRoutes(database: database, hasher: hasher)),
            workers: [
                SigningKeyRefresh(store: signingKeys, mint: mint, clock: base.clock, logger: base.logger),
                SessionSweep(store: SessionStore(database: database), clock: base.clock, logger: base.logger),
                IdempotencySweeper(database: database, logger: base.logger),
            ])
    }

    static func seed(
        _ request: SeedRequest, in database: Database, progress: @escaping @Sendable (SeedProgress) -> Void
    ) async throws {
        try await StaffSeed(database: database, request: request).write(progress: progress)
    }

    private static func step(_ name: String, _ file: [UInt8]) -> Migration {
        Migration(name: name, sql: String(decoding: file, as: UTF8.self))
    }
}

/// There is no key to seal signing keys with, so nothing starts.
struct NoEncryptionKey: Error {}
