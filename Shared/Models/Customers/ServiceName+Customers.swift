extension ServiceName {
    /// The operations of `customers`.
    static let customersContracts: [Contract] = []
}
