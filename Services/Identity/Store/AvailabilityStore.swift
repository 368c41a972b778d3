import Models
import Postgres
import ServiceKit

/// Whether people take work.
///
/// What holds at an instant is read from the view `identity.agent_availability`, with the instant of the request.
struct AvailabilityStore: Sendable {
    let database: Database

    /// The name of the list in its cursors, with its filter.
    static func binding(_ query: AvailabilityListQuery) -> String {
        let words = query.effectiveStatus.map { $0.words.map(\.rawValue).joined(separator: ",") } ?? "*"
        return "availability effective_status=\(words)"
    }

    /// One page of the active people in order of their ids.
    ///
    /// Index: pk_user.
    func list(
        _ workspace: ID<Workspace>, _ query: AvailabilityListQuery, after: ID<User>?, limit: Int, at now: Timestamp
    ) async throws -> ResultSet {
        let position: SQL = after.map { "AND user_id > \($0)" } ?? ""
        let filter: SQL =
            query.effectiveStatus.map { "AND effective_status = ANY (\($0.words.map(\.rawValue)))" } ?? ""
        return try await database.query(
            .scan, in: Self.scope(workspace, at: now),
            """
            SELECT user_id, name, status, effective_status, holiday_from AS "holiday.from",
                holiday_until AS "holiday.until", substitute_id AS "holiday.substitute_id", effective_substitute_id,
                ticket_limit, version, updated_at
            FROM identity.agent_availability
            WHERE workspace_id = \(workspace) AND is_active \(position) \(filter)
            ORDER BY user_id
            LIMIT \(Int64(limit) + 1)
            """)
    }

    /// One person's; `nil` when there is no such person.
    func show(_ workspace: ID<Workspace>, _ user: ID<User>, at now: Timestamp) async throws -> Availability? {
        try await database.first(
            .point, in: Self.scope(workspace, at: now), Self.one(workspace, user), as: AvailabilityRow.self
        )?.availability
    }

    /// Changes one person's, in a transaction with activity and key.
    ///
    /// Plans of holidays wait for each other, by a lock on the workspace: else two people could be made each other's
    /// substitutes at the same moment.
    ///
    /// - Throws: ``Problem`` 404 or 412; ``HolidayRefusals``; ``PostgresError``.
    func change(
        of user: ID<User>, _ patch: AvailabilityState.Patch, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        try await database.transaction(in: Self.scope(context.workspace, at: context.now)) { tx in
            let administration = UserAdministration(database: database)
            if patch.holiday.value != nil { try await administration.lockWorkspace(tx, context) }
            _ = try await administration.lock(user, expecting: nil, tx, context)
            let row = try await shown(user, tx, context)
            if let version, version != row.version { throw Problem.versionMismatch(current: row.version) }
            let after = row.state.applying(patch, at: context.now)
            if patch.holiday.value != nil, let holiday = after.holiday {
                try await check(holiday, of: user, tx, context)
            }
            if after != row.state { try await save(after, of: user, version: row.version + 1, tx, context) }
            let availability = try await shown(user, tx, context).availability
            let answer = try StoredAnswer(status: 200, availability, version: availability.version)
            try await context.keep(answer, in: tx)
            return answer
        }
    }

    // MARK: Steps

    private func shown(
        _ user: ID<User>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> AvailabilityRow {
        guard let row = try await tx.first(Self.one(context.workspace, user), as: AvailabilityRow.self) else {
            throw Problem.notFound("user")
        }
        return row
    }

    private func check(
        _ holiday: Holiday, of user: ID<User>, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        var faults = holiday.faults(of: user, at: context.now)
        if let substitute = holiday.substituteID, !faults.contains(.ownSubstitute) {
            if try await holidayOfActive(substitute, tx, context) == nil { faults.append(.unknownSubstitute) }
        }
        guard faults.isEmpty else { throw HolidayRefusals(faults: faults) }
        var walk = SubstituteWalk(of: user, on: holiday)
        while let next = walk.next {
            let row = try await holidayOfActive(next, tx, context)
            do throws(HolidayFault) {
                try walk.follow(row?.holiday)
            } catch {
                throw HolidayRefusals(faults: [error])
            }
        }
    }

    /// Somebody's holiday; `nil` for somebody who is no active member of staff.
    private func holidayOfActive(
        _ user: ID<User>, _ tx: Transaction, _ context: WriteContext
    ) async throws -> HolidayRow? {
        try await tx.first(
            """
            SELECT a.holiday_from, a.holiday_until, a.substitute_id
            FROM identity.user AS u
            LEFT JOIN identity.availability AS a
                ON a.workspace_id = \(context.workspace) AND a.user_id = u.id
            WHERE u.workspace_id = \(context.workspace) AND u.id = \(user) AND u.is_active
            """, as: HolidayRow.self)
    }

    private func save(
        _ state: AvailabilityState, of user: ID<User>, version: Int64, _ tx: Transaction, _ context: WriteContext
    ) async throws {
        _ = try await tx.query(
            """
            WITH subject AS (
                SELECT user_id AS id, status, holiday_from, holiday_until, substitute_id, ticket_limit
                FROM identity.agent_availability
                WHERE workspace_id = \(context.workspace) AND user_id = \(user)
            ),
            changed AS (
                INSERT INTO identity.availability AS a (
                    workspace_id, user_id, status, holiday_from, holiday_until, substitute_id, ticket_limit, version,
                    updated_at)
                VALUES (\(context.workspace), \(user), \(state.status.rawValue), \(state.holiday?.from),
                    \(state.holiday?.until), \(state.holiday?.substituteID), \(state.ticketLimit.map(Int64.init)),
                    \(version), \(context.now))
                ON CONFLICT (workspace_id, user_id) DO UPDATE
                SET status = EXCLUDED.status, holiday_from = EXCLUDED.holiday_from,
                    holiday_until = EXCLUDED.holiday_until, substitute_id = EXCLUDED.substitute_id,
                    ticket_limit = EXCLUDED.ticket_limit, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at
                RETURNING a.user_id AS id, a.version, a.status, a.holiday_from, a.holiday_until, a.substitute_id,
                    a.ticket_limit
            ),
            \(context.activity(
                .availability, verb: .updated, from: "changed", before: "subject",
                changes: [
                    .column("status"), .time("holiday_from"), .time("holiday_until"), .column("substitute_id"),
                    .column("ticket_limit"),
                ]))
            SELECT count(*) FROM changed
            """)
    }

    private static func one(_ workspace: ID<Workspace>, _ user: ID<User>) -> SQL {
        """
        SELECT \(columns: AvailabilityRow.self)
        FROM identity.agent_availability
        WHERE workspace_id = \(workspace) AND user_id = \(user)
        """
    }

    /// The workspace, and the instant at which the view looks.
    private static func scope(_ workspace: ID<Workspace>, at now: Timestamp) -> Scope {
        Scope.workspace(workspace).adding("casebook.at", now.description)
    }
}
