import Models

/// What the activity says of a change of a series: closed fields, its rule and ids, with their values before and after.
enum SeriesDifference {
    /// The fields that differ; `before` is `nil` for a new series.
    static func of(_ before: TaskSeries?, _ after: TaskSeries) -> [JSONValue.Member] {
        let fields: [(String, (TaskSeries) -> String?)] = [
            ("rule", { $0.rule }), ("start", { $0.start }), ("zone", { $0.zone }), ("kind", { $0.kind }),
            ("priority", { $0.priority.rawValue }), ("subject_kind", { $0.subject?.kind.rawValue }),
            ("subject_id", { $0.subject?.id.description }), ("assignee_id", { $0.assignee?.id.description }),
            ("team_id", { $0.team?.id.description }), ("next_at", { $0.nextAt?.description }),
            ("ended_at", { $0.endedAt?.description }),
        ]
        let flags: [(String, (TaskSeries) -> Bool)] = [
            ("is_paused", { $0.isPaused }), ("is_required", { $0.isRequired }),
        ]
        let texts = fields.compactMap { name, value in
            let (from, to) = (before.flatMap(value), value(after))
            return from == to ? nil : member(name, from.map(JSONValue.string), to.map(JSONValue.string))
        }
        return texts
            + flags.compactMap { name, value in
                let (from, to) = (before.map(value) ?? false, value(after))
                return from == to ? nil : member(name, .bool(from), .bool(to))
            }
    }

    /// A value that came.
    static func new(_ name: String, _ value: String) -> JSONValue.Member { member(name, nil, .string(value)) }

    private static func member(_ name: String, _ from: JSONValue?, _ to: JSONValue?) -> JSONValue.Member {
        JSONValue.Member(
            name, .object([JSONValue.Member("from", from ?? .null), JSONValue.Member("to", to ?? .null)]))
    }
}
