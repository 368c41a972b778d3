import FoundationEssentials
import Models
import TestSupport

extension Company {
    /// Adds tickets straight to the table; their ids are random, so that they lie before and behind whoever reads.
    ///
    /// The numbers from `first` of two calls must not meet; `owner` is the columns `owner_kind`, `individual_id`,
    /// `memo` and `owner_label`, as SQL.
    func fill(_ count: Int, from first: Int = 1, title: String = "filled", owner: String = aMemo) throws {
        try Rows.run(filling(count, from: first, title: title, owner: owner))
    }

    /// The columns of an owner that is a memo.
    static let aMemo = "'memo', NULL::uuid, 'M', 'M'"

    /// The statement that adds tickets.
    func filling(_ count: Int, from first: Int, title: String, owner: String = aMemo) -> String {
        """
        INSERT INTO tickets.ticket (
            workspace_id, id, case_number, title, description, category, priority, status, owner_kind,
            individual_id, memo, owner_label, created_at, updated_at, status_changed_at)
        SELECT '\(id)', gen_random_uuid(), (100000000 + \(first) + n)::text, '\(title)', '\(title)', 'inquiry',
            'medium', 'open', \(owner), now(), now(), now()
        FROM generate_series(0, \(count - 1)) AS n
        """
    }

    /// Writes what is searched of the tickets that were added straight to the table.
    func index() throws {
        try Rows.run(
            """
            SELECT set_config('casebook.workspace_id', '\(id)', false);
            SELECT count(tickets.index_ticket(workspace_id, id)) FROM tickets.ticket WHERE workspace_id = '\(id)'
            """)
    }

    /// Learns the words of all tickets, as the consumer does.
    func learnWords() throws {
        try Rows.run(
            """
            SELECT set_config('casebook.workspace_id', '\(id)', false);
            SELECT tickets.learn_words('\(id)', array_agg(id)) FROM tickets.ticket WHERE workspace_id = '\(id)'
            """)
    }
}
