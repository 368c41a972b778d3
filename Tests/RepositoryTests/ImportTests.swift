import Testing

extension RepositoryRules {
    /// The graph of STYLE.md, section 1.1: imports run downwards.
    @Suite("imports")
    struct ImportTests {
        private func importers(of modules: Set<String>, where isConcerned: (SourceFile) -> Bool) -> [String] {
            Repository.sources.filter(isConcerned).flatMap { file in
                file.imports.filter(modules.contains).map { "\(file.path) imports \($0)" }
            }
        }

        /// The modules of the folders in `Services`.
        private var services: Set<String> {
            Set(
                Repository.productSources.map(\.path).filter { $0.hasPrefix("Services/") }.map {
                    String($0.split(separator: "/")[1])
                })
        }

        @Test("no service imports another")
        func independent() {
            #expect(importers(of: services) { $0.path.hasPrefix("Services/") } == [])
            #expect(importers(of: services) { $0.path.hasPrefix("Shared/") } == [])
        }

        @Test("libpq is imported in Shared/Postgres only")
        func libpq() {
            #expect(importers(of: ["CLibpq"]) { !$0.path.hasPrefix("Shared/Postgres/") } == [])
        }

        @Test("Models imports nothing beyond FoundationEssentials")
        func models() {
            let known: Set = ["FoundationEssentials", "Synchronization"]
            let others = Repository.sources.filter { $0.path.hasPrefix("Shared/Models/") }.flatMap(\.imports)
                .filter { !known.contains($0) }
            #expect(others == [])
        }

        @Test("Postgres knows nothing of Casebook, and ServiceClient only Models")
        func shared() {
            #expect(
                importers(of: ["Models", "ServiceKit", "ServiceClient"]) { $0.path.hasPrefix("Shared/Postgres/") } == []
            )
            #expect(importers(of: ["Postgres", "ServiceKit"]) { $0.path.hasPrefix("Shared/ServiceClient/") } == [])
        }

        @Test("a service's Domain imports neither the database nor the web")
        func domain() {
            let frameworks: Set = ["Postgres", "ServiceKit", "ServiceClient", "Hummingbird", "HummingbirdCore"]
            #expect(importers(of: frameworks) { $0.path.hasPrefix("Services/") && $0.path.contains("/Domain/") } == [])
        }

        @Test("test support is no part of a product")
        func testSupport() {
            #expect(importers(of: ["TestSupport", "Testing"]) { !$0.isTest } == [])
        }
    }
}
