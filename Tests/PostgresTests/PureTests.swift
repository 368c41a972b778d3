import Testing

@testable import Postgres

@Suite("Decisions without I/O")
struct PureTests {
    private let start = ContinuousClock.now

    private func pool(connections: Int = 2, depth: Int = 1, queue: Int = 2) -> LanePool<Int> {
        LanePool(
            limits: .init(
                connections: connections, depth: depth, queue: queue, reconnectDelay: .milliseconds(50),
                reconnectDelayLimit: .seconds(2), outageGrace: .seconds(2)),
            now: start)
    }

    private func openPool(connections: Int = 2, depth: Int = 1, queue: Int = 2) -> LanePool<Int> {
        var pool = pool(connections: connections, depth: depth, queue: queue)
        for slot in pool.connectsDue(now: start) { pool.connected(slot) }
        return pool
    }

    @Test("jobs go to the connection with the least to do, up to its depth, then wait, then are refused")
    func admission() {
        var pool = openPool(depth: 2)
        #expect(pool.admit(1, now: start) == .run(slot: 0))
        #expect(pool.admit(2, now: start) == .run(slot: 1))
        #expect(pool.admit(3, now: start) == .run(slot: 0))
        #expect(pool.admit(4, now: start) == .run(slot: 1))
        #expect(pool.admit(5, now: start) == .queued)
        #expect(pool.admit(6, now: start) == .queued)
        #expect(pool.admit(7, now: start) == .queueFull)
        #expect(pool.next() == nil)
        pool.release(1)
        let next = pool.next()
        #expect(next?.job == 5 && next?.slot == 1)
    }

