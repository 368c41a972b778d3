import Testing

/// The rules of the repository, read from its source.
///
/// One after the other: each keeps a thread busy, and there are few, which the other suites need.
@Suite("repository", .serialized)
struct RepositoryRules {}

extension RepositoryRules {
    /// The sizes of STYLE.md, section 1.3.
    @Suite("sizes")
    struct SizeTests {
        @Test("no file is longer than 500 lines, no test file longer than 800")
        func files() {
            let long = Repository.sources.filter { $0.lines.count > ($0.isTest ? 800 : 500) }
            #expect(long.map { "\($0.path): \($0.lines.count) lines" } == [])
        }

        @Test("no file is shorter than 15 lines, but for types of a contract and the mains of services")
        func shortFiles() {
            let short = Repository.sources.filter { file in
                file.lines.count < 15 && !file.path.hasPrefix("Shared/Models/") && !file.path.hasSuffix("/App.swift")
            }
            Allowances.check(
                places: short.map { "\($0.path): \($0.lines.count) lines" }, rule: "short",
                why: "merge it with its user")
        }

        @Test("no line is longer than 120 columns")
        func columns() {
            let long = Repository.sources.flatMap { file in
                // A row of a table in a comment cannot be broken.
                file.lines.enumerated().filter { $0.element.count > 120 && !$0.element.contains(/^\s*\/\/\/ \|/) }.map {
                    "\(file.path):\($0.offset + 1)"
                }
            }
            #expect(long == [])
        }

        @Test("no function is longer than 70 lines")
        func functions() {
            let long = Repository.sources.flatMap { file in
                file.functions.filter { $0.length > 70 }.map {
                    "\(file.path):\($0.line) \($0.name): \($0.length) lines"
                }
            }
            #expect(long == [])
        }

        @Test("no function of a product takes more than 5 parameters")
        func parameters() {
            // Initialisers list what a value is made of, which is no choice of the caller's.
            let wide = Repository.productSources.flatMap { file in
                file.functions.filter { $0.parameters > 5 && $0.name.hasPrefix("func") }
                    .map { "\(file.path):\($0.line) \($0.name): \($0.parameters) parameters" }
            }
            Allowances.check(places: wide, rule: "parameters", why: "take a struct")
        }
    }
}
