/// What the gateway itself adds to every operation.
extension GuideSection {
    static func events(_ facts: GuideFacts) -> GuideSection {
        GuideSection(
            id: "events", title: "Live events",
            summary: "`GET /v1/events` streams which record changed, as it happens (server-sent events).",
            blocks: [
                .code(
                    label: "text/event-stream",
                    """
                    id: …
                    event: change
                    data: {"kind":"ticket","id":"01994b5e-7c21-7d3a-9f4e-2b6c8a1d5e70","version":4}
                    """),
                .prose(
                    "An event says kind, id and version and nothing more: read the record for the rest. You see the "
                        + "kinds that your permissions let you read. A sign of life comes every "
                        + "\(facts.heartbeat.components.seconds) seconds."),
                .prose(
                    "Come back with the last `id` in `Last-Event-ID` (browsers do so by themselves) and the stream "
                        + "goes on from there. `event: reset` says that too much has happened since: read again what "
                        + "you show. `event: end` says why the stream ends: `draining` and `slow` mean come back, "
                        + "`credential` means sign in again."),
            ])
    }

    static func limits(_ facts: GuideFacts) -> GuideSection {
        let quotas = facts.quotas
        let terms: [(String, String)] = [
            ("One key or session", quotas.principal), ("One workspace", quotas.workspace),
            ("One address", quotas.address),
        ]
        .map { name, count in
            (name, count == 0 ? "No limit." : "\(grouped(count)) requests in \(quotas.windowSeconds) seconds.")
        }
        return GuideSection(
            id: "limits", title: "Limits",
            summary: "Who asks too often is told when to come back, with 429 and `Retry-After`.",
            blocks: [
                .terms(terms),
                .prose(
                    "`RateLimit` tells the limit that you are nearest to, as in `\"principal\";r=598;t=7`: 598 "
                        + "requests are left, and it begins anew in 7 seconds. `RateLimit-Policy` lists all limits. A "
                        + "read that is answered 304 does not count against a key."),
                .terms([
                    ("Body", "1 MiB of JSON, 413 beyond."),
                    ("Header", "100 fields, 20 KiB each and 40 KiB in all, 431 beyond."),
                    ("Time", "A body has 30 seconds to arrive. 504 says that a limit on time passed."),
                ]),
            ])
    }

    static let exchange = GuideSection(
        id: "headers", title: "Common headers",
        summary: "What to log, and what links a request with what it caused.",
        blocks: [
            .terms([
                ("X-Request-Id", "Yours when it is sane, else a new one; in our log and in every problem."),
                ("traceparent", "Yours goes on (W3C Trace Context)."),
                ("Server-Timing", "The database's part of the time, for people of the workspace."),
                ("Retry-After", "Seconds to wait, with 429 and 503."),
            ])
        ])

    /// `3000` is "3,000".
    private static func grouped(_ number: Int) -> String {
        number < 1_000 ? "\(number)" : "\(grouped(number / 1_000)),\(String("\(1_000 + number % 1_000)".dropFirst()))"
    }
}
