package import Postgres
import Synchronization

/// Remembers the distinct statements that a database was sent, with the types of their parameters.
package final class StatementRecorder: DatabaseObserver {
    /// A statement without its values.
    package struct Statement: Hashable, Sendable {
        /// The text with `$n`.
        package let text: String
        /// The types of the parameters in their order.
        package let types: [PostgresType]
    }

    private let seen = Mutex<Set<Statement>>([])

    /// Starts with nothing.
    package init() {}

    /// What was sent, sorted by text.
    package var statements: [Statement] {
        seen.withLock { $0.sorted { $0.text < $1.text } }
    }

    /// Remembers a statement.
    package func statementStarted(_ statement: SQL) {
        let seenNow = Statement(text: statement.text, types: statement.parameters.map(\.type))
        _ = seen.withLock { $0.insert(seenNow) }
    }

    /// Not of interest.
    package func statementFinished(
        _ statement: SQL, lane: DatabaseLane, duration: Duration, outcome: PostgresError.Code?
    ) {}

    /// Not of interest.
    package func connectionChanged(_ change: ConnectionChange) {}
}
