package import Models
package import Postgres

/// The database roles of an installation, and the schemas that they own (DESIGN.md, section 4).
///
/// | role | what it is |
/// |---|---|
/// | `casebook_service` | no login; every service's login is a member, so that `core` and published views grant once |
/// | `casebook_stream` | login; reads the activity of all workspaces and nothing else |
/// | `core_owner` | no login; owns `core` |
/// | `core_keeper` | no login; runs the three functions of `core` that do what no service may (ADR-0009) |
/// | `<service>_owner` | no login; owns the service's schema |
/// | `<service>` | login; owns nothing |
///
/// Passwords travel as SCRAM verifiers: the server never sees, logs or lists them as text.
package struct ClusterRoles: Sendable {
    private let services: [(name: ServiceName, password: String)]
    private let streamPassword: String
    /// The server's default; a client that signs in computes as many, so more would slow each new connection.
    private static let iterations = 4_096

    /// Names the roles and their passwords.
    ///
    /// - Parameters:
    ///   - services: Passwords of the services that own a schema.
    ///   - streamPassword: The password of `casebook_stream`.
    package init(services: [ServiceName: String], streamPassword: String) {
        self.services = services.map { ($0.key, $0.value) }.sorted { $0.name.rawValue < $1.name.rawValue }
        self.streamPassword = streamPassword
    }

    /// Makes the roles that the cluster lacks and sets the passwords, then makes the schemas that the database lacks.
    ///
    /// A second run changes nothing but the salts.
    ///
    /// Two runs at once in one database wait for each other; in two databases of a cluster the later one can fail on a
    /// role that the other made, and succeeds when it is repeated.
    ///
    /// - Parameter database: The database, as an administrator: a superuser, or a role with CREATEROLE that may create
    ///   schemas in it.
    /// - Throws: ``PostgresError``; code `server` with SQLSTATE 42501 when a role exists already that may pass over
    ///   row-level security.
    package func apply(to database: Database) async throws(PostgresError) {
        // The limit of a scope, and so of what one statement is told, is in the driver: one role at a time.
        for step in steps {
            _ = try await database.write(in: step.scope, step.sql, timeouts: WriteTimeouts(lock: .seconds(4)))
        }
    }

    private struct Step {
        let scope: Scope
        let sql: SQL
    }

    private var steps: [Step] {
        var steps = [
            Self.group("casebook_service"), Self.group("core_keeper"),
            // It may hand functions to the keeper, and inherits none of its rights.
            Self.group("core_owner", owns: true, attributes: "NOINHERIT"),
            Self.login("casebook_stream", streamPassword, group: ""), Self.membership("core_owner", of: "core_keeper"),
        ]
        for service in services {
            steps.append(Self.group("\(service.name.rawValue)_owner", owns: true))
            steps.append(Self.login(service.name.rawValue, service.password, group: "casebook_service"))
        }
        steps.append(Self.database)
        steps.append(Self.extensions)
        steps.append(Self.schema("core", owner: "core_owner", readers: "casebook_service,casebook_stream,core_keeper"))
        for service in services {
            let name = service.name.rawValue
            steps.append(Self.schema(name, owner: "\(name)_owner", readers: "casebook_service"))
            steps.append(Self.usage(of: "core", by: "\(name)_owner"))
            steps.append(Self.usage(of: "extensions", by: "\(name)_owner"))
        }
        return steps
    }

    /// A role that logs in nowhere; one that owns a schema is granted to the administrator, who acts as it.
    private static func group(_ role: String, owns: Bool = false, attributes: String = "INHERIT") -> Step {
        Step(
            scope: settings(["role": role, "owns": owns ? "yes" : "no", "attributes": attributes]),
            sql: """
                DO $$
                DECLARE
                    role_name text := current_setting('casebook_setup.role');
                BEGIN
                    PERFORM pg_advisory_xact_lock(hashtext('casebook roles'));
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
                        EXECUTE format(
                            'CREATE ROLE %I NOLOGIN %s', role_name, current_setting('casebook_setup.attributes'));
                    END IF;
                    IF current_setting('casebook_setup.owns') = 'yes' AND NOT pg_has_role(role_name, 'MEMBER') THEN
                        EXECUTE format('GRANT %I TO %I', role_name, current_user);
                    END IF;
                END $$
                """)
    }

    private static func login(_ role: String, _ password: String, group: String) -> Step {
        let verifier = SCRAMVerifier(password: password, iterations: iterations).text
        return Step(
            scope: settings(["role": role, "verifier": verifier, "group": group]),
            sql: """
                DO $$
                DECLARE
                    role_name text := current_setting('casebook_setup.role');
                    group_name text := current_setting('casebook_setup.group');
                BEGIN
                    PERFORM pg_advisory_xact_lock(hashtext('casebook roles'));
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
                        EXECUTE format('CREATE ROLE %I', role_name);
                    END IF;
                    IF EXISTS (SELECT FROM pg_roles WHERE rolname = role_name AND (rolsuper OR rolbypassrls)) THEN
                        RAISE insufficient_privilege USING
                            MESSAGE = format('the role %s may pass over row-level security', role_name);
                    END IF;
                    EXECUTE format(
                        'ALTER ROLE %I LOGIN PASSWORD %L', role_name, current_setting('casebook_setup.verifier'));
                    -- A forgotten transaction would hold back every consumer of the stream.
                    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''5s''', role_name);
                    IF group_name <> '' THEN
                        EXECUTE format('GRANT %I TO %I', group_name, role_name);
                    END IF;
                END $$
                """)
    }

    private static func membership(_ role: String, of group: String) -> Step {
        Step(
            scope: settings(["role": role, "group": group]),
            sql: """
                DO $$
                BEGIN
                    EXECUTE format(
                        'GRANT %I TO %I',
                        current_setting('casebook_setup.group'), current_setting('casebook_setup.role'));
                END $$
                """)
    }

    /// Only the roles above may come in; temporary tables are what COPY loads under row-level security.
    private static let database = Step(
        scope: .none,
        sql: """
            DO $$
            BEGIN
                EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
                EXECUTE format(
                    'GRANT CONNECT, TEMPORARY ON DATABASE %I TO casebook_service', current_database());
                EXECUTE format('GRANT CONNECT ON DATABASE %I TO casebook_stream', current_database());
                REVOKE ALL ON SCHEMA public FROM PUBLIC;
            END $$
            """)

    /// What search is built on, in a schema of its own; all three are trusted, so that no superuser is needed.
    ///
    /// See "pg_trgm", "btree_gin" and "unaccent" in the PostgreSQL manual, appendix F.
    private static let extensions = Step(
        scope: .none,
        sql: """
            DO $$
            BEGIN
                PERFORM pg_advisory_xact_lock(hashtext('casebook roles'));
                CREATE SCHEMA IF NOT EXISTS extensions;
                CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;
                CREATE EXTENSION IF NOT EXISTS btree_gin SCHEMA extensions;
                CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA extensions;
                GRANT USAGE ON SCHEMA extensions TO casebook_service, core_owner;
            END $$
            """)

    private static func schema(_ name: String, owner: String, readers: String) -> Step {
        Step(
            scope: settings(["schema": name, "owner": owner, "readers": readers]),
            sql: """
                DO $$
                DECLARE
                    reader text;
                BEGIN
                    PERFORM pg_advisory_xact_lock(hashtext('casebook roles'));
                    EXECUTE format(
                        'CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I',
                        current_setting('casebook_setup.schema'), current_setting('casebook_setup.owner'));
                    FOREACH reader IN ARRAY string_to_array(current_setting('casebook_setup.readers'), ',') LOOP
                        EXECUTE format(
                            'GRANT USAGE ON SCHEMA %I TO %I', current_setting('casebook_setup.schema'), reader);
                    END LOOP;
                END $$
                """)
    }

    private static func usage(of schema: String, by role: String) -> Step {
        Step(
            scope: settings(["schema": schema, "role": role]),
            sql: """
                DO $$
                BEGIN
                    EXECUTE format(
                        'GRANT USAGE ON SCHEMA %I TO %I',
                        current_setting('casebook_setup.schema'), current_setting('casebook_setup.role'));
                END $$
                """)
    }

    private static func settings(_ values: KeyValuePairs<String, String>) -> Scope {
        values.reduce(.none) { $0.adding("casebook_setup.\($1.key)", $1.value) }
    }
}
