import Foundation
import Glibc

/// What tells one process from every other, also from a later one that was given the same number.
///
/// A process id alone is reused; together with the start time in clock ticks since boot (field 22 of
/// `/proc/PID/stat`, proc(5)) and the id of that boot it is not.
struct ProcessIdentity: Codable, Hashable, Sendable {
    let pid: Int32
    let startTicks: UInt64
    let boot: String

    /// The identity of the process that has this id now, or nil when there is none or only its corpse (a zombie).
    static func current(of pid: Int32) -> ProcessIdentity? {
        guard pid > 0, let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let entry = StatEntry(stat), !entry.isDead
        else { return nil }
        return ProcessIdentity(pid: pid, startTicks: entry.startTicks, boot: bootID)
    }

    /// This process.
    static var own: ProcessIdentity? { current(of: getpid()) }

    /// Whether the very process this was taken of still runs.
    var isRunning: Bool { Self.current(of: pid) == self }

    private static let bootID: String =
        (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
        .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
}

/// The two fields of `/proc/PID/stat` that matter here.
struct StatEntry: Equatable {
    let state: Character
    let startTicks: UInt64

    /// Parses one line of `/proc/PID/stat`; the second field is the command in parentheses and may itself hold
    /// spaces and parentheses, so fields are counted from the last one.
    init?(_ text: String) {
        guard let close = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: close)...].split(separator: " ")
        // Field 3 is the first after the command; the start time is field 22.
        guard fields.count > 19, let state = fields[0].first, let ticks = UInt64(fields[19]) else { return nil }
        self.state = state
        startTicks = ticks
    }

    /// Zombie or dead: the number is still taken, the process is gone.
    var isDead: Bool { "ZXx".contains(state) }
}
