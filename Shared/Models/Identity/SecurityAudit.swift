/// One line of the security audit: what happened to credentials and rights.
package struct AuditEntry: Codable, Sendable {
    /// The line's id.
    package let id: ID<AuditEntry>
    /// Its place in the workspace's chain; `nil` for lines from before there was one.
    package let seq: Int?
    /// What happened, such as `signed_in`.
    package let event: String
    /// Who did it; `nil` when nobody was signed in.
    package let actor: Actor?
    /// Whom it was done to.
    package let userID: ID<User>?
    /// The session or key it is about.
    package let credentialID: ID<APIKey>?
    /// Closed words, such as roles before and after.
    package let detail: JSONValue
    /// The request that did it.
    package let requestID: String
    /// When it was done.
    package let createdAt: Timestamp
    /// The line that says who had the detail blanked; `nil` while it says what was written.
    package let blankedBy: ID<AuditEntry>?

    /// Who did it.
    package struct Actor: Codable, Sendable {
        /// `user`, `customer`, `rule` or `service`.
        package let kind: String
        /// The id of a user, customer or rule.
        package let id: ID<User>?
        /// The name of a service.
        package let service: String?
    }
}

/// Which lines of the audit a list shows.
package struct AuditListQuery: Codable, Sendable {
    /// The most items.
    package let limit: PageLimit?
    /// Where the page starts.
    package let cursor: Text<CursorText>?
    /// Only what was done to this person.
    package let userID: ID<User>?
}

/// Whether the two chains of a workspace are whole.
package struct AuditVerification: Codable, Sendable {
    /// Security events, chained when they are written.
    package let audit: ChainReport
    /// Activity of records, sealed in batches afterwards.
    package let activity: ChainReport

    /// Joins the two.
    package init(audit: ChainReport, activity: ChainReport) {
        self.audit = audit
        self.activity = activity
    }
}

/// What was found when a chain was read from its beginning to its end.
package struct ChainReport: Codable, Sendable {
    /// How many links were read.
    package let links: Int
    /// The digest of the last link, hexadecimal; whoever keeps it elsewhere can tell later that nothing was cut off.
    package let digest: String?
    /// What is wrong, in order; at most 100 faults.
    package let faults: [ChainFault]
    /// How many lines or entries had their values blanked.
    package let blankedCount: Int
    /// Those whose values were blanked, in order; at most the first 500.
    package let blanked: [BlankedEntry]

    /// Takes what was found.
    package init(
        links: Int, digest: String?, faults: [ChainFault], blankedCount: Int = 0, blanked: [BlankedEntry] = []
    ) {
        self.links = links
        self.digest = digest
        self.faults = faults
        self.blankedCount = blankedCount
        self.blanked = blanked
    }
}

/// A place where a chain is not whole.
package struct ChainFault: Codable, Sendable {
    /// The link's number.
    package let seq: Int
    /// The line or entry; `nil` when the link itself is wrong or gone.
    package let id: ID<AuditEntry>?
    /// What is wrong with it.
    package let kind: Kind

    /// Takes a fault.
    package init(seq: Int, id: ID<AuditEntry>?, kind: Kind) {
        self.seq = seq
        self.id = id
        self.kind = kind
    }

    /// The kinds of fault.
    package enum Kind: String, WireWord {
        /// What it says now is not what was written.
        case changed
        /// It was there and is gone.
        case missing
    }
}

/// A line or entry whose values were blanked: that it was written is still proven, what it said is gone.
package struct BlankedEntry: Codable, Sendable {
    /// The link's number.
    package let seq: Int
    /// The line or entry.
    package let id: ID<AuditEntry>
    /// The line of the audit that says who asked for it.
    package let blankedBy: ID<AuditEntry>

    /// Takes a line or entry.
    package init(seq: Int, id: ID<AuditEntry>, blankedBy: ID<AuditEntry>) {
        self.seq = seq
        self.id = id
        self.blankedBy = blankedBy
    }
}

/// At most 500 lines and entries are blanked at once: one transaction holds them all.
package enum BlankingBound: ListBound {
    /// The most lines and entries of a request.
    package static let limit = 500
}

/// Blanks values for good.
package struct BlankValues: Codable, Sendable {
    /// Lines of the security audit, whose detail is blanked, and sealed entries of the activity, whose changes are.
    package let ids: Several<ID<AuditEntry>, BlankingBound>

    /// Names what is to be blanked.
    package init(ids: [ID<AuditEntry>]) {
        self.ids = Several(ids)
    }
}

/// What was blanked.
package struct BlankedValues: Codable, Sendable {
    /// How many lines and entries were blanked by this request.
    package let blanked: Int
    /// How many had been blanked before, and were left alone.
    package let blankedBefore: Int
    /// The line of the audit that says who asked for it; `nil` when there was nothing left to blank.
    package let blankedBy: ID<AuditEntry>?

    /// Takes counts.
    package init(blanked: Int, blankedBefore: Int, blankedBy: ID<AuditEntry>?) {
        self.blanked = blanked
        self.blankedBefore = blankedBefore
        self.blankedBy = blankedBy
    }
}

/// The operations on the security audit.
package enum SecurityAudit {
    package static let list = Endpoint<NoPath, AuditListQuery, NoBody, Page<AuditEntry>>(
        .get, "/v1/workspaces/current/audit", "security_audit.list", .needs(.auditRead),
        "The security audit, newest first.", problems: [.invalidCursor])
    package static let verify = Endpoint<NoPath, NoQuery, NoBody, AuditVerification>(
        .get, "/v1/workspaces/current/audit/verification", "security_audit.verify", .needs(.auditRead),
        "Reads the chains of the audit and of the sealed activity, and names every place where they are not whole.")
    package static let blank = Endpoint<NoPath, NoQuery, BlankValues, BlankedValues>(
        .post, "/v1/workspaces/current/audit/blankings", "security_audit.blank", .needs(.installationAdminister),
        "Blanks what lines of the audit and sealed entries of the activity say, for good; the chains stay whole.")
}
