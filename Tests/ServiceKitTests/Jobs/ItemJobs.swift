import Models
import Postgres
import ServiceKit
import TestSupport

/// Bulk changes of items: the smallest work that jobs could have.
///
/// What is `fixed` may not be changed; a change to `broken` fails as the database may fail.
struct ItemJobs: JobWork {
    struct Order: Codable, Sendable {
        let filter: Filter
        let change: Change
    }

    struct Filter: Codable, Sendable {
        let status: String?
    }

    struct Change: Codable, Sendable {
        let status: String
    }

    struct Record: JobRecord {
        static let columns = ["id", "status", "version"]
        let subject: ID<AnyRecord>
        let status: String
        let version: Int

        init(row: borrowing RowReader) throws(PostgresDecodingError) {
            subject = try row.decode("id")
            status = try row.decode("status")
            version = try row.decode("version")
        }
    }

    struct Broken: Error {}

    static let jobs = Jobs<Order>(under: "/v1/items", "item", reading: .workspaceRead, writing: .teamsWrite)

    var recordKind: RecordKind { Item.kind }
    var table: SQL { "identity.item" }
    var toldFields: [String] { ["status"] }
    var permission: Permission { .teamsWrite }
    var oversight: Permission { .usersAdminister }

    func kind(of order: Order, by asker: JobAsker) -> String { "status" }

    func conditions(of order: Order, by asker: JobAsker) -> [SQL] {
        order.filter.status.map { ["t.status = \($0)"] } ?? []
    }

    func decide(_ records: [Record], _ order: Order, _ turn: JobTurn) throws -> [JobDecision] {
        if order.change.status == "broken" { throw Broken() }
        return records.map { record in
            if record.status == order.change.status { return .unchanged }
            if record.status.hasPrefix("fixed") { return .refused(record.status) }
            return .changed(JobChange(after: ["status": .string(order.change.status)], verb: .updated))
        }
    }

    func values(of record: Record) -> JSONValue { ["status": .string(record.status)] }

    func update(_ turn: JobTurn) -> SQL {
        """
        UPDATE identity.item AS t
        SET status = v.status, version = t.version + 1
        FROM decided AS d CROSS JOIN LATERAL jsonb_to_record(d.after) AS v (status text)
        WHERE t.workspace_id = \(turn.asker.workspace) AND t.id = d.id
        RETURNING t.id, t.version
        """
    }

    static let template = Item.template
}

/// A service whose only operations are jobs over items.
enum ItemJobsDefinition: ServiceDefinition {
    static let name = ServiceName.identity
    static let usesDatabase = true
    static let migrations: [Migration] = []
    static let contracts = ItemJobs.jobs.contracts

    static func configuration(_ settings: inout Settings) {}

    static func assemble(_ base: ServiceBase<Void>) async throws -> Assembly {
        Assembly(routes: bulk(on: base.database, clock: base.clock).routes)
    }

    /// The jobs, with turns of a few records.
    static func bulk(on database: Database, clock: ServiceClock, turn: Int = 10) -> BulkJobs<ItemJobs> {
        var limits = JobLimits()
        limits.turn = turn
        return BulkJobs(
            ItemJobs(), ItemJobs.jobs, of: .identity, database: database, clock: clock, logger: .silent, limits: limits)
    }
}
