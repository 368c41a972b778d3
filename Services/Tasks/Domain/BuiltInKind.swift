import Models

/// The kinds of task that every workspace has (FEATURES.md, F2).
enum BuiltInKind: String, CaseIterable {
    case administrative
    case salesFollowUp = "sales_follow_up"
    case report
    case milestone

    /// What a task is when nobody says.
    static let standard = BuiltInKind.administrative
}
