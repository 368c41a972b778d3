import FoundationEssentials
import Models
import Postgres
import ServiceKit

/// Reads a workspace's chains from their beginnings to their ends, and finds where they are not whole.
///
/// Each link is compared with what it says and with the stored digest of the one before it, so that a change is found
/// at its own place and does not spoil all that follows.
struct ChainVerification: Sendable {
    let database: Database
    let workspace: ID<Workspace>

    /// The most faults that are told.
    static let faultLimit = 100
    /// The links of one read.
    private static let linksARead = 500

    /// The chain of security events.
    func audit() async throws -> ChainReport {
        try await read("audit") { link in
            try await database.query(
                .scan, in: .workspace(workspace),
                """
                SELECT seq, digest,
                    CASE WHEN digest = identity.audit_digest(
                        COALESCE(lag(digest) OVER (ORDER BY seq), \(link.digest)), id, event, actor_kind, actor_id,
                        actor_service, user_id, credential_id, detail, request_id, created_at)
                    THEN '' ELSE id::text END AS changed, '' AS missing
                FROM identity.audit
                WHERE workspace_id = \(workspace) AND seq > \(link.seq)
                ORDER BY seq
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
                    THEN 'link' END, entry.changed) AS changed, COALESCE(entry.missing, '') AS missing
                FROM identity.activity_seal AS s
                CROSS JOIN LATERAL (
                    SELECT string_agg(e.id::text, ' ') FILTER (WHERE a.id IS NOT NULL) AS changed,
                        string_agg(e.id::text, ' ') FILTER (WHERE a.id IS NULL) AS missing
                    FROM unnest(s.activity_ids, s.entry_digests) AS e (id, digest)
                    LEFT JOIN core.activity AS a ON a.workspace_id = \(workspace) AND a.id = e.id
                    WHERE a.id IS NULL OR e.digest <> identity.activity_digest(
                        a.id, a.subject_kind, a.subject_id, a.version, a.verb, a.actor_kind, a.actor_id,
                        a.actor_service, a.changes, a.request_id, a.occurred_at)
                ) AS entry
                WHERE s.workspace_id = \(workspace) AND s.seq > \(link.seq)
                ORDER BY s.seq
                LIMIT 50
                """, as: LinkOfChain.self)
        }
    }

    private func read(
        _ kind: String, _ page: (_ after: LinkOfChain) async throws -> [LinkOfChain]
    ) async throws -> ChainReport {
        // The end is read first: what is written meanwhile lies behind it and is left for the next time.
        let end = try await end(of: kind)
        var last = LinkOfChain.beginning
        var (faults, count) = ([ChainFault](), 0)
        while last.seq < end.seq, faults.count < Self.faultLimit {
            let links = try await page(last).filter { $0.seq <= end.seq }
            guard !links.isEmpty else { break }
            for link in links {
                faults += (last.seq + 1..<link.seq).prefix(Self.faultLimit).map { Self.gone($0) } + link.faults
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
            faults: Array(faults.prefix(Self.faultLimit)))
    }

    private func end(of kind: String) async throws -> LinkOfChain {
        let end = try await database.first(
            .point, in: .workspace(workspace),
            """
            SELECT seq, digest, '' AS changed, '' AS missing
            FROM identity.chain
            WHERE workspace_id = \(workspace) AND kind = \(kind)
            """, as: LinkOfChain.self)
        return end ?? .beginning
    }

    private static func gone(_ seq: Int64) -> ChainFault { ChainFault(seq: Int(seq), id: nil, kind: .missing) }
    private static func changed(_ seq: Int64) -> ChainFault { ChainFault(seq: Int(seq), id: nil, kind: .changed) }
}

/// A link of a chain, and what is wrong with it.
struct LinkOfChain: PostgresRow {
    static let columns = ["seq", "digest", "changed", "missing"]

    let seq: Int64
    let digest: Data
    /// The lines or entries that say another thing than when they were written, or `link` for the link itself.
    private let changed: String
    private let missing: String

    /// What comes before the first link.
    static let beginning = LinkOfChain(seq: 0, digest: Data(repeating: 0, count: 32))

    private init(seq: Int64, digest: Data) {
        self.seq = seq
        self.digest = digest
        changed = ""
        missing = ""
    }

    init(row: borrowing RowReader) throws(PostgresDecodingError) {
        seq = try row.decode("seq")
        digest = try row.decode("digest")
        changed = try row.decode("changed")
        missing = try row.decode("missing")
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
