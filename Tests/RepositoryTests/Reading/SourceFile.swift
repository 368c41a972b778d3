import Foundation

/// One Swift file of the repository.
struct SourceFile: Sendable {
    /// The path from the repository's root.
    let path: String
    /// The lines as they are.
    let lines: [String]
    /// The lines without comments and the contents of literals.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = Self.lines(of: text)
        code = Self.lines(of: BlankedSource.text(of: text))
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    var isTest: Bool { path.hasPrefix("Tests/") }

    /// The modules it imports.
    var imports: [String] {
        code.compactMap { line in
            line.firstMatch(of: /^(?:@[\w]+(?:\([^)]*\))?\s+)*(?:\w+\s+)?import\s+(?:\w+\s+)?(\w+)/).map {
                String($0.1)
            }
        }
    }

    /// Functions, initialisers and computed properties with a body.
    var functions: [Function] { FunctionReader(code: code.joined(separator: "\n")).functions }

    /// A function's name, first line (from 1), length in lines, and number of parameters.
    struct Function: Equatable {
        let name: String
        let line: Int
        let length: Int
        let parameters: Int
    }
}
