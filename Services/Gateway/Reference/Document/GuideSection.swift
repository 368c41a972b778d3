/// A part of the overview: what holds for every operation.
struct GuideSection: Sendable {
    /// A piece of it; words between backticks are code.
    enum Block: Sendable {
        case prose(String)
        /// Words and what they mean.
        case terms([(String, String)])
        case code(label: String, String)
        /// The problems of every operation, which the document names.
        case problems
    }

    let id: String
    let title: String
    /// One sentence, which stands under the title and in what a search finds.
    let summary: String
    let blocks: [Block]

    /// All its text, for the search.
    var words: String {
        blocks.map { block in
            switch block {
            case .prose(let text): text
            case .terms(let terms): terms.map { "\($0.0) \($0.1)" }.joined(separator: " ")
            case .code(_, let text): text
            case .problems: ""
            }
        }
        .joined(separator: " ")
    }
}

/// What the guide is told of this installation.
struct GuideFacts: Sendable {
    /// The address under which people reach the suite.
    let address: String
    let quotas: LimitQuotas
    /// How often the live stream shows that it lives.
    let heartbeat: Duration
}

extension GuideSection {
    /// The whole guide, from the first request on.
    static func all(_ facts: GuideFacts) -> [GuideSection] {
        [
            start(facts), credentials, forms, errors, paging, choosing, idempotency, concurrency, batches,
            events(facts), limits(facts), exchange,
        ]
    }

    private static func start(_ facts: GuideFacts) -> GuideSection {
        GuideSection(
            id: "start", title: "First request",
            summary: "HTTP/1.1 and JSON, one style for every service, all behind one address.",
            blocks: [
                .prose(
                    "An administrator makes an API key with `POST /v1/api-keys`, or the operator with "
                        + "`casebook admin create-key MAIL`. Every example of this reference runs as it stands once "
                        + "these two are set; ids in it are made up."),
                .code(
                    label: "Shell",
                    "export CASEBOOK=\(facts.address)\nexport CASEBOOK_KEY=cbk_…\n\n"
                        + "curl \"$CASEBOOK/v1/users/me\" -H \"Authorization: Bearer $CASEBOOK_KEY\""),
            ])
    }

    private static let credentials = GuideSection(
        id: "authentication", title: "Authentication",
        summary: "An API key, a session's cookie, or a token; each operation says which permission it needs.",
        blocks: [
            .terms([
                (
                    "API key",
                    "`Authorization: Bearer cbk_…`. It has permissions of its own, ends when it says so, and can be "
                        + "revoked at once. It is shown once, when it is made."
                ),
                (
                    "Session",
                    "`POST /v1/sessions` sets a cookie. A request that changes something sends the session's "
                        + "`csrf_token` along in `X-CSRF-Token`, and comes from our own page when it comes from a page."
                ),
                (
                    "Token",
                    "`POST /v1/tokens` trades a credential for a token of 60 seconds, sent as "
                        + "`Authorization: Bearer …`. The gateway does so by itself: only those who call services "
                        + "directly need it."
                ),
            ]),
            .prose(
                "Everything belongs to one workspace, the credential's own. A record of another workspace is 404, as "
                    + "if there were none."),
        ])

    private static let forms = GuideSection(
        id: "formats", title: "Formats", summary: "How ids, times, money and missing members are written.",
        blocks: [
            .terms([
                ("Ids", "UUIDs. A ticket also goes by its case number: `/v1/tickets/260115001`."),
                ("Times", "RFC 3339 in UTC with `Z`; durations are whole seconds in a member named `…_seconds`."),
                ("Money", "`{\"amount\": 1999, \"currency\": \"EUR\"}`, in the currency's smallest unit."),
                ("Words", "Snake case, such as `in_progress`. More may come: pass over those you do not know."),
                ("Absent, null", "In a PATCH a member that is absent stays as it is, and `null` clears it (RFC 7396)."),
                ("Unknown", "A member that the body does not know is 422, a parameter 400 that lists the known ones."),
            ])
        ])

