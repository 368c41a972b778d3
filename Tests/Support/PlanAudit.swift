import Foundation
import Postgres

/// Tells which statements would touch the rows of more than one workspace's partition (SC-5).
///
/// Every table with `workspace_id` in its key is laid out as 16 hash partitions. A statement that names its workspace
/// touches one of them, by its own text: the plan is made as a superuser, whom no policy helps, and for any values
/// (`plan_cache_mode = force_generic_plan`).
///
/// ```swift
/// @Test("every statement names its workspace (SC-5)", .scratchDatabase(PlanAudit.template(with: schemas, key: "…")))
/// func plans() async throws {
///     let recorder = StatementRecorder()
///     try await ScratchDatabase.current.withService(.identity, observer: recorder) { … use every store … }
///     #expect(try await PlanAudit(exceptions: […]).offences(among: recorder.statements) == [])
/// }
/// ```
package struct PlanAudit: Sendable {
    /// How many partitions each table has.
    package static let partitions = 16

    private let exceptions: [String]

    /// Audits plans.
    ///
    /// - Parameter exceptions: Pieces of texts of statements that may touch all workspaces.
    package init(exceptions: [String] = []) {
        self.exceptions = exceptions
    }

    /// An installation whose tables are partitioned.
    package static func template(with schemas: [MigratedSchema], key: String) -> DatabaseTemplate {
        .core(with: schemas, key: "partitioned \(key)") { Migration(name: $0.name, sql: partitioned($0.sql)) }
    }

    /// The statements that touch more than one partition of a table, each with the tables.
    package func offences(among statements: [StatementRecorder.Statement]) async throws -> [String] {
        let planned = statements.filter { statement in
            Self.isPlanned(statement.text) && !exceptions.contains { statement.text.contains($0) }
        }
        return try await ScratchDatabase.current.withDatabase { database in
            var offences: [String] = []
            for statement in planned {
                let touched = try await touched(by: statement, in: database)
                offences += touched.filter { $0.value > 1 }.map { "\($0.key) \($0.value)x: \(statement.text)" }
            }
            return offences.sorted()
        }
    }

    private static func isPlanned(_ text: String) -> Bool {
        ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "VALUES"].contains { text.hasPrefix($0) }
    }

    /// How many partitions of each table the plan scans.
    private func touched(
        by statement: StatementRecorder.Statement, in database: Database
    ) async throws -> [String: Int] {
        let types = statement.types.map(\.description).joined(separator: ", ")
        let values = statement.types.map(Self.sample).joined(separator: ", ")
        let prepare = types.isEmpty ? "PREPARE audited AS" : "PREPARE audited (\(types)) AS"
        let execute = values.isEmpty ? "EXECUTE audited" : "EXECUTE audited (\(values))"
        // Policies behind published views ask for the workspace as soon as a plan is started.
        let scope = Scope.setting("plan_cache_mode", "force_generic_plan")
            .adding("casebook.workspace_id", "0190a0a0-0000-7000-8000-000000000000")
        return try await database.transaction(in: scope) { transaction in
            _ = try await transaction.query(SQL(unsafe: "\(prepare) \(statement.text)"))
            let result = try await transaction.query(SQL(unsafe: "EXPLAIN (FORMAT JSON) \(execute)"))
            let plan = try result.value("QUERY PLAN", as: String.self)
            _ = try await transaction.query("DEALLOCATE audited")
            return try Self.scans(of: plan)
        }
    }

    /// A value of a type, as SQL.
    private static func sample(_ type: PostgresType) -> String {
        switch type {
        case .uuid: "'0190a0a0-0000-7000-8000-000000000000'"
        case .bool: "true"
        case .timestamptz, .date: "'2026-01-15'"
        case .interval: "'1 second'"
        case .jsonb, .json, .uuidArray, .textArray, .int8Array: "'{}'"
        case .bytea: "'\\x00'"
        case .text, .varchar, .name: "'x'"
        default: "'1'"
        }
    }

    private static func scans(of plan: String) throws -> [String: Int] {
        let document = try JSONSerialization.jsonObject(with: Data(plan.utf8))
        var partitions: [String: Set<String>] = [:]
        collect(document, &partitions)
        return partitions.mapValues(\.count)
    }

    /// Counts the distinct partitions that one alias of a table scans, anywhere in the plan.
    private static func collect(_ node: Any, _ partitions: inout [String: Set<String>]) {
        if let list = node as? [Any] {
            for element in list { collect(element, &partitions) }
        }
        guard let object = node as? [String: Any] else { return }
        if let type = object["Node Type"] as? String, type.hasSuffix("Scan"),
            let name = object["Relation Name"] as? String, let range = name.range(of: "_partition_")
        {
            // Aliases of partitions are the table's, with a number after an underscore.
            let alias = (object["Alias"] as? String)?.replacing(/_[0-9]+$/, with: "") ?? ""
            partitions["\(name[..<range.lowerBound]) as \(alias)", default: []].insert(name)
        }
        for (_, value) in object where value is [Any] || value is [String: Any] { collect(value, &partitions) }
    }

    /// The text of a migration with each table laid out as partitions by workspace, where its key allows.
    static func partitioned(_ sql: String) -> String {
        var lines: [String] = []
        var table: String?
        var partitioned: [String] = []
        // A partitioned table's index is not built concurrently, and its foreign keys are valid at once.
        let sql = sql.replacing("CREATE INDEX CONCURRENTLY", with: "CREATE INDEX").replacing(" NOT VALID", with: "")
        for line in sql.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("CREATE TABLE ") {
                table = line.dropFirst("CREATE TABLE ".count).split(separator: " ").first.map(String.init)
            }
            guard line.hasPrefix(")"), line.hasSuffix(";"), let name = table else {
                lines.append(String(line))
                continue
            }
            table = nil
            if isKeyedByWorkspace(lines, name) {
                lines.append(") PARTITION BY HASH (workspace_id);")
                partitioned.append(name)
            } else {
                lines.append(String(line))
            }
        }
        // A foreign key of a partitioned table is valid at once; there is no row yet.
        return (lines + partitioned.map(makePartitions)).joined(separator: "\n").replacing(" NOT VALID;", with: ";")
    }

    private static func isKeyedByWorkspace(_ lines: [String], _ table: String) -> Bool {
        let start = lines.lastIndex { $0.hasPrefix("CREATE TABLE \(table) ") } ?? 0
        return lines[start...].contains { $0.contains("PRIMARY KEY") && $0.contains("workspace_id") }
    }

    private static func makePartitions(_ table: String) -> String {
        let base = table.split(separator: ".").last.map(String.init) ?? table
        let schema = table.split(separator: ".").first.map(String.init) ?? "public"
        return (0..<partitions).map { number in
            """
            CREATE TABLE \(schema)."\(base)_partition_\(number)" PARTITION OF \(table)
                FOR VALUES WITH (MODULUS \(partitions), REMAINDER \(number));
            """
        }.joined(separator: "\n")
    }
}
