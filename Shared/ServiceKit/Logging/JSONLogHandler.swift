import FoundationEssentials
import Glibc
package import Logging
import Models

/// Writes each log line as one JSON object to standard output, in one `write(2)`.
package struct JSONLogHandler: LogHandler {
    /// The least important level that is written.
    package var logLevel: Logger.Level
    /// What every line carries.
    package var metadata: Logger.Metadata
    /// Where further metadata comes from.
    package var metadataProvider: Logger.MetadataProvider?

    /// Makes a handler for a service; a bootstrap closure calls it for each logger.
    package init(service: String, level: Logger.Level, metadataProvider: Logger.MetadataProvider? = nil) {
        logLevel = level
        metadata = ["service": "\(service)"]
        self.metadataProvider = metadataProvider
    }

    /// One value that every line carries.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line; values are escaped, so that nothing logged can start a line of its own.
    package func log(event: LogEvent) {
        var members: [JSONValue.Member] = [
            JSONValue.Member("time", .string(Timestamp.now.description)),
            JSONValue.Member("level", .string(event.level.rawValue)),
            JSONValue.Member("message", .string("\(event.message)")),
        ]
        var values = metadata
        if let provided = metadataProvider?.get() { values.merge(provided) { $1 } }
        if let own = event.metadata { values.merge(own) { $1 } }
        for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            members.append(JSONValue.Member(key, Self.json(value)))
        }
        var line = JSONWriter.bytes(of: .object(members))
        line.append(UInt8(ascii: "\n"))
        line.withUnsafeBytes { bytes in _ = write(STDOUT_FILENO, bytes.baseAddress, bytes.count) }
    }

    private static func json(_ value: Logger.Metadata.Value) -> JSONValue {
        switch value {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map(json))
        case .dictionary(let values):
            .object(values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, json($0.value)) })
        }
    }
}
