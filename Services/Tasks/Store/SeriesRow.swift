import Models
import Postgres
import ServiceKit

/// A series as the table holds it.
struct SeriesRow: PostgresRow {
    static let columns = [
        "id", "rule", "start", "zone", "title", "description", "kind", "priority", "subject_kind", "subject_id",
        "subject_label", "assignee_id", "assignee_name", "team_id", "team_name", "estimate", "is_required",
        "made_before", "next_occurrence", "next_at", "made_count", "skipped_count", "is_paused", "ended_at", "version",
        "label_revision", "created_at", "updated_at",
    ]

    /// The fields of ``Models/TaskSeries``, as the wire shows them.
    static let wire: SQL = """
        s.id, s.rule, s.start, s.zone, s.title, s.description, s.kind, s.priority,
        s.subject_kind AS "subject.kind", s.subject_id AS "subject.id", s.subject_label AS "subject.label",
        s.assignee_id AS "assignee.id", s.assignee_name AS "assignee.name", s.team_id AS "team.id",
        s.team_name AS "team.name", extract(epoch FROM s.estimate)::bigint AS estimate_seconds, s.is_required,
        extract(epoch FROM s.made_before)::bigint AS made_before_seconds, s.next_occurrence, s.next_at, s.made_count,
        s.skipped_count, s.is_paused, s.ended_at, s.version, s.created_at, s.updated_at,
        s.label_revision AS _label_revision
        """

    let series: TaskSeries
    /// How often its copied names were refreshed.
    let labelRevision: Int64

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        var series = TaskSeries(
            id: try row.decode("id"), rule: try row.decode("rule"), start: try row.decode("start"),
            zone: try row.decode("zone"), title: try row.decode("title"), at: try row.decode("created_at"))
        series.description = try row.decode("description")
        series.kind = try row.decode("kind")
        series.priority = try row.decode("priority")
        (series.subject, series.assignee, series.team) = try Self.names(row)
        series.estimateSeconds = (try row.decode("estimate", as: Duration?.self)).map { Int($0.components.seconds) }
        series.isRequired = try row.decode("is_required")
        series.madeBeforeSeconds = Int(try row.decode("made_before", as: Duration.self).components.seconds)
        series.nextOccurrence = try row.decode("next_occurrence")
        series.nextAt = try row.decode("next_at")
        series.madeCount = Int(try row.decode("made_count", as: Int64.self))
        series.skippedCount = Int(try row.decode("skipped_count", as: Int64.self))
        series.isPaused = try row.decode("is_paused")
        series.endedAt = try row.decode("ended_at")
        series.version = Int(try row.decode("version", as: Int64.self))
        series.updatedAt = try row.decode("updated_at")
        self.series = series
        labelRevision = try row.decode("label_revision")
    }

    private static func names(
        _ row: borrowing RowReader
    ) throws(PostgresDecodingError) -> (TaskSubject?, NamedUser?, NamedTeam?) {
        let kind: TaskSubjectKind? = try row.decode("subject_kind")
        let subject: ID<TaskSubject>? = try row.decode("subject_id")
        let label: String? = try row.decode("subject_label")
        let assignee: ID<User>? = try row.decode("assignee_id")
        let assigneeName: String? = try row.decode("assignee_name")
        let team: ID<Team>? = try row.decode("team_id")
        let teamName: String? = try row.decode("team_name")
        var names: (TaskSubject?, NamedUser?, NamedTeam?) = (nil, nil, nil)
        if let kind, let subject, let label { names.0 = TaskSubject(kind: kind, id: subject, label: label) }
        if let assignee, let assigneeName { names.1 = NamedUser(id: assignee, name: assigneeName) }
        if let team, let teamName { names.2 = NamedTeam(id: team, name: teamName) }
        return names
    }
}

extension RecordKind {
    /// A series of tasks.
    static let taskSeries = RecordKind(rawValue: "task_series")
}

extension ActivityVerb {
    /// A series made a task.
    static let made = ActivityVerb(rawValue: "made")
    /// Occurrences of a series passed without a task, or one to come was left out.
    static let skipped = ActivityVerb(rawValue: "skipped")
    /// A series was ended.
    static let ended = ActivityVerb(rawValue: "ended")
}
