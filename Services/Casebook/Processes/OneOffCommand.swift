import Foundation
import Glibc

/// A command that is run to its end, such as `initdb` or a service's `migrate`.
struct OneOffCommand: Sendable {
    var launch: Launch
    /// The most it may take; then it is ended.
    var limit: Duration

    /// Runs the command.
    ///
    /// When the task is cancelled the command is ended before this returns.
    ///
    /// - Throws: ``CommandFailure`` unless it exits with 0, `CancellationError` when cancelled.
    func run() async throws {
        let start = LogTail.position(of: launch.log)
        let child = try await ChildProcess.launch(launch)
        let watched = await withTaskGroup(of: ExitStatus?.self) { group in
            group.addTask { await child.exitStatus() }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        let stop = [
            StopStep(signal: SIGTERM, patience: .seconds(5)), StopStep(signal: SIGKILL, patience: .seconds(5)),
        ]
        let status: ExitStatus? = if let watched { watched } else { await child.end(by: stop) }
        try Task.checkCancellation()
        guard watched != nil, status == .code(0) else {
            throw CommandFailure(
                command: ([launch.executable] + launch.arguments.prefix(1)).joined(separator: " "),
                status: watched == nil ? nil : status,
                output: LogTail.lines(of: launch.log, from: start))
        }
    }
}

/// A command that failed, with the end of what it said.
struct CommandFailure: Error, CustomStringConvertible {
    let command: String
    /// Nil when it was ended for taking too long.
    let status: ExitStatus?
    let output: String

    var description: String {
        let ending = status.map { "ended with \($0)" } ?? "took too long and was ended"
        return "\(command) \(ending)" + (output.isEmpty ? "" : ":\n\(output)")
    }
}

/// The last lines of a log, for a message to the operator.
enum LogTail {
    /// The size of the file now, in bytes; 0 when there is none.
    static func position(of path: String) -> UInt64 {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? UInt64) ?? 0
    }

    /// At most `count` last lines written since `position`, out of at most 64 KiB.
    static func lines(of path: String, from position: UInt64 = 0, count: Int = 12) -> String {
        let lines = text(of: path, from: position, atMost: 65_536).split(separator: "\n")
        return lines.suffix(count).map { "    " + $0 }.joined(separator: "\n")
    }

    /// The last whole line written since `position` that starts with `prefix`, out of at most 4 KiB.
    static func last(of path: String, from position: UInt64, startingWith prefix: String) -> String? {
        let text = text(of: path, from: position, atMost: 4_096)
        // What follows the last line break may still be being written.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return lines.last { $0.hasPrefix(prefix) }.map(String.init)
    }

    private static func text(of path: String, from position: UInt64, atMost limit: UInt64) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        let start = max(position, size > limit ? size - limit : 0)
        guard (try? file.seek(toOffset: start)) != nil, let data = try? file.readToEnd() else { return "" }
        return String(decoding: data, as: UTF8.self)
    }
}
