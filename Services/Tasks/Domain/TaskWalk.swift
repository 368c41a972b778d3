import Models

/// One task ends before another: a part before the whole, and what is waited for before what waits.
struct TaskOrder: Hashable, Sendable {
    let earlier: ID<TaskItem>
    let later: ID<TaskItem>
}

/// The way from a task to those that can only end after it.
///
/// A new tie between two tasks would close a circle if there is a way from the later one to the earlier one.
struct TaskWalk: Sendable {
    /// The ties that were found from the start on, nearer ones first.
    let ties: [TaskOrder]

    /// The shortest way, with both ends; `nil` when there is none.
    func path(from start: ID<TaskItem>, to end: ID<TaskItem>) -> [ID<TaskItem>]? {
        if start == end { return [start] }
        let next = Dictionary(grouping: ties, by: \.earlier)
        var cameFrom: [ID<TaskItem>: ID<TaskItem>] = [:]
        var frontier = [start]
        while !frontier.isEmpty, cameFrom[end] == nil {
            var reached: [ID<TaskItem>] = []
            for task in frontier {
                for tie in next[task] ?? [] where tie.later != start && cameFrom[tie.later] == nil {
                    cameFrom[tie.later] = task
                    reached.append(tie.later)
                }
            }
            frontier = reached
        }
        guard cameFrom[end] != nil else { return nil }
        var path = [end]
        while let task = path.last, let before = cameFrom[task] { path.append(before) }
        return path.reversed()
    }
}
