package import Models

/// Where the other services are, and how much patience calls to them have.
package struct ServiceClientConfiguration: Sendable {
    /// The copies of each service that may be called.
    package var replicas: [ServiceName: Replicas]
    /// How long a call may take with all its attempts.
    package var deadline: Duration = .seconds(3)
    /// The most bytes of an answer.
    package var answerLimit: Int = 8 << 20
    /// When calls that may be repeated are.
    package var retry = RetryPolicy()

    /// Takes the copies; the rest has defaults.
    package init(replicas: [ServiceName: Replicas]) {
        self.replicas = replicas
    }

    /// Takes the base URL of each service, such as `http://127.0.0.1:8101`, or of its copies with commas between.
    package init(addresses: [ServiceName: String]) {
        self.init(replicas: addresses.mapValues { Replicas(list: $0) })
    }
}
