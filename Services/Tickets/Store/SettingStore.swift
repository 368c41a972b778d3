import Models
import Postgres
import ServiceKit

/// How a workspace works on tickets.
struct SettingStore: Sendable {
    let database: Database

    /// The settings; the standard while nothing was set.
    func settings(of workspace: ID<Workspace>) async throws -> TicketSettings {
        let row = try await database.first(
            .point, in: .workspace(workspace),
            "SELECT \(columns: SettingRow.self) FROM tickets.setting WHERE workspace_id = \(workspace)",
            as: SettingRow.self)
        return row?.settings ?? .standard
    }

    /// Changes the settings, and makes their row at the first change.
    ///
    /// - Throws: ``Problem`` 412; ``PostgresError``.
    func change(
        _ patch: UpdateTicketSettings, expecting version: Int64?, _ context: WriteContext
    ) async throws -> StoredAnswer {
        let before = try await settings(of: context.workspace)
        if let version, version != Int64(before.version) {
            throw Problem.versionMismatch(current: Int64(before.version))
        }
        let days = patch.reopenWindowDays?.value ?? before.reopenWindowDays
        let isChanged = days != before.reopenWindowDays
        let after = TicketSettings(reopenWindowDays: days, version: before.version + (isChanged ? 1 : 0))
        let answer = try StoredAnswer(
            status: 200, after, version: after.version > 0 ? after.version : nil)
        let result = try await database.write(
            in: .workspace(context.workspace),
            """
            WITH changed AS (
                INSERT INTO tickets.setting AS s (workspace_id, reopen_window_days, version)
                SELECT \(context.workspace), \(Int64(days)), \(Int64(after.version))
                WHERE \(isChanged)
                ON CONFLICT (workspace_id) DO UPDATE
                SET reopen_window_days = EXCLUDED.reopen_window_days, version = EXCLUDED.version
                WHERE s.version = \(Int64(before.version))
                RETURNING s.workspace_id AS id, s.version
            ),
            \(context.activity(
                .ticketSetting, verb: .updated, from: "changed",
                changes: [
                    .value("reopen_window_days", from: "\(Int64(before.reopenWindowDays))", to: "\(Int64(days))")
                ])),
            done AS (SELECT 1 WHERE NOT \(isChanged) OR EXISTS (SELECT FROM changed)),
            \(context.keep(answer, from: "done"))
            SELECT (SELECT count(*) FROM done) AS done, (SELECT count(*) FROM kept) AS kept
            """)
        guard try result.value("done", as: Int64.self) == 1 else {
            throw Problem(.conflict, "The settings were changed by somebody else just now: read them again.")
        }
        return answer
    }
}

/// The settings as the table holds them.
private struct SettingRow: PostgresRow {
    static let columns = ["reopen_window_days", "version"]
    let settings: TicketSettings

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        let days: Int64 = try row.decode("reopen_window_days")
        let version: Int64 = try row.decode("version")
        settings = TicketSettings(reopenWindowDays: Int(days), version: Int(version))
    }
}
