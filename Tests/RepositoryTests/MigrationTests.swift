import Crypto
import Foundation
import Testing

extension RepositoryRules {
    /// Migrations that were released are never edited: their checksums are written down.
    @Suite("migrations")
    struct MigrationTests {
        private static let fixture = "Tests/RepositoryTests/Fixtures/migrations.sha256"

        /// Every migration by path.
        private var migrations: [String] {
            Repository.files(below: ["Services", "Shared"]) { $0.contains(/\/Schema\/m\d{4}_[a-z0-9_]+\.sql$/) }
        }

        /// Checksums by path, in the format of sha256sum(1).
        private var recorded: [String: String] {
            Dictionary(
                Repository.fixture("migrations.sha256").map { line in
                    let fields = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
                    return (fields.last ?? "", fields.first ?? "")
                }, uniquingKeysWith: { first, _ in first })
        }

        @Test("are what they were when they were written down")
        func unedited() throws {
            for path in migrations {
                let data = try Data(contentsOf: Repository.root.appending(path: path))
                let digest = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
                let line = "\(digest)  \(path)"
                switch recorded[path] {
                case nil: Issue.record("A new migration: add this line to \(Self.fixture): \(line)")
                case digest: break
                default: Issue.record("\(path) was edited after it was written down; write a new migration instead")
                }
            }
        }

        @Test("are all still there")
        func none() {
            #expect(Set(recorded.keys).subtracting(migrations).sorted() == [])
        }

        @Test("are numbered from m0001 without a gap in each schema")
        func numbered() {
            let byFolder = Dictionary(grouping: migrations) {
                $0.split(separator: "/").dropLast().joined(separator: "/")
            }
            for (folder, paths) in byFolder {
                let numbers = paths.compactMap {
                    $0.split(separator: "/").last.flatMap { Int($0.dropFirst().prefix(4)) }
                }
                #expect(numbers == Array(1...paths.count), "\(folder)")
            }
        }

        @Test(
            "use the portable subset only: no triggers, sequences, exclusion or deferrable constraints"
        )
        func portable() throws {
            let banned = try Regex(
                #"(?i)\bCREATE\s+(CONSTRAINT\s+)?TRIGGER\b|\b(BIG|SMALL)?SERIAL\b|\bCREATE\s+SEQUENCE\b"#
                    + #"|\bAS\s+IDENTITY\b|\bEXCLUDE\s+USING\b|\bDEFERRABLE\b"#)
            for path in migrations {
                let statements = (Repository.text(of: path) ?? "").split(separator: "\n").map { line in
                    line.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false).first.map(String.init)
                        ?? ""
                }
                #expect(!statements.contains { $0.contains(banned) }, "\(path)")
            }
        }
    }
}
