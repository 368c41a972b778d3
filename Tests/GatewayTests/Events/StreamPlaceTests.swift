import FoundationEssentials
import Models
import Testing

@testable import Gateway

/// A stream of activity as PostgreSQL shows it: transactions begin in the order of their ids and commit in any.
private struct SimulatedStream {
    private struct Transaction {
        let xid: UInt64
        var rows: [StreamEntry]
    }

    private var random: SystemRandomNumberGenerator = .init()
    private var nextXID: UInt64 = 100
    private var running: [Transaction] = []
    private(set) var visible: [StreamEntry] = []
    let workspace = ID<Workspace>.make(at: .now)

    mutating func begin(rows: Int) {
        let entries = (0..<rows).map { _ in
            StreamEntry(
                workspace: workspace, point: StreamPoint(xid: nextXID, id: ID<Workspace>.make(at: .now).rawValue),
                notice: ChangeNotice(kind: "ticket", id: .make(at: .now), version: 1))
        }
        running.append(Transaction(xid: nextXID, rows: entries))
        nextXID += 1
    }

    mutating func commitOne() {
        guard let index = running.indices.randomElement(using: &random) else { return }
        visible += running.remove(at: index).rows
        visible.sort { $0.point < $1.point }
    }

    var isIdle: Bool { running.isEmpty }

    /// Below the oldest transaction that still runs, all is final.
    var horizon: StreamPoint { .before(running.map(\.xid).min() ?? nextXID) }

    func look(after point: StreamPoint, limit: Int) -> StreamLook {
        let rows = Array(visible.lazy.filter { $0.point > point }.prefix(limit))
        guard rows.count == limit, let last = rows.last else {
            return StreamLook(rows: rows, end: horizon, isFull: false)
        }
        return StreamLook(rows: rows, end: min(horizon, last.point), isFull: true)
    }
}

@Suite("A reader's place in the stream")
struct StreamPlaceTests {
    /// Reads a simulated stream by looks, breaking off and continuing from the last id as often as `breaks` says.
    private func received(
        breaking breaks: Double, limit: Int, transactions: Int, _ stream: inout SimulatedStream
    ) throws -> [StreamPoint] {
        var place = StreamPlace(point: .before(100))
        var begun = 0
        var received: [StreamPoint] = []
        while begun < transactions || !stream.isIdle || place.point < stream.horizon {
            if begun < transactions, Bool.random() {
                stream.begin(rows: Int.random(in: 1...3))
                begun += 1
            }
            if Bool.random() { stream.commitOne() }
            let look = stream.look(after: place.point, limit: limit)
            var reached = place
            var isBroken = false
            place.advance(over: look.rows, to: look.end) { entry, after in
                // What was written after the break never arrived.
                if isBroken { return }
                received.append(entry.point)
                reached = after
                isBroken = Double.random(in: 0..<1) < breaks
            }
            if isBroken { place = try #require(StreamPlace(eventID: reached.eventID)) }
        }
        return received
    }

    @Test(
        "whatever the order of commits, a reader is sent every entry exactly once, over any number of reconnects",
        arguments: [0.0, 0.05, 0.5], [3, 50, 1_000])
    func exactlyOnce(breaks: Double, limit: Int) throws {
        for _ in 0..<20 {
            var stream = SimulatedStream()
            let received = try received(breaking: breaks, limit: limit, transactions: 120, &stream)
            #expect(Set(received).count == received.count, "nothing twice")
            #expect(Set(received) == Set(stream.visible.map(\.point)), "nothing missed")
        }
    }

    @Test("no more than 64 entries are sent ahead of a transaction that does not end, and the rest after it")
    func boundedAhead() {
        var stream = SimulatedStream()
        stream.begin(rows: 1)
        let open = stream.horizon
        var rows: [StreamEntry] = []
        for number in 0..<200 {
            rows.append(
                StreamEntry(
                    workspace: stream.workspace,
                    point: StreamPoint(xid: 200 + UInt64(number), id: ID<Workspace>.make(at: .now).rawValue),
                    notice: ChangeNotice(kind: "ticket", id: .make(at: .now), version: 1)))
        }
        var place = StreamPlace(point: open)
        var sent: [StreamPoint] = []
        place.advance(over: rows, to: open) { entry, _ in sent.append(entry.point) }
        #expect(sent.count == StreamPlace.aheadLimit)
        #expect(place.eventID.utf8.count <= 574)
        place.advance(over: rows, to: .before(1_000)) { entry, _ in sent.append(entry.point) }
        #expect(sent.count == 200 && Set(sent).count == 200)
        #expect(place.ahead.isEmpty)
    }

    @Test("an id that is read is the place that was written, and what is no id of ours is none")
    func readsIDs() throws {
        let place = StreamPlace(
            point: StreamPoint(xid: .max, high: 1, low: 2), ahead: [0, 0xFFFF_FFFF_FFFF, 7])
        #expect(StreamPlace(eventID: place.eventID) == place)
        for text in [
            "", "abc", "*", String(place.eventID.dropLast()), "AA" + place.eventID,
            String(repeating: "A", count: 4_000),
        ] {
            #expect(StreamPlace(eventID: text) == nil, "\(text.prefix(20))")
        }
    }
}
