import AsyncHTTPClient
import Foundation
import Models
import ServiceClient

/// Calls `identity` with the operator's own credential: the client secret of `casebook`, traded for a token of 60 s.
struct OperatorClient: Sendable {
    private let client: ServiceClient
    private let credential: Text<Models.Secret>

    /// - Returns: nil when the environment lacks identity's address or the client's secret.
    init?(_ environment: ServiceEnvironment) {
        guard let url = environment.url(of: .identity),
            let secret = environment.credentials.clientSecrets[ServiceName.casebook.rawValue]
        else { return nil }
        self.init(identity: url, secret: secret)
    }

    /// - Returns: nil when the secret cannot be one.
    private init?(identity url: String, secret: String) {
        guard let credential = Text<Models.Secret>("cbc_\(ServiceName.casebook.rawValue)_\(secret)") else { return nil }
        var configuration = ServiceClientConfiguration(addresses: [.identity: url])
        configuration.deadline = .seconds(20)
        client = ServiceClient(http: .shared, configuration: configuration) { _ in nil }
        self.credential = credential
    }

    /// The client that the environment describes, or else that of the installation in the data folder.
    ///
    /// - Throws: ``NothingSetUp``; ``NotRunning`` when no supervisor runs from the folder.
    static func current(_ settings: OperatorSettings = App.settings) throws -> OperatorClient {
        if let url = settings.identityURL, let secret = settings.clientSecret,
            let client = OperatorClient(identity: url, secret: secret)
        {
            return client
        }
        return try KnownInstallation(settings: settings).operatorClient()
    }

    /// Calls an operation.
    ///
    /// - Parameters:
    ///   - request: The operation, filled in.
    ///   - workspace: The short name of the workspace to act in; nil for an operation that makes one.
    /// - Returns: The answer.
    /// - Throws: ``RefusedRequest``.
    func call<Output>(_ request: EndpointRequest<Output>, in workspace: Text<Slug>? = nil) async throws -> Output {
        let requestID = "operator-\(UUID().uuidString.lowercased())"
        let exchange = ExchangeCredential(credential: credential, workspaceSlug: workspace)
        do throws(UpstreamError) {
            let token = try await client.call(
                .identity, Tokens.exchange.request(body: exchange), in: CallContext(requestID: requestID))
            return try await client.call(
                .identity, request, in: CallContext(requestID: requestID, token: token.value.token)
            ).value
        } catch {
            throw RefusedRequest(error)
        }
    }

    /// The person with a mail address.
    ///
    /// - Throws: ``InvalidArgument`` when there is none in the workspace; ``RefusedRequest``.
    func user(_ mail: String, in workspace: Text<Slug>) async throws -> User {
        let query = UserListQuery(email: try InvalidArgument.require(mail, "the mail address"))
        guard let user = try await call(try Users.list.request(query: query), in: workspace).items.first else {
            throw InvalidArgument(sentence: "There is nobody with the mail address \(mail) in \(workspace.value)")
        }
        return user
    }
}

/// A call that brought no answer, as the operator reads it.
struct RefusedRequest: Error, CustomStringConvertible {
    /// The status of the problem answer; nil when there was none.
    let status: Int?
    let description: String

    /// Reads a failed call to what `peer` names at the start of a sentence.
    init(_ error: UpstreamError, by peer: String = "identity") {
        status = error.status
        guard let problem = error.problem else {
            description =
                "\(peer) gave no answer that could be used (\(error.code)). Look for the cause with: casebook doctor"
            return
        }
        description = ([problem.detail] + problem.errors.map { "  \($0.pointer): \($0.detail)" }).joined(
            separator: "\n")
    }
}
