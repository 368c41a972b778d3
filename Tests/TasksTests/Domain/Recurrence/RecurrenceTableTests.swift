import Foundation
import Models
import Postgres
import ServiceKit
import TestSupport
import Testing

@testable import Tasks

/// A line of recurrences.tsv, which recurrences.py computed with python-dateutil.
private struct ComputedRecurrence {
    let name: String
    let zone: String
    let recurrence: Recurrence
    let until: Timestamp?
    let instants: [String]

    static func all() throws -> [ComputedRecurrence] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/recurrences.tsv").standardized
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }.map { try ComputedRecurrence(String($0)) }
    }

    private init(_ line: String) throws {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        try #require(fields.count == 6, "\(line)")
        (name, zone) = ("\(fields[0]) in \(fields[1])", fields[1])
        let rule = try RecurrenceRule(fields[3])
        let exceptions = try fields[4].split(separator: ",").map { try #require(CivilDateTime(String($0))) }
        recurrence = Recurrence(rule, from: try #require(CivilDateTime(fields[2])), except: Set(exceptions))
        if case .utc(let instant) = rule.until { until = instant } else { until = nil }
        instants = fields[5].split(separator: ",").map(String.init)
    }
}

@Suite("recurrences over changes of the clock", .scratchDatabase(.tasks))
struct RecurrenceTableTests {
    @Test("are the instants that python-dateutil computed, in nine zones, for times left out and times that come twice")
    func table() async throws {
        let cases = try ComputedRecurrence.all()
        #expect(cases.count >= 300)
        #expect(Set(cases.map(\.zone)).count == 9)
        try await ScratchDatabase.current.withService(.tasks) { database in
            for computed in cases {
                let readings = computed.recurrence.occurrences(limit: 12)
                let instants = try await instants(of: readings, in: computed.zone, database)
                let last = computed.until ?? Timestamp("2026-12-31T23:59:59Z") ?? .now
                #expect(instants.filter { $0 <= last }.map(\.description) == computed.instants, "\(computed.name)")
            }
        }
    }

    private func instants(
        of readings: [CivilDateTime], in zone: String, _ database: Database
    ) async throws -> [Timestamp] {
        let result = try await database.query(
            .scan, in: .none,
            """
            SELECT tasks.instant(r.reading::timestamp, \(zone)) AS instant
            FROM unnest(\(readings.map(\.description))) WITH ORDINALITY AS r (reading, place)
            ORDER BY r.place
            LIMIT 100
            """)
        return try (0..<result.count).map { try result.value("instant", row: $0, as: Timestamp.self) }
    }
}
