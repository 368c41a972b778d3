import Postgres

/// What may be stored and logged of an error that a worker met: no data that it quotes.
enum ErrorSummary {
    /// A database error's redacted description; of any other error its type alone.
    ///
    /// At most 500 characters.
    static func of(_ error: any Error) -> String {
        let summary = (error as? PostgresError)?.description ?? "\(type(of: error))"
        return String(summary.prefix(500))
    }
}
