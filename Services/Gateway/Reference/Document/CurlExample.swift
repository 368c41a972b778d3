import Models

/// A request as a line of shell that works once `CASEBOOK` and `CASEBOOK_KEY` are set.
struct CurlExample {
    let operation: ReferenceOperation
    let samples: SampleValue

    /// The command.
    var text: String {
        var lines = ["curl \"$CASEBOOK\(address)\""]
        if operation.success.mediaType == "text/event-stream" { lines[0] = "curl -N \"$CASEBOOK\(address)\"" }
        if operation.method != "GET", operation.method != "POST" || operation.body == nil {
            lines.append("-X \(operation.method)")
        }
        if case .needs = operation.access { lines.append("-H \"Authorization: Bearer $CASEBOOK_KEY\"") }
        if operation.parameters.contains(where: { $0.field.name == "If-Match" }) {
            lines.append("-H 'If-Match: \"3\"'")
        }
        if operation.parameters.contains(where: { $0.field.name == "Idempotency-Key" }) {
            lines.append("-H \"Idempotency-Key: $(uuidgen)\"")
        }
        if let body = operation.body {
            lines.append("-H 'Content-Type: application/json'")
            lines.append("-d '\(Self.quoted(Self.json(samples.body(body), indent: 0)))'")
        }
        return lines.joined(separator: " \\\n  ")
    }

    /// The path with values for its parameters, and the query that is required.
    private var address: String {
        var path = operation.path
        for parameter in operation.parameters(in: "path") {
            path = path.replacing("{\(parameter.field.name)}", with: samples.parameter(parameter.field))
        }
        let query = operation.parameters(in: "query")
        let shown = query.filter { $0.field.isRequired || $0.field.name == "limit" }.map { parameter in
            "\(parameter.field.name)=\(parameter.field.name == "limit" ? "20" : samples.parameter(parameter.field))"
        }
        return shown.isEmpty ? path : "\(path)?\(shown.joined(separator: "&"))"
    }

    /// A text between single quotes of a shell (POSIX.1-2017, section 2.2.2 of the shell's language).
    static func quoted(_ text: String) -> String { text.replacing("'", with: "'\\''") }

    private static func json(_ value: JSONValue, indent: Int) -> String {
        let whole = String(decoding: JSONWriter.bytes(of: value), as: UTF8.self)
        guard whole.count + 2 * indent > 44, case .object(let members) = value else { return whole }
        let inset = String(repeating: "  ", count: indent + 2)
        let lines = members.map { "\(inset)\"\($0.name)\": \(json($0.value, indent: indent + 1))" }
        return "{\n\(lines.joined(separator: ",\n"))\n\(String(repeating: "  ", count: indent + 1))}"
    }
}
