/// The test's database as a superuser sees it.
package enum Rows {
    /// Runs SQL.
    package static func run(_ sql: String) throws {
        let scratch = try ScratchDatabase.current
        _ = try scratch.cluster.sql(sql, database: scratch.name)
    }

    /// The rows of a query, columns separated by `|`.
    package static func of(_ sql: String) throws -> [String] {
        let scratch = try ScratchDatabase.current
        return try scratch.cluster.sql(sql, database: scratch.name).split(separator: "\n").map(String.init)
    }

    /// The one number that a query answers.
    package static func number(_ sql: String) throws -> Int {
        try of(sql).first.flatMap { Int($0) } ?? -1
    }

    /// How many rows of a table there are.
    package static func count(_ table: String, where condition: String = "true") throws -> Int {
        try number("SELECT count(*) FROM \(table) WHERE \(condition)")
    }

    /// Every row of every table but the counters of case numbers, of which a refused request may use one up.
    package static func everything() throws -> String {
        let tables = try of(
            """
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname IN ('tickets', 'tasks', 'core', 'customers', 'identity') AND tablename <> 'case_counter'
            ORDER BY 1
            """)
        // In one session: it shows the rows of each statement, those of one table after those of the other.
        return try of(tables.map { "SELECT t::text FROM \($0) AS t ORDER BY 1;" }.joined(separator: "\n"))
            .joined(separator: "\n")
    }
}
