import Glibc
import Testing

@testable import Casebook

@Suite("ports")
struct PortTests {
    private func decide(
        wanted: Int? = nil, kept: Int? = nil, besides: Set<Int> = [], taken: Set<Int> = []
    ) -> PortChoice.Decision {
        PortChoice(wanted: wanted, kept: kept, preferred: 8_080)
            .decide(besides: besides, canReuse: { !taken.contains($0) }, isFree: { !taken.contains($0) })
    }

    @Test("the first choice is the preferred port, or the next free one that no other process of the suite has")
    func first() {
        #expect(decide() == .port(8_080))
        #expect(decide(besides: [8_081], taken: [8_080]) == .port(8_082))
        #expect(decide(taken: Set(8_080..<8_280)) == .noneFree(from: 8_080))
    }

    @Test("a port once chosen is kept, and moves only when somebody else took it")
    func kept() {
        #expect(decide(kept: 9_000) == .port(9_000))
        #expect(decide(kept: 9_000, taken: [9_000]) == .moved(from: 9_000, to: 8_080))
    }

    @Test("a port that was asked for is taken or refused, never replaced")
    func wanted() {
        #expect(decide(wanted: 80, kept: 9_000) == .port(80))
        #expect(decide(wanted: 80, taken: [80]) == .wantedIsTaken(80))
        #expect(decide(wanted: 80, besides: [80]) == .wantedIsTaken(80))
    }

    @Test("a reserved port is taken for other searches, free for the process it is reserved for")
    func reservation() throws {
        let range = 20_000..<20_400
        let reservation = try #require(range.lazy.compactMap { PortReservation.fresh($0) }.first)
        #expect(PortReservation.fresh(reservation.port) == nil)
        let listener = try #require(Listener(port: reservation.port))
        #expect(PortReservation.again(reservation.port) == nil)
        listener.close()
        #expect(PortReservation.again(reservation.port) != nil)
    }

    @Test("the book keeps what was chosen, and refuses a port that was asked for and is taken")
    func book() throws {
        let folder = try TemporaryFolder()
        let requests = [
            PortRequest(name: "gateway", wanted: nil, variable: "CASEBOOK_GATEWAY_HTTP_PORT", preferred: 20_400),
            PortRequest(name: "identity", wanted: nil, variable: "CASEBOOK_IDENTITY_HTTP_PORT", preferred: 20_400),
        ]
        var book = try PortBook.load(from: folder.data)
        let reservations = try book.reserve(requests, in: folder.data).reservations
        #expect(Set(book.ports.values).count == 2)
        #expect(try PortBook.load(from: folder.data) == book)
        withExtendedLifetime(reservations) {}

        let listener = try #require(Listener(port: book.ports["gateway"] ?? 0))
        defer { listener.close() }
        var wanted = requests[0]
        wanted.wanted = book.ports["gateway"]
        let refusal = #expect(throws: NoPort.self) { _ = try book.reserve([wanted], in: folder.data) }
        #expect(refusal?.description.contains("CASEBOOK_GATEWAY_HTTP_PORT") == true)
    }
}

/// A server socket that sets SO_REUSEADDR, as PostgreSQL and NIO do.
private struct Listener {
    private let socket: Int32

    init?(port: Int) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(socket, 8) == 0 else {
            Glibc.close(socket)
            return nil
        }
    }

    func close() { Glibc.close(socket) }
}
