package import Foundation
package import Postgres

/// Checks every table, key, policy, view, role and function of some schemas against the rules of DESIGN.md section 4
/// and RELIABILITY.md (S-2, SC-1, SC-2), by the catalog.
///
/// An offence reads `<rule> <object>`; those in the file of exceptions are passed over.
package struct SchemaAudit: Sendable {
    private let schemas: [String]
    private let exceptions: Set<String>

    /// Audits schemas; `exceptions` are offences that are allowed.
    package init(schemas: [String], exceptions: Set<String>) {
        self.schemas = schemas
        self.exceptions = exceptions
    }

    /// What breaks a rule and is not an exception, sorted; `database` is used as a role that may read the catalog.
    package func offences(in database: Database) async throws -> [String] {
        try await all(in: database).filter { !exceptions.contains($0) }
    }

    /// Exceptions that nothing needs any more, sorted: the list may only shrink.
    package func needless(in database: Database) async throws -> [String] {
        let found = Set(try await all(in: database))
        return exceptions.filter { !found.contains($0) }.sorted()
    }

    /// The same within a transaction, which sees what it changed itself.
    package func offences(in transaction: Transaction) async throws -> [String] {
        try await all { try await transaction.query($0, as: OffenderRow.self) }.filter { !exceptions.contains($0) }
    }

    private func all(in database: Database) async throws -> [String] {
        try await all { try await database.query(.scan, in: .none, $0, as: OffenderRow.self) }
    }

    private func all(_ query: (SQL) async throws -> [OffenderRow]) async throws -> [String] {
        var offences: [String] = []
        for rule in SchemaRule.all {
            offences += try await query(rule.offenders(schemas)).map { "\(rule.name) \($0.object)" }
        }
        return offences.sorted()
    }
}

/// One offending object.
private struct OffenderRow: PostgresRow {
    static let columns = ["object"]
    let object: String

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        object = try row.decode("object")
    }
}

/// The allowed exceptions, one a line: rule, object, `|`, why, `|`, the test that guards it.
package struct SchemaExceptions: Sendable {
    /// One line.
    package struct Line: Sendable, Hashable {
        /// Rule and object.
        package let offence: String
        /// Why it is right.
        package let reason: String
        /// The name of the test that would notice if it went wrong.
        package let guardingTest: String
    }

    /// The lines of the file.
    package let lines: [Line]

    /// The offences that are allowed.
    package var offences: Set<String> { Set(lines.map(\.offence)) }

    /// Reads `Tests/ServiceKitTests/Fixtures/schema-exceptions.txt`.
    package init() throws {
        let file = Repository.folder.appending(path: "Tests/ServiceKitTests/Fixtures/schema-exceptions.txt")
        let text = try String(contentsOf: file, encoding: .utf8)
        lines = try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
                throw TestClusterError("an exception without its reason or its test: \(line)")
            }
            return Line(offence: parts[0], reason: parts[1], guardingTest: parts[2])
        }
    }
}

/// The sources, for tests that read them.
package enum Repository {
    /// The package's folder.
    package static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The migrations of every service as they lie in `Services/*/Schema`, by the service's folder in lower case.
    package static func migrations() throws -> [(schema: String, steps: [Migration])] {
        let services = folder.appending(path: "Services")
        return try FileManager.default.contentsOfDirectory(atPath: services.path).sorted().compactMap { service in
            let schema = services.appending(path: service).appending(path: "Schema")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: schema.path)) ?? []
            let steps = try names.filter { $0.hasSuffix(".sql") }.sorted().map { name in
                Migration(
                    name: String(name.dropLast(4)),
                    sql: try String(contentsOf: schema.appending(path: name), encoding: .utf8))
            }
            return steps.isEmpty ? nil : (service.lowercased(), steps)
        }
    }
}
