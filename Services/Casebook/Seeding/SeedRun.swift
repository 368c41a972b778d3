import Models
import Postgres
import ServiceClient
import ServiceKit

/// Fills a workspace of a running installation with made-up data: people, customers, tickets, tasks.
struct SeedRun: Sendable {
    let installation: Installation
    let environment: ServiceEnvironment
    let console: Console
    let order: Order

    /// What the operator asks for.
    struct Order: Sendable {
        let workspace: Text<Slug>
        let tickets: Int
        let seed: UInt64
        /// Whether a workspace that has tickets already gets more.
        let isAddition: Bool
    }

    /// The services with a part in it; each reads what those before it made.
    private static let services: [ServiceName] = [.identity, .customers, .tickets, .tasks]

    /// Asks every service whether it may, then lets each write its part.
    ///
    /// - Throws: ``SeedRefused``; ``RefusedRequest`` when there is no such workspace; ``CommandFailure``.
    func run() async throws {
        let began = ContinuousClock.now
        let request = SeedRequest(
            workspace: try await workspace(), tickets: order.tickets, seed: order.seed, now: .now)
        let steps = Self.services.map { service in
            SeedStep(
                service: service, request: request, installation: installation, environment: environment,
                console: console)
        }
        if !order.isAddition {
            for step in steps {
                if let obstacle = try await step.obstacle() { throw SeedRefused(obstacle: obstacle) }
            }
        }
        let tickets = ProgressDisplay.grouped(order.tickets)
        console.say(
            "Filling workspace \(order.workspace.value) with \(tickets) made-up tickets and tasks, seed \(order.seed).")
        for step in steps { try await step.run() }
        try await console.timed("statistics for the planner up to date") { try await analyze() }
        console.say("Done after \((ContinuousClock.now - began).inSeconds).")
    }

    private func workspace() async throws -> ID<Workspace> {
        guard let client = OperatorClient(environment) else { throw NothingSetUp(folder: environment.folder) }
        do {
            return try await client.call(Workspaces.show.request(), in: order.workspace).id
        } catch let refused as RefusedRequest where refused.status == 422 {
            throw InvalidArgument(sentence: "There is no workspace \(order.workspace.value)")
        }
    }

    /// Plans are made from statistics, which the server's own worker would gather minutes later.
    private func analyze() async throws {
        var configuration = DatabaseConfiguration(url: environment.administratorURL)
        configuration.applicationName = "casebook-seed"
        configuration.pointConnections = 1
        configuration.scanConnections = 0
        configuration.exclusiveConnections = 1
        configuration.hintConnection = false
        let database = Database(configuration: configuration)
        database.start()
        do {
            _ = try await database.write(
                in: .none,
                """
                DO $$
                DECLARE
                    found record;
                BEGIN
                    FOR found IN
                        SELECT n.nspname, c.relname
                        FROM pg_class AS c
                        JOIN pg_namespace AS n ON n.oid = c.relnamespace
                        WHERE c.relkind = 'r' AND n.nspname IN ('core', 'identity', 'customers', 'tickets', 'tasks')
                    LOOP
                        EXECUTE format('ANALYZE %I.%I', found.nspname, found.relname);
                    END LOOP;
                END $$
                """, timeouts: WriteTimeouts(statement: .seconds(120), deadline: .seconds(150)))
        } catch {
            await database.close()
            throw RefusedByDatabase(error: error)
        }
        await database.close()
    }
}

/// A workspace that should not be filled as it is.
struct SeedRefused: Error, CustomStringConvertible {
    let obstacle: String

    var description: String {
        "\(obstacle) Nothing was written. With --add made-up data is added to what is there; "
            + "--workspace names another workspace"
    }
}
