import Synchronization

/// Whether a process can serve: not draining, and every check passes.
package final class Readiness: Sendable {
    /// A check that says what is wrong, as one sentence; `nil` when nothing is.
    package typealias Check = @Sendable () async -> String?

    private let draining = Atomic(false)
    private let checks: [Check]

    /// Whether the process is stopping.
    package var isDraining: Bool { draining.load(ordering: .relaxed) }

    /// Takes the checks.
    package init(checks: [Check]) {
        self.checks = checks
    }

    /// Says that the process is stopping: from now on it is not ready.
    package func drain() {
        draining.store(true, ordering: .relaxed)
    }

    /// What keeps the process from serving; empty when it is ready.
    package func faults() async -> [String] {
        if isDraining { return ["The process is draining."] }
        var faults: [String] = []
        for check in checks {
            if let fault = await check() { faults.append(fault) }
        }
        return faults
    }
}
