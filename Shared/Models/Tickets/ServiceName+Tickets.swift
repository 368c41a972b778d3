extension ServiceName {
    /// The operations of `tickets`.
    static let ticketsContracts: [Contract] = []
}
