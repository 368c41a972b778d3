import Foundation

/// One Swift file of the repository.
struct SourceFile: Sendable {
    /// The path from the repository's root.
    let path: String
    /// The lines as they are.
    let lines: [String]
    /// The lines without comments and the contents of literals.
    let code: [String]

    /// The modules it imports.
    let imports: [String]
    /// Functions, initialisers and computed properties with a body.
    let functions: [Function]

    init(path: String, text: String) {
        let blanked = BlankedSource.text(of: text)
        self.path = path
        lines = Self.lines(of: text)
        code = Self.lines(of: blanked)
        imports = code.compactMap(Self.module)
        functions = FunctionReader(code: blanked).functions
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// The module that a line imports, as in `@testable import struct Module.Type`.
    private static func module(importedBy line: String) -> String? {
        guard line.contains("import ") else { return nil }
        let words = line.split(separator: " ")
        guard let keyword = words.firstIndex(of: "import"), keyword + 1 < words.count else { return nil }
        let before = words[..<keyword].allSatisfy { $0.hasPrefix("@") || $0 == "package" || $0 == "public" }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "let", "var", "typealias"]
        let name = kinds.contains(words[keyword + 1]) ? words.dropFirst(keyword + 2).first : words[keyword + 1]
        return before ? name?.split(separator: ".").first.map(String.init) : nil
    }

    var isTest: Bool { path.hasPrefix("Tests/") }

    /// A function's name, first line (from 1), length in lines, and number of parameters.
    struct Function: Equatable {
        let name: String
        let line: Int
        let length: Int
        let parameters: Int
    }
}
