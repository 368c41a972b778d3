import Models
import TestSupport

/// Fills a workspace with people whose names are numbers and a word that all share, straight into the tables.
struct SearchFilling {
    let workspace: ID<Workspace>

    /// Adds people that are newer than any that the service added.
    func fill(_ count: Int) throws {
        let scratch = try ScratchDatabase.current
        _ = try scratch.cluster.sql(
            """
            WITH made AS (
                SELECT ('f' || substr(gen_random_uuid()::text, 2))::uuid AS id, 'Filler Common ' || n AS name
                FROM generate_series(1, \(count)) AS n
            ),
            people AS (
                INSERT INTO customers.individual (workspace_id, id, name, name_key, created_at, updated_at)
                SELECT '\(workspace)', id, name, core.fold(name), now(), now() FROM made
            )
            INSERT INTO customers.search_text (workspace_id, kind, id, body)
            SELECT '\(workspace)', 'individual', id, ' ' || core.fold(name) FROM made
            """, database: scratch.name)
    }
}
