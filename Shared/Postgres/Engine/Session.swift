import CLibpq
import Glibc

/// One libpq connection in pipeline mode, which it owns and closes.
///
/// All calls to libpq for a connection stand here.
///
/// @unchecked Sendable: it is made on a connecting thread and handed over once to the I/O loop, which uses it only in a
/// turn from then on; the hand-over goes through the inbox's lock.
@safe final class Session: @unchecked Sendable {
    /// What `PQgetResult` gave.
    enum Received {
        /// The end of one statement's results.
        case end
        /// The answer to a Sync.
        case sync
        case rows(ResultBox)
        /// Rows, or their absence, that nobody wants.
        case discarded
        /// Skipped, because of an error before it in the same unit.
        case skipped
        /// An error of the server, or `nil` when libpq made it up because the connection broke.
        case failed(ServerReport?)
        case copyIn
    }

    let descriptor: Int32
    let notices = NoticeBox()
    private let connection: OpaquePointer

    /// Takes over a connection that is open, and puts it in pipeline mode.
    init?(owning connection: OpaquePointer) {
        unsafe self.connection = connection
        descriptor = unsafe PQsocket(connection)
        let box = unsafe Unmanaged.passUnretained(notices).toOpaque()
        unsafe PQsetNoticeReceiver(connection, receiveNotice, box)
        guard unsafe PQsetnonblocking(connection, 1) == 0, unsafe PQenterPipelineMode(connection) == 1 else {
            return nil
        }
    }

    deinit {
        unsafe PQfinish(connection)
    }

    var isBroken: Bool { unsafe PQstatus(connection) == CONNECTION_BAD }
    var message: String { unsafe String(cString: PQerrorMessage(connection)).trimmed }

    // MARK: Sending

    func prepare(_ name: String, _ statement: Statement) -> Bool {
        unsafe statement.cText.withUnsafeBufferPointer { text in
            unsafe statement.types.withUnsafeBufferPointer { types in
                unsafe PQsendPrepare(connection, name, text.baseAddress, Int32(types.count), types.baseAddress) == 1
            }
        }
    }

    func describe(_ name: String) -> Bool {
        unsafe PQsendDescribePrepared(connection, name) == 1
    }

    func execute(_ name: String, _ parameters: ParameterBlock) -> Bool {
        unsafe parameters.withPointers { count, values in
            unsafe PQsendQueryPrepared(connection, name, count, values, nil, nil, 0) == 1
        }
    }

    func execute(_ text: [CChar], types: [UInt32]?, _ parameters: ParameterBlock) -> Bool {
        unsafe parameters.withPointers { count, values in
            unsafe text.withUnsafeBufferPointer { text in
                guard let types else {
                    return unsafe PQsendQueryParams(connection, text.baseAddress, count, nil, values, nil, nil, 0) == 1
                }
                return unsafe types.withUnsafeBufferPointer { types in
                    unsafe PQsendQueryParams(
                        connection, text.baseAddress, count, types.baseAddress, values, nil, nil, 0) == 1
                }
            }
        }
    }

    func sync() -> Bool {
        unsafe PQpipelineSync(connection) == 1
    }

    /// Sends what is buffered: 0 when all is sent, 1 when the socket takes no more, -1 when the connection broke.
    func flush() -> Int32 {
        unsafe PQflush(connection)
    }

    // MARK: Receiving

