package import Postgres
import Synchronization
package import Testing

/// A database of the shared cluster that one test has for itself; see the trait `.scratchDatabase`.
package struct ScratchDatabase: Sendable {
    @TaskLocal private static var taken: ScratchDatabase?

    /// The cluster that holds it.
    package let cluster: TestCluster
    /// Its name.
    package let name: String

    /// The database of the running test.
    package static var current: ScratchDatabase {
        get throws {
            guard let taken else { throw TestClusterError("the test has no trait .scratchDatabase") }
            return taken
        }
    }

    /// Its connection string.
    package var url: String { cluster.url(database: name) }

    /// Its connection string for another role.
    package func url(user: String) -> String {
        cluster.url(database: name, user: user)
    }

    /// Opens the driver on it, lends it and closes it.
    package func withDatabase<Value: Sendable>(
        observer: (any DatabaseObserver)? = nil, configure: (inout DatabaseConfiguration) -> Void = { _ in },
        isolation: isolated (any Actor)? = #isolation, _ body: (Database) async throws -> Value
    ) async throws -> Value {
        var configuration = DatabaseConfiguration(url: url)
        configuration.pointConnections = 2
        configuration.scanConnections = 2
        configuration.exclusiveConnections = 3
        configure(&configuration)
        let database = Database(configuration: configuration, observer: observer)
        database.start()
        do {
            let value = try await body(database)
            await database.close()
            return value
        } catch {
            await database.close()
            throw error
        }
    }

    fileprivate static func lend(
        from template: DatabaseTemplate, to body: @Sendable () async throws -> Void
    ) async throws {
        try await Turnstile.shared.pass {
            let factory = try ScratchFactory.shared()
            let scratch = try await factory.make(from: template)
            do {
                try await $taken.withValue(scratch) { try await body() }
            } catch {
                await factory.drop(scratch)
                throw error
            }
            await factory.drop(scratch)
        }
    }
}

/// What scratch databases are copied from: prepared once in a process for each key.
package struct DatabaseTemplate: Sendable {
    /// A database without anything.
    package static let empty = DatabaseTemplate(key: "empty") { _ in }

    let key: String
    let setUp: @Sendable (_ url: String) async throws -> Void

    /// Names a template.
    ///
    /// - Parameters:
    ///   - key: Templates of one key are one.
    ///   - setUp: Fills the template through an administrator's connection string, and leaves no connection open.
    package init(key: String, setUp: @escaping @Sendable (_ url: String) async throws -> Void) {
        self.key = key
        self.setUp = setUp
    }
}

/// Gives each test a database of its own, `ScratchDatabase.current`, and drops it after.
package struct ScratchDatabaseTrait: TestTrait, SuiteTrait, TestScoping {
    let template: DatabaseTemplate
    /// A suite hands the trait down to each of its tests.
    package var isRecursive: Bool { true }

    /// Runs one test case with its database.
    package func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await ScratchDatabase.lend(from: template, to: function)
    }
}

extension Trait where Self == ScratchDatabaseTrait {
    /// An empty database for each test.
    package static var scratchDatabase: Self { Self(template: .empty) }

    /// A copy of a template for each test.
    package static func scratchDatabase(_ template: DatabaseTemplate) -> Self {
        Self(template: template)
    }
}

/// Makes and drops scratch databases in the shared cluster.
private final class ScratchFactory: Sendable {
    private static let made = Mutex<ScratchFactory?>(nil)

    private let cluster: TestCluster
    private let administrator: Database
    private let templates = Mutex<[String: Task<String, any Error>]>([:])

    static func shared() throws -> ScratchFactory {
        try made.withLock { factory in
            if let factory { return factory }
            let new = try ScratchFactory()
            factory = new
            return new
        }
    }

    private init() throws {
        cluster = try TestCluster.shared()
        var configuration = DatabaseConfiguration(url: cluster.url())
        configuration.pointConnections = 1
        configuration.scanConnections = 0
        configuration.exclusiveConnections = 2
        configuration.hintConnection = false
        configuration.exclusiveTimeout = .seconds(60)
        configuration.writeDeadline = .seconds(120)
        administrator = Database(configuration: configuration)
        administrator.start()
    }

    func make(from template: DatabaseTemplate) async throws -> ScratchDatabase {
        let task = templates.withLock { templates in
            if let task = templates[template.key] { return task }
            let task = Task { try await prepare(template) }
            templates[template.key] = task
            return task
        }
        let source = try await task.value
        let name = "scratch_\(UInt64.random(in: 0 ..< .max))"
        try await create(name, from: source)
        return ScratchDatabase(cluster: cluster, name: name)
    }

    func drop(_ scratch: ScratchDatabase) async {
        _ = try? await administrator.write(in: .none, "DROP DATABASE \(unsafe: scratch.name) WITH (FORCE)")
    }

    private func prepare(_ template: DatabaseTemplate) async throws -> String {
        let name = "template_\(UInt64.random(in: 0 ..< .max))"
        try await create(name, from: "template0")
        try await template.setUp(cluster.url(database: name))
        return name
    }

    /// The template's last session may still be leaving, which the server reports as 55006.
    private func create(_ name: String, from source: String) async throws {
        var failure: PostgresError?
        try await eventually("nobody is connected to \(source)") {
            do throws(PostgresError) {
                _ = try await administrator.write(
                    in: .none, "CREATE DATABASE \(unsafe: name) TEMPLATE \(unsafe: source)")
            } catch {
                guard error.sqlState != "55006" else { return false }
                failure = error
            }
            return true
        }
        if let failure { throw failure }
    }
}

/// Lets a few tests at a time have a database, so that all their connections fit into the cluster.
private actor Turnstile {
    static let shared = Turnstile()

    private var free = 6
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass(_ body: @Sendable () async throws -> Void) async throws {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
        defer { leave() }
        try await body()
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
