import ServiceClient
import Synchronization
import Testing

@Suite("Copies of a service")
struct ReplicasTests {
    private func chosen(_ replicas: Replicas, _ count: Int = 4) -> [String] {
        (0..<count).compactMap { _ in replicas.choose() }
    }

    @Test("a list has commas between, spaces do not count, and no address ends in a slash")
    func lists() {
        #expect(Replicas(list: "http://a:1, http://b:2/").addresses == ["http://a:1", "http://b:2"])
        #expect(Replicas(list: "").choose() == nil)
    }

    @Test("copies are asked in turn; one that could not be reached rests for a second")
    func turns() {
        let start = ContinuousClock.now
        let now = Mutex(start)
        let replicas = Replicas(["a", "b", "c"]) { now.withLock { $0 } }
        #expect(chosen(replicas) == ["a", "b", "c", "a"])
        replicas.noteUnreachable("b")
        #expect(chosen(replicas) == ["c", "a", "c", "a"])
        now.withLock { $0 = start + .seconds(1) }
        #expect(chosen(replicas, 3) == ["b", "c", "a"])
    }

    @Test("a copy that is not ready is asked only when no other can be; being ready again ends its rest")
    func readiness() {
        let replicas = Replicas(["a", "b"])
        replicas.note("a", isReady: false)
        #expect(chosen(replicas) == ["b", "b", "b", "b"])
        replicas.noteUnreachable("b")
        #expect(chosen(replicas, 2) == ["a", "a"])
        replicas.noteUnreachable("a")
        #expect(replicas.choose() != nil)
        replicas.note("b", isReady: true)
        #expect(chosen(replicas, 2) == ["b", "b"])
    }
}