    private static let errors = GuideSection(
        id: "errors", title: "Errors",
        summary: "Every failure is a problem detail (RFC 9457) with a stable code and a sentence to act on.",
        blocks: [
            .code(
                label: "application/problem+json",
                """
                {
                  "type": "urn:casebook:problem:invalid_body",
                  "title": "Some fields are not valid",
                  "status": 422,
                  "detail": "Correct the fields listed under errors and send the request again.",
                  "code": "invalid_body",
                  "request_id": "9f2c6a1be04d",
                  "errors": [
                    { "pointer": "/priority", "code": "not_allowed",
                      "detail": "must be one of low, medium, high, urgent" }
                  ]
                }
                """),
            .prose(
                "Decide by `code`; `detail` is for people and may change. `errors` names every wrong field at once, by "
                    + "JSON pointer. Tell us `request_id` when it is our fault. These come with every operation:"),
            .problems,
        ])

    private static let paging = GuideSection(
        id: "paging", title: "Lists and pages",
        summary: "A list answers `items` and `next_cursor`; the cursor is sent back for the next page.",
        blocks: [
            .prose(
                "`limit` is 1 to 200, 50 when it is not given. Send `next_cursor` back as `cursor` with the same "
                    + "filters until it is `null`. A cursor is opaque and belongs to its list, filters and order: with "
                    + "others it is 400 `invalid_cursor`."),
            .prose(
                "A record that is neither made nor removed meanwhile is seen exactly once when the order cannot "
                    + "change. Sorted by `-updated_at`, one that changes while you page may be missed. Where a list "
                    + "takes `count=true`, `total` is exact up to 10,000 and `\"10000+\"` beyond."),
        ])

    private static let choosing = GuideSection(
        id: "fields", title: "Choosing members",
        summary: "`fields=` narrows a read, `include=` adds the lists under a record.",
        blocks: [
            .prose(
                "`fields=id,name` answers these members alone, in each item of a list or in the record. "
                    + "`include=notes,activity` adds the first page of what lies under the record's address. An answer "
                    + "with `include=` shows other rows too, so it has no ETag.")
        ])

    private static let idempotency = GuideSection(
        id: "idempotency", title: "Repeating safely",
        summary: "With `Idempotency-Key` a write that is sent twice happens once.",
        blocks: [
            .prose(
                "Writes that list the header take any word of up to 255 visible characters; a UUID does well. For 24 "
                    + "hours the same request under the same key is answered as the first was, with "
                    + "`Idempotent-Replayed: true`. Another request under it is 422 `idempotency_key_reused`, and 409 "
                    + "`idempotency_in_progress` while the first still runs."),
            .prose(
                "An answer that held a secret is not kept: repeating it is 409 `already_issued`. After 503 "
                    + "`outcome_unknown`, a timeout or a broken connection, repeat under the same key."),
        ])

    private static let concurrency = GuideSection(
        id: "concurrency", title: "Concurrent changes",
        summary: "`ETag` is a record's version; `If-Match` writes only on the version that you read.",
        blocks: [
            .prose(
                "Send the tag back as `If-Match: \"3\"`: when the record has changed since, the answer is 412 "
                    + "`version_mismatch` with the version that it has now. Without it a PATCH changes its own members "
                    + "and leaves the others to whoever else writes."),
            .prose("On a read, `If-None-Match` with the tag answers 304 and no body while nothing has changed."),
        ])

    private static let batches = GuideSection(
        id: "batches", title: "Batches",
        summary: "Up to 100 writes under one plural in one request, each answered in its place.",
        blocks: [
            .prose(
                "`POST /v1/tickets/batch` takes `operations`, done one after the other: each with its own permission, "
                    + "validation and transaction. One that fails stops none of the others. A batch has one "
                    + "`Idempotency-Key` for all of them, and counts as one request against the limits.")
        ])
}
