import Models

/// The kinds of task that every workspace has (FEATURES.md, F2).
enum BuiltInKind: String, CaseIterable {
    case administrative
    case salesFollowUp = "sales_follow_up"
    case report
    case milestone

    /// What a task is when nobody says.
    static let standard = BuiltInKind.administrative

    /// The kind as the list shows it.
    var taskKind: TaskKind {
        let name = rawValue.replacing("_", with: " ")
        return TaskKind(
            word: rawValue, name: name.prefix(1).uppercased() + name.dropFirst(), isActive: true, isBuiltIn: true,
            version: 1)
    }
}
