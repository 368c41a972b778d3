import Foundation
package import Models
import Postgres
import ServiceKit

/// Tells which statements ask a service's tables by an operator that is not leakproof: under row-level security no
/// index serves it (DESIGN.md section 4).
package struct LeakproofAudit: Sendable {
    private static let allowed: Set<String> = ["=", "<>", "<", ">", "<=", ">="]
    private let service: ServiceName
    private let schemas: Set<String>

    /// Takes the service, whose schema has its name, and others whose tables it asks through published views.
    package init(_ service: ServiceName, and others: ServiceName...) {
        self.service = service
        schemas = Set(([service] + others).map(\.rawValue))
    }

    /// How many conditions were looked at, and those with another operator.
    package func offences(
        among statements: [StatementRecorder.Statement]
    ) async throws -> (conditions: Int, offences: [String]) {
        var (count, offences) = (0, try Self.leakyTypes())
        for statement in statements {
            for condition in try await conditions(of: statement) {
                count += 1
                let words = Set(condition.matches(of: /[ )]([-+*\/<>=~!@#%^&|`?]+)[ (]/).map { String($0.1) })
                if !words.isSubset(of: Self.allowed) { offences.append("\(condition) in \(statement.text)") }
            }
        }
        return (count, offences)
    }

    /// Comparisons of the types that filterable columns have, which would not be leakproof.
    private static func leakyTypes() throws -> [String] {
        try Rows.of(
            """
            SELECT DISTINCT o.oprname || ' ' || o.oprleft::regtype
            FROM pg_operator AS o JOIN pg_proc AS p ON p.oid = o.oprcode
            WHERE o.oprname IN ('=', '<>', '<', '>', '<=', '>=') AND o.oprleft = o.oprright AND NOT p.proleakproof
              AND o.oprleft IN ('uuid'::regtype, 'text'::regtype, 'int8'::regtype, 'bool'::regtype, 'date'::regtype,
                'timestamptz'::regtype)
            """)
    }

    /// The conditions of scans of the tables, as its role plans the statement for any values.
    private func conditions(of statement: StatementRecorder.Statement) async throws -> [String] {
        var conditions: [String] = []
        for node in try await nodes(of: statement) where (node["Schema"] as? String).map(schemas.contains) == true {
            conditions += ["Filter", "Index Cond", "Recheck Cond"].compactMap { node[$0] as? String }
        }
        return conditions
    }

    private func nodes(of statement: StatementRecorder.Statement) async throws -> [[String: Any]] {
        let isPlanned = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"].contains { statement.text.hasPrefix($0) }
        guard isPlanned else { return [] }
        let types = statement.types.isEmpty ? "" : "(\(statement.types.map(\.description).joined(separator: ", ")))"
        let values = types.isEmpty ? "" : "(\(statement.types.map { _ in "NULL" }.joined(separator: ", ")))"
        let plan = try await ScratchDatabase.current.withService(service) { database in
            let scope = Scope.workspace(.sample).adding("plan_cache_mode", "force_generic_plan")
            return try await database.transaction(in: scope) { transaction in
                _ = try await transaction.query(SQL(unsafe: "PREPARE audited \(types) AS \(statement.text)"))
                let result = try await transaction.query(
                    SQL(unsafe: "EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE audited \(values)"))
                let plan = try result.value("QUERY PLAN", as: String.self)
                _ = try await transaction.query("DEALLOCATE audited")
                return plan
            }
        }
        var nodes: [[String: Any]] = []
        Self.collect(try JSONSerialization.jsonObject(with: Data(plan.utf8)), &nodes)
        return nodes
    }

    private static func collect(_ node: Any, _ nodes: inout [[String: Any]]) {
        if let list = node as? [Any] {
            for element in list { collect(element, &nodes) }
        }
        guard let object = node as? [String: Any] else { return }
        if object["Node Type"] != nil { nodes.append(object) }
        for (_, value) in object where value is [Any] || value is [String: Any] { collect(value, &nodes) }
    }
}
