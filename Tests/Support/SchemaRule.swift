import Postgres

/// One rule of the schema: a statement whose rows are the objects that break it.
struct SchemaRule: Sendable {
    let name: String
    /// Takes the names of the schemas; answers the column `object`.
    let offenders: @Sendable (_ schemas: [String]) -> SQL

    static let all: [SchemaRule] = [
        workspaceFirst, keysByWorkspace, referencesByWorkspace, rowSecurity, workspacePolicy, otherPolicies, ownership,
        ordinaryOwners, ordinaryServices, owningServices, triggers, sequences, constraintNames, deferrable, times,
        definers, publicRights,
    ]

    /// SC-1: `workspace_id uuid NOT NULL` is the first column of every table.
    static let workspaceFirst = SchemaRule(name: "first_column") { schemas in
        """
        SELECT \(tableName) AS object
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE \(isTable(schemas)) AND NOT EXISTS (
            SELECT FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum = 1 AND a.attname = 'workspace_id' AND a.attnotnull
              AND a.atttypid = 'uuid'::regtype)
        """
    }

    /// SC-1: every index, and so every primary key and unique constraint, begins with it.
    static let keysByWorkspace = SchemaRule(name: "index") { schemas in
        """
        SELECT n.nspname || '.' || i.relname AS object
        FROM pg_index AS x
        JOIN pg_class AS i ON i.oid = x.indexrelid
        JOIN pg_class AS c ON c.oid = x.indrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]
        WHERE \(isTable(schemas)) AND a.attname IS DISTINCT FROM 'workspace_id'
        """
    }

    /// SC-1: every foreign key begins with it on both sides.
    static let referencesByWorkspace = SchemaRule(name: "foreign_key") { schemas in
        """
        SELECT \(tableName) || '.' || k.conname AS object
        FROM pg_constraint AS k
        JOIN pg_class AS c ON c.oid = k.conrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        JOIN pg_attribute AS f ON f.attrelid = k.confrelid AND f.attnum = k.confkey[1]
        WHERE \(isTable(schemas)) AND k.contype = 'f'
          AND (a.attname <> 'workspace_id' OR f.attname <> 'workspace_id')
        """
    }

    /// S-2: row-level security is enabled and forced.
    static let rowSecurity = SchemaRule(name: "row_security") { schemas in
        """
        SELECT \(tableName) AS object
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE \(isTable(schemas)) AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
        """
    }

    /// S-2: every table has the policy of its workspace, for all commands.
    static let workspacePolicy = SchemaRule(name: "no_workspace_policy") { schemas in
        """
        SELECT \(tableName) AS object
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE \(isTable(schemas)) AND NOT EXISTS (
            SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid AND \(isWorkspacePolicy))
        """
    }

    /// S-2: and no other that lets more through.
    static let otherPolicies = SchemaRule(name: "policy") { schemas in
        """
        SELECT \(tableName) || '.' || p.polname AS object
        FROM pg_policy AS p
        JOIN pg_class AS c ON c.oid = p.polrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE \(isTable(schemas)) AND p.polpermissive AND NOT \(isWorkspacePolicy)
        """
    }

    /// Everything in a schema belongs to that schema's owner.
    static let ownership = SchemaRule(name: "owner") { schemas in
        """
        SELECT o.object FROM \(possessions(schemas)) AS o (schema, object, owner)
        WHERE o.owner::regrole::text <> quote_ident(o.schema || '_owner')
        """
    }

    /// S-2: an owner is an ordinary role, since a view shows what its owner may see.
    static let ordinaryOwners = SchemaRule(name: "mighty_owner") { schemas in
        """
        SELECT o.object FROM \(possessions(schemas)) AS o (schema, object, owner)
        JOIN pg_roles AS r ON r.oid = o.owner
        WHERE r.rolsuper OR r.rolbypassrls OR r.rolcanlogin
        """
    }

    /// S-2: roles of services can pass over nothing and make nothing.
    static let ordinaryServices = SchemaRule(name: "mighty_service") { _ in
        """
        SELECT r.rolname AS object FROM pg_roles AS r
        WHERE r.oid IN (SELECT member FROM pg_auth_members WHERE roleid = 'casebook_service'::regrole)
          AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication)
        """
    }

