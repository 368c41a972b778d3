import CLibpq

/// Opens connections.
///
/// Every call blocks: for threads that may.
struct Connector: Sendable {
    enum Outcome {
        case connected(Session)
        case refused(String)
    }

    let configuration: DatabaseConfiguration

    /// Connects with the settings of a lane.
    func connect(_ lane: DatabaseLane) -> Outcome {
        let parameters: [(String, String)]
        switch ConnectionString.parameters(configuration.url, lane: lane, configuration) {
        case .success(let found): parameters = found
        case .failure(let refusal): return .refused(refusal.message)
        }
        guard let connection = unsafe ConnectionString.open(parameters) else { return .refused("out of memory") }
        guard unsafe PQstatus(connection) == CONNECTION_OK else {
            defer { unsafe PQfinish(connection) }
            return unsafe .refused(String(cString: PQerrorMessage(connection)).trimmed)
        }
        guard let session = unsafe Session(owning: connection) else { return .refused("no pipeline mode") }
        return .connected(session)
    }
}

/// The parameters of a connection: what the connection string says, and what the driver needs beside it.
enum ConnectionString {
    struct Refusal: Error {
        let message: String
    }

    /// Keywords and values for libpq; see "Parameter Key Words" in its manual.
    static func parameters(
        _ url: String, lane: DatabaseLane, _ configuration: DatabaseConfiguration
    ) -> Result<[(String, String)], Refusal> {
        switch parse(url) {
        case .failure(let refusal): return .failure(refusal)
        case .success(var parameters):
            if parameters["application_name"] == nil {
                parameters["application_name"] = "\(configuration.applicationName).\(lane.rawValue)"
            }
            if parameters["connect_timeout"] == nil {
                parameters["connect_timeout"] = String(max(2, (configuration.connectTimeout.milliseconds + 999) / 1000))
            }
            parameters["client_encoding"] = "UTF8"
            // A proxy that pools transactions refuses options; the same settings then go with each transaction.
            if configuration.prepared {
                let settings =
                    SessionSettings.session(lane, configuration) + SessionSettings.startOnly(lane, configuration)
                let options = settings.map { "-c \($0.name)=\($0.value)" }
                let given = parameters["options"].map { [$0] } ?? []
                parameters["options"] = (given + options).joined(separator: " ")
            }
            return .success(parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        }
    }

    /// What a connection string or URI says, by libpq's own parser.
    static func parse(_ url: String) -> Result<[String: String], Refusal> {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(url, &message) else {
            defer { unsafe PQfreemem(message) }
            return .failure(
                Refusal(message: unsafe message.map { unsafe String(cString: $0).trimmed } ?? "out of memory"))
        }
        defer { unsafe PQconninfoFree(options) }
        var parameters: [String: String] = [:]
        var option = unsafe options
        while let keyword = unsafe option.pointee.keyword {
            if let value = unsafe option.pointee.val {
                unsafe parameters[String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe option += 1
        }
        return .success(parameters)
    }

    /// Connects and waits for it.
    static func open(_ parameters: [(String, String)]) -> OpaquePointer? {
        let texts = parameters.flatMap { [Array($0.0.utf8CString), Array($0.1.utf8CString)] }
        let block = texts.flatMap { $0 }
        return unsafe block.withUnsafeBufferPointer { block in
            var keywords: [UnsafePointer<CChar>?] = unsafe []
            var values: [UnsafePointer<CChar>?] = unsafe []
            var offset = 0
            for (index, text) in texts.enumerated() {
                let pointer = unsafe block.baseAddress.map { unsafe $0 + offset }
                if index % 2 == 0 { unsafe keywords.append(pointer) } else { unsafe values.append(pointer) }
                offset += text.count
            }
            unsafe keywords.append(nil)
            unsafe values.append(nil)
            return unsafe PQconnectdbParams(keywords, values, 0)
        }
    }
}
