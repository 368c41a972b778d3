import Synchronization

/// The use of each lane, written by the I/O thread and read by any.
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
        for (lane, state) in zip(lanes, states) {
            lane.open.store(state.pool.openCount, ordering: .relaxed)
            lane.inUse.store(state.pool.busyCount, ordering: .relaxed)
            lane.waiting.store(state.pool.waiting, ordering: .relaxed)
        }
    }

    var gauges: DatabaseGauges {
        DatabaseGauges(
            point: lanes[0].gauge, scan: lanes[1].gauge, exclusive: lanes[2].gauge, hint: lanes[3].gauge)
    }
}
