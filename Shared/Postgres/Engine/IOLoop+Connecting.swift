extension IOLoop {
    /// Opens the connections whose time has come, on threads that may block.
    func connectWhereDue() {
        guard closing == nil else { return }
        for lane in DatabaseLane.allCases {
            for slot in lanes[lane.index].pool.connectsDue(now: now) { connect(lane, slot) }
        }
    }

    private func connect(_ lane: DatabaseLane, _ slot: Int) {
        let connector = Connector(configuration: configuration)
        let inbox = inbox
        connectThreads.run {
            switch connector.connect(lane) {
            case .connected(let session): inbox.push(.connected(lane, slot: slot, session))
            case .refused(let message): inbox.push(.refused(lane, slot: slot, message))
            }
        }
    }

    /// A connection was opened.
    func adopt(_ session: Session, _ lane: DatabaseLane, _ slot: Int) {
        guard closing == nil else { return }
        connectionCount += 1
        let connection = Connection(
            session, id: connectionCount, lane: lane, slot: slot, configuration: configuration)
        lanes[lane.index].connections[slot] = connection
        lanes[lane.index].pool.connected(slot)
        epoll.add(session.descriptor, key: connection.key)
        observer?.connectionChanged(ConnectionChange(lane: lane, kind: .opened, message: ""))
        if lane == .hint { listenAgain(on: connection) }
        pump(lane)
    }

    /// An attempt to connect failed.
    func refuse(_ lane: DatabaseLane, _ slot: Int, _ message: String) {
        lanes[lane.index].refusal = message
        disconnected(lane, slot)
        observer?.connectionChanged(ConnectionChange(lane: lane, kind: .refused, message: message))
        guard let since = lanes[lane.index].pool.downSince, now - since > configuration.outageGrace else { return }
        for request in lanes[lane.index].pool.removeWaiting(where: { _ in true }) {
            failWaiting(request, .connectionUnavailable, message)
        }
    }

    func disconnected(_ lane: DatabaseLane, _ slot: Int) {
        let jitter = Double.random(in: 0...1, using: &random)
        lanes[lane.index].pool.disconnected(slot, now: now, jitter: jitter)
    }
}
