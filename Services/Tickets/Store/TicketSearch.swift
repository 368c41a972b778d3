import Models
import Postgres
import ServiceKit

/// A search over tickets: case numbers first, then what holds all terms, newest first.
///
/// It is bounded by `tickets.search` (m0003_search_reading.sql): the newest 2,000 tickets, up to 16,000 for a word that
/// many have, 4,000 candidates of the index for a word that few have.
struct TicketSearch: Sendable {
    let list: TicketList
    let terms: SearchTerms

    /// The most tickets that digits find by the end of their number.
    private static let numbers = 10
    /// The most numbers with that end among which the newest are looked for.
    private static let ends = 2_000

    /// The columns of the cursor: on the first page numbers stand before the rest.
    static let keys = ["_place", "_id"]

    /// One page and one row more.
    ///
    /// Numbers are looked up for every page, so that none is shown a second time among the texts.
    ///
    /// Indexes: uq_ticket_case_number, ix_ticket_case_number_reversed, ix_search_text_body; pk_ticket for what was
    /// found.
    func page(after cursor: [String]?) throws(Problem) -> SQL {
        let limit = (list.query.limit ?? .standard).value + 1
        let start = try position(cursor)
        let before = start.flatMap { $0.place == .text ? $0.id : nil }
        let conditions = list.conditions + [start.map(Self.follows)].compactMap(\.self)
        return """
            WITH hit AS MATERIALIZED (\(SQL.joined(hits(before), by: " UNION ALL "))),
            best AS (SELECT h.id, min(h.place) AS place FROM hit AS h GROUP BY h.id)
            SELECT \(TicketColumns.summary), best.place AS _place, t.id AS _id
            FROM best
            JOIN tickets.ticket AS t ON t.id = best.id
            WHERE \(SQL.joined(conditions, by: " AND "))
            ORDER BY best.place, t.id DESC
            LIMIT \(Int64(limit))
            """
    }

    /// What the page takes from the search itself: all it can find when further conditions follow.
    private var wanted: Int64 {
        let isFiltered = list.conditions.count > 1
        return isFiltered ? 1_000 : Int64((list.query.limit ?? .standard).value) + Int64(Self.numbers) + 1
    }

    private func hits(_ before: ID<Ticket>?) -> [SQL] {
        var hits: [SQL] = []
        if let digits = terms.digits, digits.utf8.count >= SearchTerms.suffix {
            let end = String(digits.reversed())
            hits.append(
                """
                SELECT t.id, 0 AS place FROM tickets.ticket AS t
                WHERE t.workspace_id = \(list.workspace) AND t.case_number = \(digits)
                """)
            // A colon follows the digits in the order of "C".
            hits.append(
                """
                (SELECT e.id, 1 AS place
                FROM (
                    SELECT t.id FROM tickets.ticket AS t
                    WHERE t.workspace_id = \(list.workspace) AND t.case_number_reversed >= \(end)
                      AND t.case_number_reversed < \(end + ":")
                    ORDER BY t.case_number_reversed
                    LIMIT \(Int64(Self.ends))
                ) AS e
                ORDER BY e.id DESC
                LIMIT \(Int64(Self.numbers)))
                """)
        }
        hits.append(
            """
            SELECT s.id, 2 AS place
            FROM tickets.search(\(list.workspace), \(terms.terms), \(before), \(Int32(wanted))) AS s (id)
            """)
        return hits
    }

    /// How a ticket was found, in the order of the page.
    private enum Place: Int64 {
        case number
        case suffix
        case text
    }

    /// The last ticket of the page before; `nil` for the first page.
    private func position(_ cursor: [String]?) throws(Problem) -> (place: Place, id: ID<Ticket>)? {
        guard let cursor else { return nil }
        guard let place = Int64(cursor[0]).flatMap(Place.init), let id = ID<Ticket>(cursor[1]) else {
            throw TicketList.badCursor
        }
        return (place, id)
    }

    /// What comes after a ticket.
    private static func follows(_ start: (place: Place, id: ID<Ticket>)) -> SQL {
        let place = Int32(start.place.rawValue)
        return "best.place >= \(place) AND (best.place > \(place) OR t.id < \(start.id))"
    }
}