    /// S-2: roles of services own nothing.
    static let owningServices = SchemaRule(name: "service_owns") { _ in
        """
        SELECT r.rolname || ' ' || d.classid::regclass || ' ' || d.objid AS object
        FROM pg_shdepend AS d JOIN pg_roles AS r ON r.oid = d.refobjid
        WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
          AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
          AND r.oid IN (SELECT member FROM pg_auth_members WHERE roleid = 'casebook_service'::regrole)
        """
    }

    /// SC-2: no triggers but those of foreign keys.
    static let triggers = SchemaRule(name: "trigger") { schemas in
        """
        SELECT \(tableName) || '.' || t.tgname AS object
        FROM pg_trigger AS t
        JOIN pg_class AS c ON c.oid = t.tgrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE \(isTable(schemas)) AND NOT t.tgisinternal
        """
    }

    /// SC-2: no sequences, and so no `serial` and no identity columns.
    static let sequences = SchemaRule(name: "sequence") { schemas in
        """
        SELECT \(tableName) AS object
        FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relkind = 'S' AND n.nspname = ANY (\(schemas))
        """
    }

    /// Code maps violations by the constraint's name.
    static let constraintNames = SchemaRule(name: "name") { schemas in
        """
        SELECT \(tableName) || '.' || k.conname AS object
        FROM pg_constraint AS k
        JOIN pg_class AS c ON c.oid = k.conrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE \(isTable(schemas)) AND k.contype IN ('p', 'u', 'f', 'c')
          AND k.conname !~ CASE k.contype WHEN 'p' THEN '^pk_' WHEN 'u' THEN '^uq_' WHEN 'f' THEN '^fk_' ELSE '^ck_' END
        """
    }

    /// The portable subset: no exclusion and no deferrable constraints.
    static let deferrable = SchemaRule(name: "unportable") { schemas in
        """
        SELECT \(tableName) || '.' || k.conname AS object
        FROM pg_constraint AS k
        JOIN pg_class AS c ON c.oid = k.conrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE \(isTable(schemas)) AND (k.contype = 'x' OR k.condeferrable)
        """
    }

    /// Every time is checked to lie within the years that the wire can show.
    static let times = SchemaRule(name: "unchecked_time") { schemas in
        """
        SELECT \(tableName) || '.' || a.attname AS object
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE \(isTable(schemas)) AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype)
          AND NOT EXISTS (
            SELECT FROM pg_constraint AS k
            WHERE k.conrelid = c.oid AND k.contype = 'c' AND a.attnum = ANY (k.conkey))
        """
    }

    /// A function that runs as its owner is a listed exception, and sets its search path.
    static let definers = SchemaRule(name: "security_definer") { schemas in
        """
        SELECT n.nspname || '.' || p.proname
            || CASE WHEN array_to_string(p.proconfig, ',') ~ 'search_path=' THEN '' ELSE ' without search_path' END
            AS object
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname = ANY (\(schemas)) AND p.prosecdef
        """
    }

    /// Nothing is granted to everybody.
    static let publicRights = SchemaRule(name: "public") { schemas in
        """
        SELECT DISTINCT \(tableName) AS object
        FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        CROSS JOIN LATERAL aclexplode(c.relacl) AS g
        WHERE n.nspname = ANY (\(schemas)) AND c.relkind IN ('r', 'p', 'v', 'm') AND g.grantee = 0
        """
    }

    // MARK: Pieces

    private static let tableName: SQL = "n.nspname || '.' || c.relname"

    private static func isTable(_ schemas: [String]) -> SQL {
        "n.nspname = ANY (\(schemas)) AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
    }

    private static let isWorkspacePolicy: SQL = """
        (p.polcmd = '*' AND p.polpermissive AND p.polwithcheck IS NULL
         AND pg_get_expr(p.polqual, p.polrelid)
            = '(workspace_id = (current_setting(''casebook.workspace_id''::text))::uuid)')
        """

    /// Tables, views and functions with their owners.
    private static func possessions(_ schemas: [String]) -> SQL {
        """
        (SELECT n.nspname, n.nspname || '.' || c.relname, c.relowner
         FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE n.nspname = ANY (\(schemas)) AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT c.relispartition
         UNION ALL
         SELECT n.nspname, n.nspname || '.' || p.proname || '()', p.proowner
         FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
         WHERE n.nspname = ANY (\(schemas)))
        """
    }
}