    /// Bytes that wait in the socket.
    var bytesWaiting: Int {
        var count: Int32 = 0
        return unsafe ioctl(descriptor, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
    }

    /// Reads what has arrived; false when the connection broke.
    func consume() -> Bool {
        unsafe PQconsumeInput(connection) == 1
    }

    var isBusy: Bool { unsafe PQisBusy(connection) == 1 }

    /// What the server answered next; rows that are not wanted are freed at once.
    func next(keeps: Bool) -> Received {
        guard let result = unsafe PQgetResult(connection) else { return .end }
        switch unsafe PQresultStatus(result) {
        case PGRES_PIPELINE_SYNC:
            unsafe PQclear(result)
            return .sync
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            guard keeps else {
                unsafe PQclear(result)
                return .discarded
            }
            return unsafe .rows(ResultBox(owning: result))
        case PGRES_PIPELINE_ABORTED:
            unsafe PQclear(result)
            return .skipped
        case PGRES_COPY_IN:
            unsafe PQclear(result)
            return .copyIn
        default:
            let report = unsafe ServerReport(result)
            unsafe PQclear(result)
            return .failed(report)
        }
    }

    /// The next notification that arrived, `nil` when there is none.
    func notification() -> (channel: String, payload: String)? {
        guard let notification = unsafe PQnotifies(connection) else { return nil }
        defer { unsafe PQfreemem(notification) }
        return unsafe (String(cString: notification.pointee.relname), String(cString: notification.pointee.extra))
    }

    // MARK: COPY, outside of the pipeline

    func leavePipeline() -> Bool { unsafe PQexitPipelineMode(connection) == 1 }
    func enterPipeline() -> Bool { unsafe PQenterPipelineMode(connection) == 1 }
    func simpleQuery(_ text: String) -> Bool { unsafe PQsendQuery(connection, text) == 1 }

    func putCopyData(_ bytes: [UInt8]) -> Bool {
        unsafe bytes.withUnsafeBytes { bytes in
            let start = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return unsafe PQputCopyData(connection, start, Int32(bytes.count)) == 1
        }
    }

    func putCopyEnd(failure: String?) -> Bool {
        guard let failure else { return unsafe PQputCopyEnd(connection, nil) == 1 }
        return unsafe PQputCopyEnd(connection, failure) == 1
    }

    // MARK: Cancelling

    /// What a blocking thread needs to send a cancel request.
    func cancelHandle() -> CancelHandle? {
        guard let handle = unsafe PQgetCancel(connection) else { return nil }
        return unsafe CancelHandle(owning: handle)
    }
}

/// A `PGcancel`, which it frees.
///
/// @unchecked Sendable: the pointer is private and set once; `PQcancel`, for any thread, only reads it.
@safe final class CancelHandle: @unchecked Sendable {
    private let handle: OpaquePointer

    init(owning handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit {
        unsafe PQfreeCancel(handle)
    }

    /// Sends the request and waits until the server has taken it.
    ///
    /// Blocks.
    func send() {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            _ = unsafe PQcancel(handle, buffer.baseAddress, Int32(buffer.count))
        }
    }
}

/// What notices of the current unit said.
///
/// Touched only in a turn of the I/O loop, inside of calls to libpq.
final class NoticeBox {
    /// A warning that what was committed may not be safe: 01000 from anything but a function's own RAISE, as the server
    /// sends when its wait for a synchronous standby is cancelled.
    var isCommitDoubtful = false
}

private func receiveNotice(box: UnsafeMutableRawPointer?, result: OpaquePointer?) {
    guard let box = unsafe box, let result = unsafe result else { return }
    let sqlState = unsafe field(result, "C")
    let routine = unsafe field(result, "R")
    guard sqlState == "01000" || sqlState == "57P01", routine != "exec_stmt_raise" else { return }
    unsafe Unmanaged<NoticeBox>.fromOpaque(box).takeUnretainedValue().isCommitDoubtful = true
}

private func field(_ result: OpaquePointer, _ code: Unicode.Scalar) -> String? {
    guard let text = unsafe PQresultErrorField(result, Int32(code.value)) else { return nil }
    return unsafe String(cString: text)
}

extension ServerReport {
    /// Reads an error result; `nil` when the server did not send it.
    init?(_ result: OpaquePointer) {
        guard let sqlState = unsafe field(result, "C") else { return nil }
        self.sqlState = sqlState
        message = unsafe field(result, "M") ?? ""
        detail = unsafe field(result, "D")
        constraint = unsafe field(result, "n")
        table = unsafe field(result, "t")
        column = unsafe field(result, "c")
        context = unsafe field(result, "W")
    }
}

extension ParameterBlock {
    /// Lends the values as libpq takes them.
    func withPointers<Answer>(
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?) -> Answer
    ) -> Answer {
        guard !offsets.isEmpty else { return body(0, nil) }
        return unsafe bytes.withUnsafeBytes { bytes in
            let base = unsafe bytes.assumingMemoryBound(to: CChar.self).baseAddress
            return unsafe withUnsafeTemporaryAllocation(
                of: UnsafePointer<CChar>?.self, capacity: offsets.count
            ) { pointers in
                for (index, offset) in offsets.enumerated() {
                    unsafe pointers.initializeElement(at: index, to: offset < 0 ? nil : base.map { unsafe $0 + offset })
                }
                return unsafe body(Int32(offsets.count), UnsafePointer(pointers.baseAddress))
            }
        }
    }
}

extension String {
    var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
