import Models

/// How long a session lasts (RELIABILITY.md, S-15).
enum SessionLife {
    /// A session that is not used for this long is over.
    static let idle: Duration = .seconds(8 * 3_600)
    /// A session is over after this time in any case.
    static let absolute: Duration = .seconds(7 * 86_400)
    /// The time of last use is written at most this often, so that a busy session costs no write a request.
    static let useResolution: Duration = .seconds(60)

    /// When a session that started now is over in any case.
    static func end(startedAt: Timestamp) -> Timestamp { startedAt.adding(absolute) }

    /// When a session is over if it is not used again.
    static func idleEnd(lastUsedAt: Timestamp, expiresAt: Timestamp) -> Timestamp {
        min(lastUsedAt.adding(idle), expiresAt)
    }

    /// Sessions used before this moment are over.
    static func idleSince(_ now: Timestamp) -> Timestamp { now.adding(.zero - idle) }

    /// Whether a use now is worth writing down.
    static func isWorthNoting(_ now: Timestamp, lastUsedAt: Timestamp?) -> Bool {
        lastUsedAt.map { $0.adding(useResolution) <= now } ?? true
    }
}
