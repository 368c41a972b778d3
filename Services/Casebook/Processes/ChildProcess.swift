import Foundation
import Glibc
import Synchronization

/// A running child in a process group of its own, so that Ctrl-C in a terminal reaches the supervisor alone and the
/// order of stopping holds.
///
/// One thread starts the child, waits for it and ends with it. That matters: a parent-death signal (prctl(2)) is sent
/// when the *thread* that started the child ends, so it must not be one of a pool.
final class ChildProcess: Sendable {
    let identity: ProcessIdentity
    private let exit: OneShot<ExitStatus>
    private let isReaped: ReapState

    private init(identity: ProcessIdentity, exit: OneShot<ExitStatus>, isReaped: ReapState) {
        self.identity = identity
        self.exit = exit
        self.isReaped = isReaped
    }

    /// Starts a child.
    ///
    /// - Throws: ``LaunchFailure`` when it cannot be started; no process exists then.
    static func launch(_ launch: Launch) async throws -> ChildProcess {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                do {
                    let spawned = try SpawnedProcess(launch)
                    let exit = OneShot<ExitStatus>()
                    let state = ReapState()
                    // A child that ended at once is a zombie until it is reaped below, so only its number is known.
                    let identity =
                        ProcessIdentity.current(of: spawned.pid)
                        ?? ProcessIdentity(pid: spawned.pid, startTicks: 0, boot: "")
                    continuation.resume(returning: ChildProcess(identity: identity, exit: exit, isReaped: state))
                    exit.set(state.reap(spawned.pid))
                    spawned.closeInput()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// Sends a signal; does nothing when the child has ended.
    func send(_ signal: Int32) { isReaped.send(signal, to: identity.pid) }

    /// Waits for the end, or for the task to be cancelled (nil).
    func exitStatus() async -> ExitStatus? { await exit.value() }

    /// Waits for the end for a bounded time, cancelled or not.
    func exitStatus(atMost limit: Duration) async -> ExitStatus? { await exit.value(atMost: limit) }

    /// Sends each signal in turn until the child has ended, waiting after each for its time.
    ///
    /// - Returns: How it ended, or nil if even the last did not help within its time.
    @discardableResult
    func end(by steps: [StopStep]) async -> ExitStatus? {
        for step in steps {
            send(step.signal)
            if let status = await exitStatus(atMost: step.patience) { return status }
        }
        return nil
    }
}

/// One step of stopping a process: a signal and how long it is given to work.
struct StopStep: Sendable, Equatable {
    let signal: Int32
    let patience: Duration

    /// A service: SIGTERM drains (10 s by default, and a little for closing), then SIGKILL.
    static let service = [
        StopStep(signal: SIGTERM, patience: .seconds(13)), StopStep(signal: SIGKILL, patience: .seconds(5)),
    ]
    /// PostgreSQL: SIGINT is its fast shutdown with a checkpoint, SIGQUIT the immediate one that the next start
    /// recovers from (PostgreSQL 15, section 19.5).
    ///
    /// SIGKILL would leave shared memory behind and comes last.
    static let postmaster = [
        StopStep(signal: SIGINT, patience: .seconds(30)), StopStep(signal: SIGQUIT, patience: .seconds(8)),
        StopStep(signal: SIGKILL, patience: .seconds(5)),
    ]
}

/// Guards against signalling a number that was reaped and may belong to another process by now.
private final class ReapState: Sendable {
    private let isReaped = Mutex(false)

    func reap(_ pid: pid_t) -> ExitStatus {
        var info = siginfo_t()
        // First wait without reaping, so that the number stays ours until the lock is held.
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == -1, errno == EINTR {}
        return isReaped.withLock { isReaped in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) == -1, errno == EINTR {}
            isReaped = true
            return ExitStatus(waitStatus: status)
        }
    }

    func send(_ signal: Int32, to pid: pid_t) {
        isReaped.withLock { isReaped in
            if !isReaped { kill(pid, signal) }
        }
    }
}
