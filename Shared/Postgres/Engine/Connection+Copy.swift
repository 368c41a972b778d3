/// Where a COPY stands.
///
/// It speaks outside of the pipeline, which libpq forbids it.
enum CopyState {
    /// COPY was sent; the server's consent is awaited.
    case starting(Request)
    /// The server takes data; a request waits while its bytes are in libpq's buffer.
    case sending(Request?)
    /// The end was sent; the answer is awaited.
    case ending(Request)

    var request: Request? {
        switch self {
        case .starting(let request), .ending(let request): request
        case .sending(let request): request
        }
    }
}

extension Connection {
    /// Leaves the pipeline and sends COPY.
    ///
    /// False when the connection broke.
    func startCopy(_ text: String, for request: Request) -> Bool {
        guard session.leavePipeline(), session.simpleQuery(text) else { return false }
        copy = .starting(request)
        return true
    }

    /// Hands rows to libpq; the request ends when they left its buffer.
    func sendCopy(_ bytes: [UInt8], for request: Request) -> Bool {
        guard session.putCopyData(bytes) else { return false }
        copy = .sending(request)
        return true
    }

    func endCopy(failure: String?, for request: Request) -> Bool {
        guard session.putCopyEnd(failure: failure) else { return false }
        copy = .ending(request)
        return true
    }

    /// All buffered bytes were sent: the request that waited for that ends.
    ///
    /// After the end of the rows the answer may have been read before, since the server refuses rows as they come.
    func copyFlushed(_ events: inout [Event]) {
        if case .ending = copy { return receiveCopy(&events) }
        guard case .sending(let request?) = copy else { return }
        copy = .sending(nil)
        events.append(.finished(request))
    }

    func receiveCopy(_ events: inout [Event]) {
        while let state = copy, !session.isBusy {
            if case .sending = state { break }
            guard let request = state.request else { break }
            switch session.next(keeps: true) {
            case .copyIn:
                copy = .sending(nil)
                events.append(.finished(request))
                return
            case .rows(let box):
                request.result = box
            case .failed(let report):
                guard let report else { return events.append(.broken(session.message)) }
                if request.error == nil { request.error = PostgresError(report) }
            case .end:
                copy = nil
                guard session.enterPipeline() else { return events.append(.broken(session.message)) }
                events.append(.finished(request))
                return
            case .sync, .skipped, .discarded:
                return events.append(.broken("a pipeline's answer to COPY"))
            }
        }
        if session.isBroken { events.append(.broken(session.message)) }
    }
}
