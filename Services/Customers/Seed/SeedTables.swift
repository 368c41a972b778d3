import Models
import Postgres
import ServiceKit

/// The temporary tables of a seed, the rows that are copied into them, and the statements that take them from there.
enum SeedTables {
    static let customers: SQL = """
        CREATE TEMPORARY TABLE seed_customer (
            id uuid, name text, language text, domains text[], created_at timestamptz, words text, activity_id uuid
        ) ON COMMIT DROP
        """
    static let contacts: SQL = """
        CREATE TEMPORARY TABLE seed_contact (
            id uuid, owner_id uuid, kind text, value text, value_key text, label text, is_verified bool,
            is_primary bool, created_at timestamptz
        ) ON COMMIT DROP
        """
    static let memberships: SQL = """
        CREATE TEMPORARY TABLE seed_membership (
            organization_id uuid, individual_id uuid, role text, joined_at timestamptz, activity_id uuid
        ) ON COMMIT DROP
        """
    static let customerColumns = ["id", "name", "language", "domains", "created_at", "words", "activity_id"]
    static let contactColumns = [
        "id", "owner_id", "kind", "value", "value_key", "label", "is_verified", "is_primary", "created_at",
    ]
    static let membershipColumns = ["organization_id", "individual_id", "role", "joined_at", "activity_id"]

    static func row<Record: StoredCustomer>(of record: Record, _ random: inout SeededRandom) -> [PostgresParameter?] {
        [
            record.id.postgresParameter, record.name.postgresParameter, record.seededLanguage?.postgresParameter,
            record.domains.postgresParameter, record.createdAt.postgresParameter,
            record.searchText.postgresParameter,
            ID<ActivityEntry>.make(at: record.createdAt, using: &random).postgresParameter,
        ]
    }

    static func contacts<Record: StoredCustomer>(of record: Record) -> [[PostgresParameter?]] {
        record.contacts.map { contact in
            [
                contact.id.postgresParameter, record.id.postgresParameter, contact.kind.rawValue.postgresParameter,
                contact.value.postgresParameter,
                (ContactKey(contact.kind, contact.value)?.text ?? "").postgresParameter,
                contact.label?.postgresParameter, contact.isVerified.postgresParameter,
                contact.isPrimary.postgresParameter, record.createdAt.postgresParameter,
            ]
        }
    }

    static func row(
        of membership: SeededCustomers.Membership, _ random: inout SeededRandom
    ) -> [PostgresParameter?] {
        [
            membership.organization.postgresParameter, membership.individual.postgresParameter,
            membership.role?.postgresParameter, membership.joinedAt.postgresParameter,
            ID<ActivityEntry>.make(at: membership.joinedAt, using: &random).postgresParameter,
        ]
    }

    /// Takes the records that are not there yet, with contacts, activity and words; a contact that somebody else has
    /// verified already is taken as one that is not.
    static func insertion<Record: StoredCustomer>(of kind: Record.Type, _ context: WriteContext) -> SQL {
        let own: SQL = Record.kind == .individual ? "language" : "domains"
        return """
            WITH made AS (
                INSERT INTO \(Record.table) (
                    workspace_id, id, name, name_key, \(own), version, created_at, updated_at)
                SELECT \(context.workspace), id, name, core.fold(name), \(own), 1, created_at, created_at
                FROM seed_customer
                ON CONFLICT (workspace_id, id) DO NOTHING
                RETURNING id
            ),
            reached AS (
                INSERT INTO customers.contact (
                    workspace_id, id, \(Record.ownerColumn), kind, value, value_key, label, is_verified, is_primary,
                    created_at, updated_at)
                SELECT \(context.workspace), c.id, c.owner_id, c.kind, c.value, c.value_key, c.label,
                    c.is_verified AND NOT EXISTS (
                        SELECT FROM customers.contact AS other
                        WHERE other.workspace_id = \(context.workspace) AND other.kind = c.kind
                            AND other.value_key = c.value_key AND other.is_verified),
                    c.is_primary, c.created_at, c.created_at
                FROM seed_contact AS c
                JOIN made ON made.id = c.owner_id
                ON CONFLICT DO NOTHING
            ),
            recorded AS (
                INSERT INTO core.activity (
                    workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_service, request_id,
                    occurred_at)
                SELECT \(context.workspace), s.activity_id, \(Record.kind.rawValue), s.id, 1, 'created', 'service',
                    \(ServiceName.casebook.rawValue), \(context.requestID), s.created_at
                FROM seed_customer AS s
                JOIN made ON made.id = s.id
            )
            SELECT count(customers.write_search_text(\(context.workspace), \(Record.kind.rawValue), s.id, s.words))
            FROM seed_customer AS s
            JOIN made ON made.id = s.id
            """
    }

    /// Takes the memberships that are not there yet; each is a version of its organization and one activity, which
    /// stands after the version before it (ADR-0021).
    static func joining(_ context: WriteContext) -> SQL {
        """
        WITH joined AS (
            INSERT INTO customers.membership (workspace_id, organization_id, individual_id, role, joined_at)
            SELECT \(context.workspace), organization_id, individual_id, role, joined_at
            FROM seed_membership
            ON CONFLICT (workspace_id, organization_id, individual_id) DO NOTHING
            RETURNING organization_id, individual_id, joined_at
        ),
        ranked AS (
            SELECT organization_id, individual_id, joined_at,
                row_number() OVER (PARTITION BY organization_id ORDER BY joined_at, individual_id) AS place
            FROM joined
        ),
        counted AS (
            SELECT organization_id, count(*) AS members, max(joined_at) AS last_at FROM joined GROUP BY organization_id
        ),
        changed AS (
            UPDATE customers.organization AS o
            SET version = o.version + counted.members, updated_at = greatest(o.updated_at, counted.last_at)
            FROM counted
            WHERE o.workspace_id = \(context.workspace) AND o.id = counted.organization_id
            RETURNING o.id, o.version - counted.members AS version
        )
        INSERT INTO core.activity (
            workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_service, changes, request_id,
            occurred_at, xid)
        SELECT \(context.workspace), place.id, 'organization', versions.id, versions.version,
            'member_added', 'service', \(ServiceName.casebook.rawValue),
            jsonb_build_object('member', jsonb_build_object('from', NULL, 'to', versions.individual_id)),
            \(context.requestID), versions.joined_at, place.xid
        FROM (
            SELECT changed.id, changed.version + ranked.place AS version, s.activity_id, ranked.individual_id,
                ranked.joined_at
            FROM ranked
            JOIN changed ON changed.id = ranked.organization_id
            JOIN seed_membership AS s
                ON s.organization_id = ranked.organization_id AND s.individual_id = ranked.individual_id
            -- Each version is written before the place of the next is asked for.
            ORDER BY changed.id, ranked.place
        ) AS versions
        CROSS JOIN LATERAL core.activity_place(
            \(context.workspace), 'organization', versions.id, versions.version, versions.activity_id) AS place
        """
    }
}

extension StoredCustomer {
    /// The language, where the record has one.
    fileprivate var seededLanguage: String? { (self as? Individual)?.language }
}
