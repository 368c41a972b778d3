/// A kind of tasks: one of the four that every workspace has, or one of its own.
package struct TaskKind: Codable, Sendable {
    /// The word that tasks carry.
    package let word: String
    /// The name that people read.
    package let name: String
    /// Whether new tasks may have it.
    package let isActive: Bool
    /// Whether every workspace has it; such a one cannot be changed.
    package let isBuiltIn: Bool
    /// Counts changes.
    package let version: Int

    /// Takes a kind.
    package init(word: String, name: String, isActive: Bool, isBuiltIn: Bool, version: Int) {
        self.word = word
        self.name = name
        self.isActive = isActive
        self.isBuiltIn = isBuiltIn
        self.version = version
    }
}

/// All kinds of tasks of a workspace: at most 204.
package struct TaskKindList: Codable, Sendable {
    /// The built-in ones, then the workspace's own by their words.
    package let items: [TaskKind]

    /// Takes kinds.
    package init(items: [TaskKind]) {
        self.items = items
    }
}

/// Makes a kind of tasks.
package struct CreateTaskKind: Codable, Sendable {
    /// The word that tasks will carry.
    package let word: Text<SnakeCaseWord>
    /// The name that people read.
    package let name: Text<Label>
}

/// Changes a kind of the workspace's own.
package struct UpdateTaskKind: MergePatch {
    /// The name that people read.
    package let name: Text<Label>?
    /// Whether new tasks may have it.
    package let isActive: Bool?
}

/// A kind of tasks by its word.
package struct TaskKindPath: Codable, Sendable {
    /// The word.
    package let word: Text<SnakeCaseWord>
}

/// The operations on kinds of tasks.
package enum TaskKinds {
    package static let list = Endpoint<NoPath, NoQuery, NoBody, TaskKindList>(
        .get, "/v1/tasks/kinds", "task_kinds.list", .needs(.tasksRead),
        "The kinds of tasks: four that every workspace has, and its own.")
    package static let create = Endpoint<NoPath, NoQuery, CreateTaskKind, TaskKind>(
        .post, "/v1/tasks/kinds", "task_kinds.create", .needs(.tasksAdminister),
        "Makes a kind of tasks; a workspace has at most 200 of its own.", success: 201, problems: [.conflict])
    package static let update = Endpoint<TaskKindPath, NoQuery, UpdateTaskKind, TaskKind>(
        .patch, "/v1/tasks/kinds/{word}", "task_kinds.update", .needs(.tasksAdminister),
        "Renames a kind of tasks, retires it, or brings it back.", problems: [.versionMismatch])

    /// What kinds are asked and told by.
    static let contracts: [Contract] = [list.contract, create.contract, update.contract]
}
