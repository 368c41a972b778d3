import Synchronization

/// How long one request has waited for the database, over all its statements and in whichever of its tasks.
///
/// Staff see it as `Server-Timing`; nobody else does, since it tells of other people's load.
final class DatabaseTime: Sendable {
    /// That of the request which the task works for.
    @TaskLocal static var current: DatabaseTime?

    private let nanoseconds = Atomic<Int64>(0)
    private let isShown = Atomic<Bool>(false)

    /// Adds a statement.
    func add(nanoseconds time: Int64) {
        nanoseconds.wrappingAdd(time, ordering: .relaxed)
    }

    /// Says that the caller may see it.
    func show() {
        isShown.store(true, ordering: .relaxed)
    }

    /// The header's value in milliseconds (Server Timing, section 3); `nil` when the caller may not see it.
    var field: String? {
        guard isShown.load(ordering: .relaxed) else { return nil }
        let microseconds = nanoseconds.load(ordering: .relaxed) / 1_000
        return "db;dur=\(microseconds / 1_000).\(String(1_000 + microseconds % 1_000).dropFirst())"
    }
}
