import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Who did it, and in which request: what every line of the security audit says.
struct AuditSource: Sendable {
    let workspace: ID<Workspace>
    let actorKind: String?
    let actor: UUID?
    let service: String?
    let requestID: String
    let now: Timestamp

    /// The request of a principal.
    init(_ context: WriteContext) {
        workspace = context.workspace
        switch context.actor {
        case .user(let id): (actorKind, actor, service) = ("user", id.rawValue, nil)
        case .customer(let id): (actorKind, actor, service) = ("customer", id.rawValue, nil)
        case .rule(let id): (actorKind, actor, service) = ("rule", id.rawValue, nil)
        case .service(let name): (actorKind, actor, service) = ("service", nil, name)
        }
        requestID = context.requestID
        now = context.now
    }

    /// A request that concerns the installation: a line of the workspace of nobody.
    init(ofInstallation context: WriteContext) {
        self.init(
            WriteContext(
                workspace: .nobodys, actor: context.actor, requestID: context.requestID, now: context.now))
    }

    /// What a process does to the installation by itself.
    init(process: ServiceName, occasion: String, now: Timestamp) {
        self.init(
            WriteContext(workspace: .nobodys, actor: .service(process.rawValue), requestID: occasion, now: now))
    }

    /// A request of nobody yet: a sign-in.
    init(workspace: ID<Workspace>, user: ID<User>?, requestID: String, now: Timestamp) {
        self.workspace = workspace
        actorKind = user.map { _ in "user" }
        actor = user?.rawValue
        service = nil
        self.requestID = requestID
        self.now = now
    }
}

extension AuditEvent {
    /// The part of a statement that writes this line once `changed` answers a row, which it does at most once: the next
    /// link of the workspace's chain, and `audit AS (INSERT …)`.
    ///
    /// The link covers a digest of the detail under a salt, so that the detail can be blanked later.
    ///
    /// The chain's end is locked until the transaction ends: nothing else may be locked after it.
    func insertion(_ source: AuditSource) -> SQL {
        let line: SQL = """
            \(ID<AuditEvent>.make(at: source.now)), \(name.rawValue), \(source.actorKind), \(source.actor),
            \(source.service), \(user), \(credential.flatMap(UUID.init(uuidString:))), \(document),
            \(source.requestID), \(source.now)
            """
        return """
            salted AS MATERIALIZED (SELECT identity.make_salt() AS salt FROM changed),
            chain AS (
                INSERT INTO identity.chain AS c (workspace_id, kind, seq, digest)
                SELECT \(source.workspace), 'audit', 1,
                    identity.audit_digest(decode(repeat('00', 32), 'hex'), \(line), salted.salt, NULL)
                FROM salted
                ON CONFLICT (workspace_id, kind) DO UPDATE
                SET seq = c.seq + 1, digest = identity.audit_digest(
                    c.digest, \(line), (SELECT salt FROM salted), NULL)
                RETURNING c.seq, c.digest
            ),
            audit AS (
                INSERT INTO identity.audit (
                    workspace_id, id, event, actor_kind, actor_id, actor_service, user_id, credential_id, detail,
                    request_id, created_at, seq, digest, salt)
                SELECT \(source.workspace), \(line), chain.seq, chain.digest, salted.salt
                FROM chain, salted
            )
            """
    }

    private var document: JSONText {
        JSONText(
            utf8: JSONWriter.bytes(
                of: .object(
                    detail.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) })))
    }
}
