import Testing

extension RepositoryRules {
    /// The reader that the other rules stand on, on small pieces of source.
    @Suite("reading source")
    struct ReadingTests {
        @Test("comments and the contents of literals are blanks; code in interpolations stays")
        func blanks() {
            let cases = [
                "let a = 1 // print(": "let a = 1          ",
                "/* a /* b */ c */x": "                 x",
                #"f("print(\(x + "y")) z")"#: #"f("        x + " "    ")"#,
                ##"f(#"a"\(b)"#)"##: ##"f(#"      "#)"##,
            ]
            for (source, expected) in cases { #expect(BlankedSource.text(of: source) == expected, "\(source)") }
        }

        @Test("a literal over several lines keeps its lines")
        func multiline() {
            let source = "let a = \"\"\"\n  func x() {\n  \"\"\"\nlet b = 1"
            #expect(BlankedSource.text(of: source).split(separator: "\n").last == "let b = 1")
            #expect(FunctionReader(code: BlankedSource.text(of: source)).functions == [])
        }

        @Test("functions are found with their length and parameters, requirements of protocols are not")
        func functions() {
            let source = """
                protocol P {
                    func required(a: Int) -> Int
                    var value: Int { get }
                }
                struct S: P {
                    init?(a: Int, b: @escaping (Int, Int) -> Void = { _, _ in }) {
                        self.init(a)
                    }
                    func required<T>(a: [Int: T], _ b: Int...) async throws -> Int
                    where T: P {
                        if a.isEmpty { return 1 }
                        return 2
                    }
                    var value: Int {
                        3
                    }
                    var stored = [1].map { $0 }
                }
                """
            let functions = FunctionReader(code: BlankedSource.text(of: source)).functions
            let found = functions.map { "\($0.name) \($0.line) \($0.length) \($0.parameters)" }
            #expect(found == ["var value 3 1 0", "init 6 3 2", "func required 9 5 2", "var value 14 3 0"])
        }

        @Test("imports are found with their attributes and access levels")
        func imports() {
            let file = SourceFile(
                path: "a.swift",
                text: "import A\npackage import B\n@testable import C\nimport struct D.E\n// import F\n")
            #expect(file.imports == ["A", "B", "C", "D"])
        }

        @Test("the repository's files are found")
        func files() {
            #expect(Repository.sources.contains { $0.path == "Services/Casebook/App.swift" })
            #expect(Repository.productSources.count > 50)
        }
    }
}
