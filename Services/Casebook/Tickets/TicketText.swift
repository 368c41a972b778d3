import Models

/// Tickets as a terminal shows them.
enum TicketText {
    /// A line for each ticket under a line of headings.
    static func table(_ tickets: [TicketSummary]) -> String {
        let rows = tickets.map { ticket in
            [
                ticket.caseNumber, name(of: ticket.status), ticket.priority.rawValue, ticket.assignee?.name ?? "–",
                ticket.owner.label, ticket.title,
            ]
        }
        let widths = [15, 10, 8, 20, 24, 60]
        return table([["CASE", "STATUS", "PRIORITY", "ASSIGNEE", "OWNER", "TITLE"]] + rows, atMost: widths)
    }

    /// Everything about one ticket, a line for each field that has a value.
    static func full(_ ticket: Ticket) -> String {
        var status = name(of: ticket.status)
        if let reason = ticket.waitReason {
            status += ", waits for \(reason.rawValue)" + (ticket.waitUntil.map { " until \($0)" } ?? "")
        }
        let fields: [(String, String?)] = [
            ("Case", "\(ticket.caseNumber)  (id \(ticket.id), version \(ticket.version))"), ("Status", status),
            ("Priority", ticket.priority.rawValue), ("Category", ticket.category),
            ("Owner", "\(ticket.owner.label) (\(ticket.owner.kind.rawValue))"), ("Assignee", ticket.assignee?.name),
            ("Team", ticket.team?.name), ("Brand", ticket.brand), ("Serial", ticket.serialNumber),
            ("Opened", ticket.createdAt.description), ("Changed", ticket.updatedAt.description),
            ("Completed", ticket.completedAt?.description), ("Closed", ticket.closedAt?.description),
        ]
        let lines = fields.compactMap { field, value in value.map { "\(padded(field, to: 10))\(printable($0))" } }
        let description = ticket.description.split(separator: "\n", omittingEmptySubsequences: false)
            .map { printable(String($0)) }
        return (lines + [""] + description).joined(separator: "\n")
    }

    /// The name that people see: in progress is "parked".
    static func name(of status: TicketStatus) -> String {
        status == .inProgress ? "parked" : status.rawValue
    }

    /// Columns as wide as their widest cell, but no wider than their limits; a longer cell ends in "…".
    private static func table(_ rows: [[String]], atMost limits: [Int]) -> String {
        let rows = rows.map { row in zip(row, limits).map { shortened(printable($0), to: $1) } }
        let widths = limits.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { padded($0, to: $1) }
            return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }

    /// Without control characters: what customers write must not steer the terminal.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
    }

    private static func shortened(_ text: String, to limit: Int) -> String {
        text.count <= limit ? text : "\(text.prefix(limit - 1))…"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
