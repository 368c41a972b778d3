import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Reads a workspace's chains from their beginnings to their ends, and finds where they are not whole.
///
/// Each link is compared with what it says and with the stored digest of the one before it, so that a change is found
/// at its own place and does not spoil all that follows. Where values were blanked, the digest that stayed in their
/// place is compared; they must be gone, and a line of the audit must say who asked for it.
struct ChainVerification: Sendable {
    let database: Database
    let workspace: ID<Workspace>

    /// The most faults that are told.
    static let faultLimit = 100
    /// The most blanked lines or entries that are told.
    static let blankedLimit = 500
    /// The links of one read.
    private static let linksARead = 500

    /// The chain of security events.
    func audit() async throws -> ChainReport {
        try await read("audit") { link in
            try await database.query(
                .scan, in: .workspace(workspace),
                """
                SELECT a.seq, a.digest,
                    CASE WHEN a.digest = identity.audit_digest(
                        COALESCE(lag(a.digest) OVER (ORDER BY a.seq), \(link.digest)), a.id, a.event, a.actor_kind,
                        a.actor_id, a.actor_service, a.user_id, a.credential_id, a.detail, a.request_id, a.created_at,
                        a.salt, a.values_digest)
                        AND (a.blanked_by IS NULL OR (a.detail = '{}' AND \(isBlanking("a.blanked_by"))))
                    THEN '' ELSE a.id::text END AS changed, '' AS missing,
                    COALESCE(a.id::text || '/' || a.blanked_by::text, '') AS blanked
                FROM identity.audit AS a
                WHERE a.workspace_id = \(workspace) AND a.seq > \(link.seq)
                ORDER BY a.seq
                LIMIT \(Int64(Self.linksARead))
                """, as: LinkOfChain.self)
        }
    }

    /// The chain of sealed activity.
    func activity() async throws -> ChainReport {
        try await read("activity") { link in
            try await database.query(
                .scan, in: .workspace(workspace),
                """
                SELECT s.seq, s.digest,
                    concat_ws(' ', CASE WHEN s.digest <> identity.seal_digest(
                        COALESCE(lag(s.digest) OVER (ORDER BY s.seq), \(link.digest)), s.activity_ids, s.entry_digests)
                    THEN 'link' END, entry.changed) AS changed, COALESCE(entry.missing, '') AS missing,
                    COALESCE(entry.blanked, '') AS blanked
                FROM identity.activity_seal AS s
                CROSS JOIN LATERAL (
                    SELECT string_agg(e.id::text, ' ' ORDER BY e.place) FILTER (
                            WHERE a.id IS NOT NULL AND (e.digest <> identity.activity_digest(
                                a.id, a.subject_kind, a.subject_id, a.version, a.verb, a.actor_kind, a.actor_id,
                                a.actor_service, a.changes, a.request_id, a.occurred_at, k.salt, k.values_digest)
                            OR (k.blanked_by IS NOT NULL
                                AND NOT (a.changes = '{}' AND \(isBlanking("k.blanked_by")))))) AS changed,
                        string_agg(e.id::text, ' ' ORDER BY e.place) FILTER (WHERE a.id IS NULL) AS missing,
                        string_agg(e.id::text || '/' || k.blanked_by::text, ' ' ORDER BY e.place) AS blanked
                    FROM unnest(s.activity_ids, s.entry_digests) WITH ORDINALITY AS e (id, digest, place)
                    LEFT JOIN core.activity AS a ON a.workspace_id = \(workspace) AND a.id = e.id
                    LEFT JOIN identity.sealed_entry AS k ON k.workspace_id = \(workspace) AND k.activity_id = e.id
                ) AS entry
                WHERE s.workspace_id = \(workspace) AND s.seq > \(link.seq)
                ORDER BY s.seq
                LIMIT 50
                """, as: LinkOfChain.self)
        }
    }

