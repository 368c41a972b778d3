/// What is needed to start a process.
struct Launch: Sendable {
    /// Path of the executable; it is not searched for.
    var executable: String
    /// Arguments without the name of the executable.
    ///
    /// Never a secret: everyone can read them.
    var arguments: [String]
    /// The whole environment; nothing is inherited.
    var environment: [String: String]
    /// File that standard output and error are appended to.
    var log: String
    /// What the process reads.
    var input = Input.nothing

    /// Standard input of a process.
    enum Input: Sendable {
        /// `/dev/null`.
        case nothing
        /// A file.
        case file(String)
        /// A pipe that stays open until this process ends, by whatever means: a child that watches it ends too.
        case held
    }
}

/// How a process ended.
enum ExitStatus: Hashable, Sendable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    /// Reads the status of waitpid(2).
    init(waitStatus: Int32) {
        let signal = waitStatus & 0x7f
        self = signal == 0 ? .code((waitStatus >> 8) & 0xff) : .signal(signal)
    }

    var isSuccess: Bool { self == .code(0) }

    var description: String {
        switch self {
        case .code(let code): "exit status \(code)"
        case .signal(let signal): "signal \(signal)"
        }
    }
}
