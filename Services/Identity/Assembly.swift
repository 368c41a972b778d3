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
            step("m0008_throttle", PackageResources.m0008_throttle_sql),
            step("m0009_second_factor", PackageResources.m0009_second_factor_sql),
            step("m0010_link", PackageResources.m0010_link_sql),
            step("m0011_audit_chain", PackageResources.m0011_audit_chain_sql),
            step("m0012_skill", PackageResources.m0012_skill_sql),
            step("m0013_availability", PackageResources.m0013_availability_sql),
            step("m0014_installation_audit", PackageResources.m0014_installation_audit_sql),
            step("m0015_blanked_values", PackageResources.m0015_blanked_values_sql),
            step("m0016_audit_values_check", PackageResources.m0016_audit_values_check_sql),
            step("m0017_published_member", PackageResources.m0017_published_member_sql),
            step("m0018_calendar_link_audit", PackageResources.m0018_calendar_link_audit_sql),
            step("m0019_workspace_zone", PackageResources.m0019_workspace_zone_sql),
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
        guard let keyring = base.configuration.keyring else { throw NoEncryptionKey() }
        let signingKeys = SigningKeyStore(database: database, keyring: keyring)
        let mint = TokenMint(keyring: try await signingKeys.open(at: base.clock.now()))
        let cookie = SessionCookie(publicURL: base.service.publicURL)
        if !cookie.isSecure {
            base.logger.warning(
                "sessions travel in clear text: serve the suite over TLS",
                metadata: ["public.url": "\(base.service.publicURL)", "cookie.name": "\(cookie.name)"])
        }
        return Assembly(
            routes: routes(base, hasher, SignInGate(database: database, keyring: keyring), mint, signingKeys),
            workers: [
                SigningKeyRefresh(store: signingKeys, mint: mint, clock: base.clock, logger: base.logger),
                Sweep.sessions(SessionStore(database: database), clock: base.clock, logger: base.logger),
                Sweep.throttle(ThrottleStore(database: database), clock: base.clock, logger: base.logger),
                SecretRotation(store: SealedSecretStore(database: database, keyring: keyring), logger: base.logger),
                ActivitySealing(database: database, clock: base.clock, logger: base.logger).consumer,
                IdempotencySweeper(database: database, logger: base.logger),
            ])
    }

    private static func routes(
        _ base: ServiceBase<IdentityConfiguration>, _ hasher: PasswordHasher, _ gate: SignInGate, _ mint: TokenMint,
        _ signingKeys: SigningKeyStore
    ) -> [Route] {
        let (database, edge) = (base.database, base.configuration.edge)
        let publicURL = base.service.publicURL
        let cookie = SessionCookie(publicURL: publicURL)
        return routeTable(
            signIns: SignInRoutes(
                database: database, hasher: hasher, gate: gate,
                settings: SignInSettings(
                    cookie: cookie, device: DeviceCookie(publicURL: publicURL), edge: edge, random: systemRandomBytes),
                logger: base.logger),
            sessions: SessionRoutes(database: database, cookie: cookie),
            tokens: TokenRoutes(
                database: database, mint: mint, signingKeys: signingKeys, clients: base.configuration.serviceClients,
                logger: base.logger),
            users: UserRoutes(database: database, hasher: hasher),
            passwords: PasswordRoutes(database: database, hasher: hasher, gate: gate),
            factors: SecondFactorRoutes(database: database, hasher: hasher, gate: gate, random: systemRandomBytes),
            links: LinkRoutes(
                database: database, hasher: hasher, gate: gate,
                settings: LinkSettings(publicURL: publicURL, edge: edge, random: systemRandomBytes)),
            teams: TeamRoutes(database: database),
            skills: SkillRoutes(database: database),
            availability: AvailabilityRoutes(database: database),
            keys: APIKeyRoutes(database: database, random: systemRandomBytes),
            workspaces: WorkspaceRoutes(database: database, hasher: hasher),
            audit: AuditRoutes(database: database))
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
