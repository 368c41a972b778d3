import Foundation
import Glibc
import TestSupport
import Testing

extension SuiteTests {
    @Suite("casebook seed")
    struct Seeds {
        @Test("fills a workspace once, refuses one that has tickets, and adds to it when asked; every chain is whole")
        func seeded() async throws {
            try await RunningSuite.withSuite { suite in
                try await suite.start()
                let first = try await suite.casebook("seed", "--tickets", "1200", "--seed", "5")
                #expect(first.status == 0, "\(first.output)")
                for service in ["tickets", "tasks"] {
                    let isTold = first.output.contains("\(service): 1,200 records (")
                    #expect(isTold && first.output.contains("\(service): 100 %"), "\(first.output)")
                }
                let made = try await counts(suite)
                #expect(made.tickets == 1_200 && made.tasks == 1_200)

                let second = try await suite.casebook("seed", "--tickets", "10")
                #expect(second.status != 0 && second.output.contains("--add"), "\(second.output)")
                let before = try await counts(suite)
                #expect(before.tickets == 1_200 && before.tasks == 1_200 && before.people == 15)

                let added = try await suite.casebook("seed", "--tickets", "50", "--seed", "6", "--add")
                #expect(added.status == 0, "\(added.output)")
                let after = try await counts(suite)
                #expect(after.tickets == 1_250 && after.tasks == 1_250 && after.people == 15)
                #expect(after.brokenChains == 0)

                let nowhere = try await suite.casebook("seed", "--tickets", "10", "--workspace", "nowhere")
                #expect(nowhere.status != 0 && nowhere.output.contains("There is no workspace nowhere"))
            }
        }

        @Test("starts an installation for itself where none runs, and leaves none behind")
        func alone() async throws {
            try await RunningSuite.withSuite { suite in
                let seeded = try await suite.casebook("seed", "--tickets", "20")
                #expect(seeded.status == 0, "\(seeded.output)")
                #expect(seeded.output.contains("Password:") && seeded.output.contains("Casebook has stopped."))
                #expect(suite.processes == [])
                try await suite.start()
                let made = try await counts(suite)
                #expect(made.tickets == 20 && made.tasks == 20)
            }
        }

        private struct Counts {
            let tickets: Int
            let tasks: Int
            let people: Int
            let brokenChains: Int
        }

        private func counts(_ suite: RunningSuite) async throws -> Counts {
            let line =
                try await suite.sql(
                    """
                    SELECT (SELECT count(*) FROM tickets.ticket), (SELECT count(*) FROM tasks.task),
                        (SELECT count(*) FROM identity.user), (
                        SELECT count(*) FROM (
                            SELECT 1 FROM core.activity GROUP BY workspace_id, subject_kind, subject_id
                            HAVING min(version) <> 1 OR max(version) <> count(*)
                        ) AS broken)
                    """
                ).first ?? ""
            let numbers = line.split(separator: "|").compactMap { Int($0) }
            try #require(numbers.count == 4)
            return Counts(tickets: numbers[0], tasks: numbers[1], people: numbers[2], brokenChains: numbers[3])
        }
    }
}
