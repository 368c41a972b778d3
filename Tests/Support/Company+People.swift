package import Models

extension Company {
    /// More people of a role.
    package func hire(_ count: Int, _ role: Role) throws -> [Staff] {
        let people = (0..<count).map { Staff(id: .make(at: .now), name: "\(role.rawValue) \($0)", role: role) }
        let rows = people.map { person in
            """
            ('\(id)', '\(person.id)', '\(person.id)@a.example', '\(person.id)@a.example', '\(person.name)',
             '\(role.rawValue)', now(), now())
            """
        }
        try Rows.run(
            """
            INSERT INTO identity.user (workspace_id, id, email, email_key, name, role, created_at, updated_at)
            VALUES \(rows.joined(separator: ", "))
            """)
        return people
    }

    /// Gives a record another name as its owner would, with its entry in the stream.
    package func rename(_ table: String, _ record: String, to name: String, kind: String) throws {
        let key = table == "identity.user" ? "" : ", name_key = lower('\(name)')"
        try Rows.run(
            """
            WITH changed AS (
                UPDATE \(table) SET name = '\(name)'\(key), version = version + 1
                WHERE workspace_id = '\(id)' AND id = '\(record)'
                RETURNING id, version)
            INSERT INTO core.activity (
                workspace_id, id, subject_kind, subject_id, version, verb, actor_kind, actor_id, request_id,
                occurred_at)
            SELECT '\(id)', gen_random_uuid(), '\(kind)', id, version, 'updated', 'user', '\(administrator.id)', 'r',
                now()
            FROM changed
            """)
    }
}

extension String {
    /// The text as a parameter of an address carries it.
    package var encoded: String {
        utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
