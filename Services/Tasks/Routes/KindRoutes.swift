import Models
import Postgres
import ServiceKit

/// The kinds of tasks.
struct KindRoutes: Sendable {
    let database: Database

    private var store: OwnWordStore { OwnWordStore(.kinds, database: database) }

    /// All kinds.
    func list(_ call: Call<NoPath, NoQuery, NoBody>) async throws -> Answer<TaskKindList> {
        let own = try await store.own(in: try call.principal.workspace).map(\.taskKind)
        return try .value(TaskKindList(items: BuiltInKind.allCases.map(\.taskKind) + own))
    }

    /// Makes a kind.
    func create(_ call: Call<NoPath, NoQuery, CreateTaskKind>) async throws -> Answer<TaskKind> {
        let word = OwnWord(word: call.body.word.value, name: call.body.name.value)
        guard BuiltInKind(rawValue: word.word) == nil else { throw OwnWords.kinds.builtIn }
        let answer = try StoredAnswer(
            status: 201, word.taskKind, location: "/v1/tasks/kinds/\(word.word)", version: 1)
        try await store.add(word, answer: answer, try call.write)
        return .stored(answer)
    }

    /// Changes a kind.
    func update(_ call: Call<TaskKindPath, NoQuery, UpdateTaskKind>) async throws -> Answer<TaskKind> {
        let answer = try await store.change(call.path.word.value, expecting: call.ifMatch, try call.write) { word in
            let after = word.patched(name: call.body.name?.value, isActive: call.body.isActive)
            return (after, try StoredAnswer(status: 200, after.taskKind, version: after.version))
        }
        return .stored(answer)
    }
}

extension OwnWords {
    /// A workspace's own kinds of tasks.
    static let kinds = OwnWords(table: "tasks.kind", kind: .taskKind, singular: "kind", plural: "kinds")
}

extension OwnWord {
    /// The kind as the wire shows it.
    fileprivate var taskKind: TaskKind {
        TaskKind(word: word, name: name, isActive: isActive, isBuiltIn: false, version: version)
    }
}
