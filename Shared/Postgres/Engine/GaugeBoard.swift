import Synchronization

/// The use of each lane, written by who has the turn and read by any.
final class GaugeBoard: Sendable {
    private final class Lane: Sendable {
        let open = Atomic<Int>(0)
        let inUse = Atomic<Int>(0)
        let waiting = Atomic<Int>(0)

        var gauge: LaneGauge {
            LaneGauge(
                open: open.load(ordering: .relaxed), inUse: inUse.load(ordering: .relaxed),
                waiting: waiting.load(ordering: .relaxed))
        }
    }

    private let lanes = DatabaseLane.allCases.map { _ in Lane() }

    func publish(_ states: [IOLoop.LaneState]) {
        for index in states.indices {
            let lane = lanes[index]
            lane.open.store(states[index].pool.openCount, ordering: .relaxed)
            lane.inUse.store(states[index].pool.busyCount, ordering: .relaxed)
            lane.waiting.store(states[index].pool.waiting, ordering: .relaxed)
        }
    }

    var gauges: DatabaseGauges {
        DatabaseGauges(
            point: lanes[0].gauge, scan: lanes[1].gauge, exclusive: lanes[2].gauge, hint: lanes[3].gauge)
    }
}
