package import Models
package import Postgres

/// What a service is asked to fill a workspace with: a size, and a seed that makes the same data each time.
///
/// The operator's `casebook seed` asks `identity`, `customers`, `tickets` and `tasks` in this order with equal
/// requests; each reads what those before it made by their published views.
package struct SeedRequest: Sendable, Equatable {
    /// The workspace to fill.
    package let workspace: ID<Workspace>
    /// How many tickets the workspace is to gain; each service makes its part in proportion.
    package let tickets: Int
    /// What all that is random comes from.
    package let seed: UInt64
    /// The instant that counts as now: what is made lies before it.
    package let now: Timestamp

    /// The most tickets of one request.
    package static let limit = 5_000_000
    /// How a batch is written: autovacuum may sort in the same long list of a search's index, which takes a while.
    package static let batch = TransactionOptions(
        lockTimeout: .seconds(60), statementTimeout: .seconds(120), deadline: .seconds(150))

    /// Takes the parts.
    package init(workspace: ID<Workspace>, tickets: Int, seed: UInt64, now: Timestamp) {
        self.workspace = workspace
        self.tickets = tickets
        self.seed = seed
        self.now = now
    }

    /// The id of the request, as activity names it: ``wrote(_:)`` knows it by its first letters.
    package var requestID: String { "\(Self.requestIDPrefix)\(seed)" }

    /// With a slash, which the edge lets no id from outside have: nobody can pass a request off as a seed's.
    private static let requestIDPrefix = "seed/"

    /// Whether a seed wrote an entry of activity.
    ///
    /// Consumers that only keep copies fresh may pass it over: a seed writes copies as they are to be.
    package static func wrote(_ entry: ActivityEntry) -> Bool { entry.requestID.hasPrefix(requestIDPrefix) }

    /// A generator of its own for one purpose, so that a change in one place moves nothing in another.
    package func random(for purpose: String) -> SeededRandom {
        SeededRandom(seed: seed, purpose: purpose)
    }
}

/// How far a service has come with a ``SeedRequest``.
package struct SeedProgress: Sendable, Equatable {
    /// How many records are written.
    package let done: Int
    /// How many there will be.
    package let total: Int

    /// Takes the parts.
    package init(done: Int, total: Int) {
        self.done = done
        self.total = total
    }

    /// The line on standard output that `casebook seed` reads: `progress 5000 100000`.
    package var line: String { "progress \(done) \(total)" }

    /// Reads such a line; `nil` for any other.
    package init?(line: some StringProtocol) {
        let words = line.split(separator: " ")
        guard words.count == 3, words[0] == "progress", let done = Int(words[1]), let total = Int(words[2]) else {
            return nil
        }
        self.init(done: done, total: total)
    }
}

extension ServiceDefinition {
    /// Nothing stands in the way.
    package static func seedObstacle(_ request: SeedRequest, in database: Database) async throws -> String? { nil }

    /// Makes nothing.
    package static func seed(
        _ request: SeedRequest, in database: Database, progress: @escaping @Sendable (SeedProgress) -> Void
    ) async throws {}
}