    @Test("waiting jobs keep their order, a replayed one goes first, a cancelled one goes")
    func order() {
        var pool = openPool(connections: 1, queue: 10)
        #expect(pool.admit(0, now: start) == .run(slot: 0))
        for job in 1...5 { #expect(pool.admit(job, now: start) == .queued) }
        pool.readmit(9)
        #expect(pool.removeWaiting { $0 == 3 } == [3])
        var served: [Int] = []
        for _ in 0..<5 {
            pool.release(0)
            if let next = pool.next() { served.append(next.job) }
        }
        #expect(served == [9, 1, 2, 4, 5])
    }

    @Test("a newcomer does not pass those who wait")
    func fairness() {
        var pool = openPool(connections: 1)
        #expect(pool.admit(1, now: start) == .run(slot: 0))
        #expect(pool.admit(2, now: start) == .queued)
        pool.release(0)
        #expect(pool.admit(3, now: start) == .queued)
        #expect(pool.next()?.job == 2)
    }

    @Test("attempts to connect rest longer each time, with jitter, up to the limit, and start afresh after success")
    func backoff() {
        var pool = pool(connections: 1)
        var now = start
        var rests: [Duration] = []
        for _ in 0..<8 {
            #expect(pool.connectsDue(now: now) == [0])
            #expect(pool.connectsDue(now: now).isEmpty)
            pool.disconnected(0, now: now, jitter: 1)
            let next = pool.nextConnect ?? now
            rests.append(next - now)
            now = next
        }
        #expect(rests == [100, 200, 400, 800, 1600, 2000, 2000, 2000].map { .milliseconds($0) })
        _ = pool.connectsDue(now: now)
        pool.connected(0)
        pool.disconnected(0, now: now, jitter: 0)
        #expect(pool.nextConnect == now + .milliseconds(25))
    }

    @Test("without a connection jobs wait for the grace and are refused after it, until one is open again")
    func outage() {
        var pool = pool(connections: 1, queue: 10)
        #expect(pool.admit(1, now: start) == .queued)
        #expect(pool.admit(2, now: start + .seconds(3)) == .unavailable)
        _ = pool.connectsDue(now: start + .seconds(3))
        pool.connected(0)
        #expect(pool.next()?.job == 1)
        #expect(pool.downSince == nil)
        pool.disconnected(0, now: start + .seconds(4), jitter: 1)
        #expect(pool.downSince == start + .seconds(4))
        #expect(pool.busyCount == 0)
    }

    @Test("a lane without connections refuses at once")
    func noConnections() {
        var pool = pool(connections: 0)
        #expect(pool.admit(1, now: start) == .unavailable)
    }

    @Test("a held connection takes nothing until it is released")
    func hold() {
        var pool = openPool(connections: 1, depth: 4)
        #expect(pool.admit(1, now: start) == .run(slot: 0))
        pool.hold(0)
        #expect(pool.admit(2, now: start) == .queued)
        pool.release(0)
        #expect(pool.next()?.job == 2)
    }

    @Test("a name is pending until confirmed, gone when its Parse was skipped, and never used twice")
    func preparedNames() {
        var cache = PreparedCache(limit: 8)
        #expect(cache.standing(of: 1) == .unknown)
        let name = cache.begin(1)
        #expect(cache.standing(of: 1) == .pending)
        cache.abandon(1)
        #expect(cache.standing(of: 1) == .unknown)
        let again = cache.begin(1)
        #expect(again != name)
        cache.confirm(1)
        #expect(cache.standing(of: 1) == .ready(again))
        cache.evict(1)
        #expect(cache.takeEvicted() == [again])
        #expect(cache.standing(of: 1) == .unknown)
    }

    @Test("beyond its limit the cache lets the least recently used name go")
    func leastRecentlyUsed() {
        var cache = PreparedCache(limit: 8)
        for id in 1...8 as ClosedRange<UInt64> {
            _ = cache.begin(id)
            cache.confirm(id)
        }
        _ = cache.standing(of: 1)
        _ = cache.begin(9)
        cache.confirm(9)
        #expect(cache.standing(of: 2) == .unknown)
        #expect(cache.standing(of: 1) != .unknown)
        #expect(cache.takeEvicted().count == 1)
        cache.forgetAll()
        #expect(cache.count == 0)
    }

    @Test("a ring keeps order through growth, from both ends")
    func ring() {
        var ring = Ring<Int>()
        for number in 0..<10 { ring.append(number) }
        for number in 0..<5 { #expect(ring.removeFirst() == number) }
        for number in 10..<100 { ring.append(number) }
        ring.prepend(4)
        #expect(ring.count == 96)
        #expect(ring[1] == 5)
        #expect(ring.removeAll() == Array(4..<100))
        #expect(ring.first == nil && ring.removeFirst() == nil)
    }

    @Test("interpolations bind, fragments are numbered in their place, quoted text and comments are left alone")
    func literals() {
        let condition: SQL = "b = \(2) AND c = '$1' /* $1 */ AND d = $$ $1 $$ AND \"$1\" = \(3) -- $1"
        let sql: SQL = "SELECT \(1) WHERE \(condition)\n AND e = \("x")"
        #expect(
            sql.text
                == "SELECT $1 WHERE b = $2 AND c = '$1' /* $1 */ AND d = $$ $1 $$ AND \"$1\" = $3 -- $1\n AND e = $4")
        #expect(sql.parameters.map(\.type) == [.int8, .int8, .int8, .text])
        let joined = SQL.joined(["a = \(1)", "b = \(String?.none)"], by: " AND ")
        #expect(joined.text == "a = $1 AND b = $2")
        #expect(joined.parameters[1].value == .null)
        #expect(joined.parameters[1].type == .text)
    }

    @Test("hints that pile up are bounded, and none of a channel's is lost altogether")
    func hints() {
        var state = HintState(interval: .milliseconds(20))
        for number in 0..<5_000 { state.add(channel: "c\(number % 3)", payload: "\(number)") }
        let waiting = state.take()
        #expect(waiting.count <= HintState.limit * 2)
        #expect(Set(waiting.map(\.channel)) == ["c0", "c1", "c2"])
        #expect(state.take().isEmpty)
    }

    @Test("the settings of a session end up in the connection's options beside the given ones")
    func options() throws {
        let configuration = DatabaseConfiguration(
            url: "postgresql://u@h/d?options=-c%20work_mem%3D8MB&sslmode=verify-full")
        let parameters = try ConnectionString.parameters(configuration.url, lane: .point, configuration).get()
        let values = Dictionary(uniqueKeysWithValues: parameters)
        #expect(values["sslmode"] == "verify-full")
        #expect(values["options"]?.hasPrefix("-c work_mem=8MB -c TimeZone=UTC") == true)
        #expect(values["options"]?.contains("statement_timeout=250") == true)
        #expect(values["client_encoding"] == "UTF8")
        #expect(throws: (any Error).self) {
            try ConnectionString.parameters("postgresql://[", lane: .point, configuration).get()
        }
    }
}
