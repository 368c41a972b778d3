/// Hints that wait to be sent, and who listens.
struct HintState {
    struct Hint: Hashable {
        let channel: String
        let payload: String
    }

    /// The most different hints that wait; beyond it payloads are dropped and one hint a channel remains.
    static let limit = 512
    /// PostgreSQL takes payloads of less than 8,000 bytes and names of less than 64.
    private static let payloadLimit = 7_999
    private static let channelLimit = 63

    private struct Listener {
        weak var mailbox: NotificationMailbox?
    }

    let interval: Duration
    var isSending = false
    var lastSent: ContinuousClock.Instant?
    private(set) var waiting: [Hint] = []
    private var known: Set<Hint> = []
    private var listeners: [Listener] = []

    init(interval: Duration) {
        self.interval = interval
    }

    mutating func add(channel: String, payload: String) {
        guard !channel.isEmpty, channel.utf8.count <= Self.channelLimit, !channel.utf8.contains(0) else { return }
        let isPlain = payload.utf8.count <= Self.payloadLimit && !payload.utf8.contains(0)
        if waiting.count >= Self.limit { dropPayloads() }
        let hint = Hint(channel: channel, payload: isPlain && waiting.count < Self.limit ? payload : "")
        if waiting.count < Self.limit * 2, known.insert(hint).inserted { waiting.append(hint) }
    }

    mutating func take() -> [Hint] {
        defer {
            waiting = []
            known = []
        }
        return waiting
    }

    mutating func add(_ mailbox: NotificationMailbox) {
        listeners.append(Listener(mailbox: mailbox))
    }

    /// The listeners that are still there.
    mutating func mailboxes() -> [NotificationMailbox] {
        listeners.removeAll { $0.mailbox?.isClosed ?? true }
        return listeners.compactMap(\.mailbox)
    }

    mutating func closeMailboxes() {
        for mailbox in mailboxes() { mailbox.close() }
    }

    private mutating func dropPayloads() {
        let channels = Set(waiting.map(\.channel))
        waiting = channels.map { Hint(channel: $0, payload: "") }
        known = Set(waiting)
    }
}

extension IOLoop {
    private var hintConnection: Connection? {
        lanes[DatabaseLane.hint.index].connections.first.flatMap { $0 }
    }

    /// When waiting hints may be sent, `nil` while there are none or none can be.
    var hintsDue: ContinuousClock.Instant? {
        guard !hints.waiting.isEmpty, !hints.isSending, hintConnection != nil else { return nil }
        return hints.lastSent.map { $0 + hints.interval } ?? now
    }

    /// Sends the waiting hints as one statement.
    func sendHints() {
        guard let due = hintsDue, due <= now || closing != nil, let connection = hintConnection else { return }
        let waiting = hints.take()
        let channels = waiting.map(\.channel).postgresParameter
        let payloads = waiting.map(\.payload).postgresParameter
        guard let parameters = try? ParameterBlock([channels, payloads], byteLimit: 32 << 20) else { return }
        let text = "SELECT pg_catalog.pg_notify(c, p) FROM unnest($1::text[], $2::text[]) AS hint (c, p)"
        hints.isSending = true
        hints.lastSent = now
        perform([Request.Chore(text: text.cText, parameters: parameters)], on: connection) { [weak self] in
            self?.hints.isSending = false
        }
    }

    /// Registers a listener, and asks the server for its channels if there is a connection.
    func listen(_ mailbox: NotificationMailbox) {
        hints.add(mailbox)
        guard configuration.hintConnection else { return mailbox.post(.resynchronise) }
        guard let connection = hintConnection else { return }
        perform(mailbox.channels.map(Self.listenChore), on: connection) { [weak mailbox] in
            mailbox?.post(.resynchronise)
        }
    }

    /// A new connection listens to all channels; then each listener looks at its tables.
    func listenAgain(on connection: Connection) {
        let mailboxes = hints.mailboxes()
        guard !mailboxes.isEmpty else { return }
        let channels = Set(mailboxes.flatMap(\.channels))
        perform(channels.sorted().map(Self.listenChore), on: connection) {
            for mailbox in mailboxes { mailbox.post(.resynchronise) }
        }
    }

    func deliverNotifications(from connection: Connection) {
        while let (channel, payload) = connection.session.notification() {
            let takers = hints.mailboxes().filter { $0.channels.contains(channel) }
            for mailbox in takers { mailbox.post(.message(channel: channel, payload: payload)) }
            guard takers.isEmpty, hintConnection === connection else { continue }
            perform(
                [Request.Chore(text: "UNLISTEN \(channel.quotedIdentifier)".cText, parameters: .empty)], on: connection
            ) {}
        }
    }

    private static func listenChore(_ channel: String) -> Request.Chore {
        Request.Chore(text: "LISTEN \(channel.quotedIdentifier)".cText, parameters: .empty)
    }

    private func perform(_ chores: [Request.Chore], on connection: Connection, _ whenAnswered: @escaping () -> Void) {
        let request = Request(.chore(chores), lane: .hint, deadline: now + configuration.pointDeadline)
        request.isFinished = true
        request.whenAnswered = whenAnswered
        // Without an answer the connection is dead, and hints would wait for it for ever.
        connection.drainDeadline = request.deadline
        note(request.deadline)
        sent(request, connection.send(chores, for: request), on: connection)
    }
}

extension String {
    /// The text with its closing NUL, as libpq wants it.
    var cText: [CChar] { utf8.map { CChar(bitPattern: $0) } + [0] }

    /// A name in double quotes; see "Identifiers and Key Words" in the PostgreSQL manual.
    var quotedIdentifier: String {
        "\"" + split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
