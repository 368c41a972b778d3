/// The ports of one installation, by the name of the process; kept in the data folder.
struct PortBook: Codable, Sendable, Equatable {
    var ports: [String: Int] = [:]

    /// Reads the book; an empty one when there is none yet.
    ///
    /// - Throws: ``UnreadableFile``.
    static func load(from folder: DataFolder) throws -> PortBook {
        try AtomicFile.read(PortBook.self, from: folder.ports) ?? PortBook()
    }

    /// Chooses and reserves a port for every request, and keeps what was chosen.
    ///
    /// - Returns: The reservations, to be held while the processes run, and a sentence for each port that moved.
    /// - Throws: ``NoPort`` when a port that was asked for is taken or none is free; ``FileFailure``.
    mutating func reserve(
        _ requests: [PortRequest], in folder: DataFolder
    ) throws -> (reservations: [PortReservation], remarks: [String]) {
        var reservations: [Int: PortReservation] = [:]
        var remarks: [String] = []
        let before = self
        for request in requests {
            let choice = PortChoice(wanted: request.wanted, kept: ports[request.name], preferred: request.preferred)
            var held: PortReservation?
            let decision = choice.decide(besides: Set(reservations.keys)) { port in
                held = PortReservation.again(port)
                return held != nil
            } isFree: { port in
                held = PortReservation.fresh(port)
                return held != nil
            }
            let port = try Self.port(of: decision, for: request, remarks: &remarks)
            reservations[port] = held
            ports[request.name] = port
        }
        if self != before { try AtomicFile.write(self, to: folder.ports, mode: 0o644) }
        return (Array(reservations.values), remarks)
    }

    private static func port(
        of decision: PortChoice.Decision, for request: PortRequest, remarks: inout [String]
    ) throws -> Int {
        switch decision {
        case .port(let port):
            return port
        case .moved(let from, let to):
            remarks.append(
                "Port \(from), used by \(request.name) so far, is taken by another program; it moves to \(to).")
            return to
        case .wantedIsTaken(let port):
            throw NoPort(
                sentence: "Port \(port), asked for by \(request.variable), is taken by another program. "
                    + "Stop that program or set \(request.variable) to another port")
        case .noneFree(let from):
            throw NoPort(
                sentence: "No port for \(request.name) is free from \(from) to \(from + PortChoice.searchLength - 1). "
                    + "Set \(request.variable) to a free port")
        }
    }
}

/// A process that needs a port.
struct PortRequest: Sendable, Equatable {
    var name: String
    /// The port asked for by the environment.
    var wanted: Int?
    /// The environment variable by which one is asked for.
    var variable: String
    /// Where the search begins.
    var preferred: Int
}

/// A port that cannot be had.
struct NoPort: Error, CustomStringConvertible {
    let sentence: String

    var description: String { sentence }
}
