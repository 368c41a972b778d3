/// Waits until a state holds, looking again and again; no test sleeps for a time that should be enough.
///
/// - Parameters:
///   - limit: The most it waits; at least three times what it should take on a slow machine.
///   - interval: How long it rests between two looks: longer where a look costs as much as what is waited for.
///   - what: The state, for the message; asked for when the time has run out.
///   - isolation: The actor of the caller.
///   - isReached: Whether it holds. An error it throws counts as not yet.
/// - Throws: ``NeverReached`` when it did not hold in time.
package func eventually(
    within limit: Duration = .seconds(20), every interval: Duration = .milliseconds(10),
    _ what: @autoclosure () -> String, isolation: isolated (any Actor)? = #isolation,
    _ isReached: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    repeat {
        if (try? await isReached()) == true { return }
        try await Task.sleep(for: interval)
    } while ContinuousClock.now < deadline
    throw NeverReached(what: what(), limit: limit)
}

/// A state that did not come about in time.
package struct NeverReached: Error, CustomStringConvertible {
    let what: String
    let limit: Duration

    /// The state and the limit.
    package var description: String { "not within \(limit): \(what)" }
}
