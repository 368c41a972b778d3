import Testing

extension RepositoryRules {
    /// The table of status codes that the documentation shows, and what is declared.
    @Suite("status codes")
    struct StatusCodeTests {
        /// The rows of the table: statuses and codes.
        private var rows: [(statuses: [String], codes: [String])] {
            (Repository.text(of: "Shared/ServiceKit/ServiceKit.docc/StatusCodes.md") ?? "").split(separator: "\n")
                .filter { $0.hasPrefix("| ") }.dropFirst()
                .map { row in
                    let cells = row.split(separator: "|").map(String.init)
                    return (
                        cells[0].matches(of: /\d{3}/).map { String($0.0) },
                        cells[1].matches(of: /`(\w+)`/).map { String($0.1) }
                    )
                }
        }

        @Test("stand in StatusCodes.md with every code of a problem that is declared anywhere, and with no other")
        func problems() {
            let declaration = /(?:Problem\.Code|Self)\(\s*"([a-z_]+)",\s*(\d{3}),/
            let declared = Repository.productSources.flatMap { file in
                file.lines.joined(separator: "\n").matches(of: declaration).map { "\($0.2) \($0.1)" }
            }
            #expect(declared.count > 30)
            let shown = rows.flatMap { row in row.codes.map { "\(row.statuses.joined()) \($0)" } }
            #expect(Set(declared).subtracting(shown).sorted() == [])
            #expect(Set(shown).subtracting(declared).sorted() == [])
            #expect(shown.count == Set(shown).count)
        }

        @Test("of good answers stand there too, each that an operation declares")
        func successes() {
            let declared = Repository.productSources.flatMap { file in
                file.lines.joined(separator: "\n").matches(of: /\bsuccess: (\d{3})\b/).map { String($0.1) }
            }
            let shown = Set(rows.flatMap(\.statuses))
            #expect(Set(declared).union(["200", "304"]).subtracting(shown).sorted() == [])
        }
    }
}
