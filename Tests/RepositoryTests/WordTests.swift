import Foundation
import Testing

/// A word that may not stand in some of the code.
struct BannedWord: Sendable, CustomTestStringConvertible {
    let name: String
    /// What to look for in a line of code.
    let pattern: String
    let why: String
    /// Where it may not stand.
    let isBanned: @Sendable (SourceFile) -> Bool

    var testDescription: String { name }

    private static let product: @Sendable (SourceFile) -> Bool = { !$0.isTest }
    private static let outsidePostgres: @Sendable (SourceFile) -> Bool = {
        !$0.isTest && !$0.path.hasPrefix("Shared/Postgres/")
    }

    static let all = [
        BannedWord(name: "print(", pattern: #"(?<![\w.])(print|debugPrint|dump)\("#, why: "log instead") {
            !$0.isTest && !$0.path.hasPrefix("Services/Casebook/")
        },
        BannedWord(name: "ProcessInfo", pattern: #"ProcessInfo|\bgetenv\("#, why: "configuration reads the environment")
        {
            !$0.isTest && !$0.path.hasSuffix("/App.swift")
        },
        BannedWord(
            name: "Task {", pattern: #"(?<![\w.])Task(\.detached)?\s*(<[^>]*>)?\s*(\([^)]*\)\s*)?\{"#,
            why: "work belongs to a Service, a task group or async let", isBanned: product),
        BannedWord(
            name: "fatalError", pattern: #"\bfatalError\("#, why: "throw, or state the invariant", isBanned: product),
        BannedWord(name: "try!", pattern: #"\btry!"#, why: "throw", isBanned: product),
        BannedWord(
            name: "@unchecked Sendable", pattern: #"@unchecked\s+Sendable|nonisolated\(unsafe\)|@preconcurrency"#,
            why: "be Sendable by construction", isBanned: outsidePostgres),
        BannedWord(name: "unsafe:", pattern: #"unsafe:"#, why: "bind values, splice fragments", isBanned: product),
        BannedWord(
            name: "Int.random", pattern: #"\bInt\.random\(in: [^,)]*\)|\bInsecure\.(MD5|SHA1)"#,
            why: "no weak randomness or digest near secrets", isBanned: product),
        BannedWord(name: "XCTest", pattern: #"\bXCTest|\bXCTAssert"#, why: "Swift Testing only") { _ in true },
        BannedWord(
            name: "sleep", pattern: #"\b(Task\.sleep|Thread\.sleep|usleep|nanosleep)\b|(?<![\w.])sleep\("#,
            why: "wait on a state with a bounded eventually"
        ) { $0.isTest },
    ]
}

extension RepositoryRules {
    /// Words that STYLE.md bans, with the exceptions of `Fixtures/allowances.txt`, which may only shrink.
    @Suite("banned words")
    struct WordTests {
        @Test("stand nowhere but where an allowance says how often", arguments: BannedWord.all)
        func words(_ word: BannedWord) throws {
            let pattern = try NSRegularExpression(pattern: word.pattern)
            var found: [String: Int] = [:]
            for file in Repository.sources where word.isBanned(file) && !file.path.hasPrefix("Tests/RepositoryTests/") {
                let text = file.code.joined(separator: "\n")
                let count = pattern.numberOfMatches(in: text, range: NSRange(text.startIndex..., in: text))
                if count > 0 { found[file.path] = count }
            }
            Allowances.check(found, rule: word.name, why: word.why)
        }

        @Test("leave no note of unfinished work")
        func notes() {
            let pattern = /\b(?:TODO|FIXME|XXX|HACK)\b/
            let found = Repository.sources.filter { !$0.path.hasPrefix("Tests/RepositoryTests/") }.flatMap { file in
                file.lines.enumerated().filter { $0.element.contains(pattern) }.map { "\(file.path):\($0.offset + 1)" }
            }
            #expect(found == [])
        }

        @Test("name no drawer: folders and types say what they hold")
        func drawers() {
            let folders = Repository.sources.map(\.path).filter {
                $0.contains(/\/(?:Utils?|Helpers?|Common|Misc)[\/.]/)
            }
            #expect(folders == [])
            let type =
                /^\s*(?:\w+\s+)*(?:struct|class|actor|enum|protocol)\s+(\w+(?:Manager|Helper|Helpers|Utils|Impl))\b/
            let types = Repository.sources.flatMap { file in
                file.code.compactMap { line in line.firstMatch(of: type).map { "\(file.path): \($0.1)" } }
            }
            #expect(types == [])
        }
    }
}
