import Foundation

/// What the operator reads: whole lines, written at once, also when the output is a pipe.
struct Console: Sendable {
    private let output: FileHandle
    private let errors: FileHandle

    /// A console on this process's standard output and error.
    static let standard = Console(output: .standardOutput, errors: .standardError)

    init(output: FileHandle, errors: FileHandle) {
        self.output = output
        self.errors = errors
    }

    /// Writes a line.
    ///
    /// A reader who has gone is no reason to stop: the error is dropped.
    func say(_ line: String) { try? output.write(contentsOf: Data("\(line)\n".utf8)) }

    /// Writes a line about one step among several.
    func step(_ line: String) { say("  \(line)") }

    /// Whether people watch: a bar may grow in place.
    var isTerminal: Bool { isatty(output.fileDescriptor) == 1 }

    /// Writes a part of a line.
    func write(_ text: String) { try? output.write(contentsOf: Data(text.utf8)) }

    /// Writes a line to standard error.
    func warn(_ line: String) { try? errors.write(contentsOf: Data("\(line)\n".utf8)) }

    /// Runs a step and writes what was reached and how long it took.
    func timed(_ reached: String, _ body: () async throws -> Void) async rethrows {
        let began = ContinuousClock.now
        try await body()
        step("\(reached) (\((ContinuousClock.now - began).inSeconds))")
    }
}
