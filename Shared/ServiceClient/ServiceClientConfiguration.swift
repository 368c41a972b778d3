package import Models

/// Where the other services are, and how much patience calls to them have.
package struct ServiceClientConfiguration: Sendable {
    /// The base URL of each service that may be called, such as `http://127.0.0.1:8101`, without a slash at the end.
    package var addresses: [ServiceName: String]
    /// How long a call may take with all its attempts.
    package var deadline: Duration = .seconds(3)
    /// The most bytes of an answer.
    package var answerLimit: Int = 8 << 20
    /// When calls that may be repeated are.
    package var retry = RetryPolicy()

    /// Takes the addresses; the rest has defaults.
    package init(addresses: [ServiceName: String]) {
        self.addresses = addresses
    }
}
