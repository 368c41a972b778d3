import Models
import Postgres
import ServiceKit

/// Writes made-up customers into a workspace, in transactions of at most 5,000 records; what is there already stays.
///
/// COPY is refused under row-level security, so that rows come through temporary tables (DESIGN.md, section 4).
struct CustomerSeed: Sendable {
    let database: Database
    let request: SeedRequest

    private static let batch = 5_000

    /// Adds organizations, people and their memberships, each with its activity and what it is found by.
    ///
    /// - Throws: ``PostgresError``; a repeat goes on from there.
    func write(progress: @Sendable (SeedProgress) -> Void) async throws {
        var customers = SeededCustomers(request)
        let (people, companies) = (customers.individualCount, customers.organizationCount)
        var written = 0
        func report(_ count: Int) {
            written += count
            progress(SeedProgress(done: written, total: people + companies))
        }
        for start in stride(from: 0, to: companies, by: Self.batch) {
            let records = (start..<min(start + Self.batch, companies)).map { _ in customers.organization() }
            try await write(records)
            report(records.count)
        }
        var memberships: [SeededCustomers.Membership] = []
        for start in stride(from: 0, to: people, by: Self.batch) {
            let made = (start..<min(start + Self.batch, people)).map { customers.individual($0) }
            try await write(made.map(\.0))
            memberships += made.flatMap(\.1)
            report(made.count)
        }
        try await write(memberships)
    }

    private var context: WriteContext {
        WriteContext(
            workspace: request.workspace, actor: .service(ServiceName.casebook.rawValue),
            requestID: request.requestID, now: request.now)
    }

    private func write<Record: StoredCustomer>(_ records: [Record]) async throws {
        try await database.transaction(in: context.scope, SeedRequest.batch) { tx in
            _ = try await tx.query(SeedTables.customers)
            _ = try await tx.query(SeedTables.contacts)
            var random = request.random(for: "customers activity \(records.first?.id.description ?? "")")
            _ = try await tx.copy(
                into: "seed_customer", columns: SeedTables.customerColumns,
                rows: records.map { SeedTables.row(of: $0, &random) })
            _ = try await tx.copy(
                into: "seed_contact", columns: SeedTables.contactColumns,
                rows: records.flatMap(SeedTables.contacts(of:)))
            _ = try await tx.query(SeedTables.insertion(of: Record.self, context))
        }
    }

    /// An organization's memberships come in one batch, so that its versions are counted without a gap.
    private func write(_ memberships: [SeededCustomers.Membership]) async throws {
        let byOrganization = Dictionary(grouping: memberships, by: \.organization).sorted { $0.key < $1.key }
        var batch: [SeededCustomers.Membership] = []
        for (_, members) in byOrganization {
            batch += members
            guard batch.count >= Self.batch else { continue }
            try await writeBatch(batch)
            batch = []
        }
        if !batch.isEmpty { try await writeBatch(batch) }
    }

    private func writeBatch(_ memberships: [SeededCustomers.Membership]) async throws {
        try await database.transaction(in: context.scope, SeedRequest.batch) { tx in
            _ = try await tx.query(SeedTables.memberships)
            var random = request.random(for: "customers activity \(memberships[0].organization)")
            _ = try await tx.copy(
                into: "seed_membership", columns: SeedTables.membershipColumns,
                rows: memberships.map { SeedTables.row(of: $0, &random) })
            _ = try await tx.query(SeedTables.joining(context))
        }
    }
}