    /// Whether a line of the audit, named by a column, says that values were blanked.
    private func isBlanking(_ column: SQL) -> SQL {
        """
        EXISTS (
            SELECT FROM identity.audit AS b
            WHERE b.workspace_id = \(workspace) AND b.id = \(column) AND b.event = 'values_blanked')
        """
    }

    private func read(
        _ kind: String, _ page: (_ after: LinkOfChain) async throws -> [LinkOfChain]
    ) async throws -> ChainReport {
        // The end is read first: what is written meanwhile lies behind it and is left for the next time.
        let end = try await end(of: kind)
        var last = LinkOfChain.beginning
        var (faults, blanked) = ([ChainFault](), [BlankedEntry]())
        var (count, blankedCount) = (0, 0)
        while last.seq < end.seq, faults.count < Self.faultLimit {
            let links = try await page(last).filter { $0.seq <= end.seq }
            guard !links.isEmpty else { break }
            for link in links {
                faults += (last.seq + 1..<link.seq).prefix(Self.faultLimit).map { Self.gone($0) } + link.faults
                blanked += link.blanked.prefix(Self.blankedLimit - blanked.count)
                blankedCount += link.blanked.count
                last = link
            }
            count += links.count
        }
        if faults.count < Self.faultLimit {
            faults += (last.seq..<end.seq).prefix(Self.faultLimit).map { Self.gone($0 + 1) }
            if last.seq == end.seq, last.digest != end.digest, faults.isEmpty { faults = [Self.changed(end.seq)] }
        }
        return ChainReport(
            links: count, digest: end.seq == 0 ? nil : end.hexadecimal,
            faults: Array(faults.prefix(Self.faultLimit)), blankedCount: blankedCount, blanked: blanked)
    }

    private func end(of kind: String) async throws -> LinkOfChain {
        let end = try await database.first(
            .point, in: .workspace(workspace),
            """
            SELECT seq, digest, '' AS changed, '' AS missing, '' AS blanked
            FROM identity.chain
            WHERE workspace_id = \(workspace) AND kind = \(kind)
            """, as: LinkOfChain.self)
        return end ?? .beginning
    }

    private static func gone(_ seq: Int64) -> ChainFault { ChainFault(seq: Int(seq), id: nil, kind: .missing) }
    private static func changed(_ seq: Int64) -> ChainFault { ChainFault(seq: Int(seq), id: nil, kind: .changed) }
}

/// A link of a chain, what is wrong with it, and what was blanked in it.
struct LinkOfChain: PostgresRow {
    static let columns = ["seq", "digest", "changed", "missing", "blanked"]

    let seq: Int64
    let digest: Data
    /// The lines or entries that say another thing than when they were written, or `link` for the link itself.
    private let changed: String
    private let missing: String
    /// The lines or entries whose values were blanked, each with the line that says so after a stroke.
    let blanked: [BlankedEntry]

    /// What comes before the first link.
    static let beginning = LinkOfChain(seq: 0, digest: Data(repeating: 0, count: 32))

    private init(seq: Int64, digest: Data) {
        self.seq = seq
        self.digest = digest
        changed = ""
        missing = ""
        blanked = []
    }

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        seq = try row.decode("seq")
        digest = try row.decode("digest")
        changed = try row.decode("changed")
        missing = try row.decode("missing")
        let (seq, pairs): (Int64, String) = (seq, try row.decode("blanked"))
        blanked = pairs.split(separator: " ").compactMap { pair in
            let ids = pair.split(separator: "/").compactMap { ID<AuditEntry>(String($0)) }
            return ids.count == 2 ? BlankedEntry(seq: Int(seq), id: ids[0], blankedBy: ids[1]) : nil
        }
    }

    /// The digest as people compare it.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    var faults: [ChainFault] {
        changed.split(separator: " ").map { fault($0, .changed) }
            + missing.split(separator: " ").map { fault($0, .missing) }
    }

    private func fault(_ id: Substring, _ kind: ChainFault.Kind) -> ChainFault {
        ChainFault(seq: Int(seq), id: ID<AuditEntry>(String(id)), kind: kind)
    }
}
