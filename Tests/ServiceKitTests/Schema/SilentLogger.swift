import Logging

extension Logger {
    /// Hears nothing: for workers whose failures are the test's subject.
    static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}
