import Models
import Postgres
import ServiceKit

extension AgentStatus: PostgresEncodable, PostgresDecodable {}
extension EffectiveStatus: PostgresEncodable, PostgresDecodable {}

extension RecordKind {
    /// Whether a person takes work; its id is the person's.
    static let availability = RecordKind(rawValue: "availability")
}

/// A person's availability as the view shows it.
struct AvailabilityRow: PostgresRow {
    static let columns =
        ["user_id", "name", "status", "effective_status"] + HolidayRow.columns + [
            "effective_substitute_id", "ticket_limit", "version", "updated_at",
        ]

    let person: (id: ID<User>, name: String)
    let state: AvailabilityState
    let effective: (status: EffectiveStatus, substitute: ID<User>?)
    let version: Int64
    let updatedAt: Timestamp

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        person = (try row.decode("user_id"), try row.decode("name"))
        let limit: Int64? = try row.decode("ticket_limit")
        state = AvailabilityState(
            status: try row.decode("status"), holiday: try HolidayRow(row: row).holiday,
            ticketLimit: limit.map { Int($0) })
        effective = (try row.decode("effective_status"), try row.decode("effective_substitute_id"))
        version = try row.decode("version")
        updatedAt = try row.decode("updated_at")
    }

    /// As the wire shows it.
    var availability: Availability {
        Availability(
            person: person, status: state.status, holiday: state.holiday, ticketLimit: state.ticketLimit,
            effective: effective, revision: (Int(version), updatedAt))
    }
}

/// The columns of a holiday; all empty when none is planned.
struct HolidayRow: PostgresRow {
    static let columns = ["holiday_from", "holiday_until", "substitute_id"]

    let holiday: Holiday?

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        let from: Timestamp? = try row.decode("holiday_from")
        let until: Timestamp? = try row.decode("holiday_until")
        let substitute: ID<User>? = try row.decode("substitute_id")
        holiday = from.map { Holiday(from: $0, until: until, substituteID: substitute) }
    }
}
