import Models

/// What the activity says of a change of a series: closed fields, its rule and ids, with their values before and after.
///
/// Of texts it says the versions between which they changed, as ``TaskDifference`` does. Every field that a patch sets
/// is among them: a change that differs in none is no change.
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
        return texts + numbers(before, after) + revisions(before, after)
            + flags.compactMap { name, value in
                let (from, to) = (before.map(value) ?? false, value(after))
                return from == to ? nil : member(name, .bool(from), .bool(to))
            }
    }

    /// The lengths of time, in seconds.
    private static func numbers(_ before: TaskSeries?, _ after: TaskSeries) -> [JSONValue.Member] {
        let fields: [(String, Int?, Int?)] = [
            ("estimate_seconds", before?.estimateSeconds, after.estimateSeconds),
            ("made_before_seconds", before?.madeBeforeSeconds ?? 0, after.madeBeforeSeconds),
        ]
        return fields.compactMap { name, from, to in
            from == to
                ? nil : member(name, from.map { .integer(Int64($0)) }, to.map { .integer(Int64($0)) })
        }
    }

    /// The texts, by the versions between which they changed; a new series says nothing of them.
    private static func revisions(_ before: TaskSeries?, _ after: TaskSeries) -> [JSONValue.Member] {
        guard let before else { return [] }
        let fields = [
            ("title", before.title != after.title), ("description", before.description != after.description),
        ]
        let from = Int64(before.version)
        return fields.filter(\.1).map { member($0.0, .integer(from), .integer(from + 1)) }
    }

    /// A value that came.
    static func new(_ name: String, _ value: String) -> JSONValue.Member { member(name, nil, .string(value)) }

    private static func member(_ name: String, _ from: JSONValue?, _ to: JSONValue?) -> JSONValue.Member {
        JSONValue.Member(
            name, .object([JSONValue.Member("from", from ?? .null), JSONValue.Member("to", to ?? .null)]))
    }
}
