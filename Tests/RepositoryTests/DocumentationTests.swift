import Testing

extension RepositoryRules {
    /// Documentation that the formatter does not ask for (it knows `public` only).
    @Suite("documentation")
    struct DocumentationTests {
        @Test("stands on every package declaration")
        func packageDeclarations() {
            let bare = Repository.productSources.flatMap { file in
                undocumented(in: file).map { "\(file.path):\($0 + 1) \(file.code[$0].trimmed)" }
            }
            Allowances.check(
                places: bare, rule: "undocumented", why: "say what it is, its units and range, what it throws")
        }

        @Test("begins every file that is not a test with what its first type is")
        func firstTypes() {
            let type = /^(?:@\w+(?:\([^)]*\))?\s+)*(?:\w+\s+)*(?:struct|class|actor|enum|protocol)\s/
            let bare = Repository.productSources.filter { file in
                guard let first = file.code.firstIndex(where: { $0.contains(type) }) else { return false }
                return !isDocumented(first, in: file)
            }
            #expect(bare.map(\.path) == [])
        }

        @Test("names every test by a sentence")
        func testNames() {
            let bare = Repository.sources.filter { $0.isTest && !$0.path.hasPrefix("Tests/RepositoryTests/") }.flatMap {
                file in
                file.code.enumerated().filter {
                    $0.element.contains("@Test") && $0.element.contains(/@Test\b(?!\s*\(\s*(?:#*"|$))/)
                }
                .map { "\(file.path):\($0.offset + 1)" }
            }
            #expect(bare == [])
        }

        private func undocumented(in file: SourceFile) -> [Int] {
            let declaration = /^\s*(?:@\w+(?:\([^)]*\))?\s+)*package\s+(?!import\b|\(set\))/
            return file.code.indices.filter { index in
                guard file.code[index].contains("package "), file.code[index].contains(declaration) else {
                    return false
                }
                // An endpoint is documented by its own summary, which OpenAPI shows.
                if file.code[index].contains(/=\s*Endpoint</) { return false }
                return !isDocumented(index, in: file)
            }
        }

        private func isDocumented(_ line: Int, in file: SourceFile) -> Bool {
            var above = line - 1
            while above >= 0, file.lines[above].trimmed.hasPrefix("@") { above -= 1 }
            return above >= 0 && file.lines[above].trimmed.hasPrefix("///")
        }
    }
}

extension String {
    /// Without the blanks around it.
    fileprivate var trimmed: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
