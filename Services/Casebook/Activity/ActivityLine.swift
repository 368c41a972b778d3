import Foundation
import Postgres

/// One row of activity on one line.
enum ActivityLine {
    /// For people: `02:15:04 user 0197…c3d1 updated by user 0197…9a10: email, name (request r-1)`.
    static func text(of rows: ResultSet, _ row: Int) throws -> String {
        func value(_ column: String) throws -> String { try rows.text(column, row: row) ?? "" }
        let time = try value("occurred_at").split(separator: " ").dropFirst().first?.prefix(8) ?? ""
        let subject = "\(try value("subject.kind")) \(short(try value("subject.id")))"
        let actor = "\(try value("actor.kind")) \(short(try value("actor.id")))"
        let fields = fields(inJSON: try value("changes"))
        let changes = fields.isEmpty ? "" : ": \(fields.joined(separator: ", "))"
        return "\(time) \(subject) \(try value("verb")) by \(actor)\(changes) (request \(try value("request_id")))"
    }

    /// For programs: the row as one JSON object.
    static func json(of rows: ResultSet, _ row: Int) throws -> String {
        var bytes: [UInt8] = []
        try rows.appendJSONObject(row: row, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The beginning and the end of an id: enough to tell two apart and to search for it.
    static func short(_ id: String) -> String {
        id.count == 36 ? "\(id.prefix(8))…\(id.suffix(4))" : id
    }

    /// The names of an object's members, sorted; none when it is no object.
    static func fields(inJSON text: String) -> [String] {
        let object = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        return (object as? [String: Any])?.keys.sorted() ?? []
    }
}
