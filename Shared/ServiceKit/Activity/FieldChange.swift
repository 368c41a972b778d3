package import Postgres

/// A field whose values before and after a change stand in the activity: closed fields and ids only, never texts or
/// personal data, so that erasing a person need not rewrite history.
package struct FieldChange: Sendable {
    private let field: String
    private let before: @Sendable (SQL?) -> SQL
    private let after: @Sendable (SQL) -> SQL

    /// A column that the fragment before the change and the fragment after it both have.
    package static func column(_ name: SQL) -> FieldChange {
        FieldChange(
            field: name.text,
            before: { rows in rows.map { "to_jsonb(\($0).\(name))" } ?? "NULL::jsonb" },
            after: { rows in "to_jsonb(\(rows).\(name))" })
    }

    /// A column of times, written as the API writes them.
    package static func time(_ name: SQL) -> FieldChange {
        FieldChange(
            field: name.text,
            before: { rows in rows.map { "to_jsonb(core.json_time(\($0).\(name)))" } ?? "NULL::jsonb" },
            after: { rows in "to_jsonb(core.json_time(\(rows).\(name)))" })
    }

    /// A field whose values are expressions; a bound value must be of a definite type.
    package static func value(_ field: String, from before: SQL, to after: SQL) -> FieldChange {
        FieldChange(field: field, before: { _ in "to_jsonb(\(before))" }, after: { _ in "to_jsonb(\(after))" })
    }

    /// `{"status": {"from": "open", "to": "closed"}}` with the fields that differ.
    static func object(_ changes: [FieldChange], before: SQL?, after: SQL) -> SQL {
        guard !changes.isEmpty else { return "'{}'::jsonb" }
        let rows = changes.map { change -> SQL in
            "(\(change.field), \(change.before(before)), \(change.after(after)))"
        }
        return """
            COALESCE((
                SELECT jsonb_object_agg(c.field, jsonb_build_object('from', c.was, 'to', c.became))
                FROM (VALUES \(SQL.joined(rows, by: ", "))) AS c (field, was, became)
                WHERE c.was IS DISTINCT FROM c.became), '{}'::jsonb)
            """
    }
}
