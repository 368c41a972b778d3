import AsyncHTTPClient
import Foundation
import Models
import ServiceClient

/// Works on tickets as a person, through the gateway, with that person's API key.
struct TicketClient: Sendable {
    /// The public address.
    let address: String
    private let client: ServiceClient
    private let key: String

    /// Reads `CASEBOOK_API_KEY`, and where the gateway is: `CASEBOOK_URL`, or this machine's own installation.
    ///
    /// - Throws: ``InvalidArgument`` when there is no key; ``NothingSetUp`` or ``NotRunning`` without an address.
    init(settings: OperatorSettings = App.settings) throws {
        guard let key = settings.apiKey else {
            throw InvalidArgument(
                sentence: "CASEBOOK_API_KEY is not set. Make a key with: casebook admin create-key MAIL, "
                    + "then: export CASEBOOK_API_KEY=cbk_...")
        }
        self.key = key
        address = try settings.gatewayURL ?? Self.ownAddress(settings)
        var configuration = ServiceClientConfiguration(addresses: [.tickets: address])
        configuration.deadline = .seconds(20)
        client = ServiceClient(http: .shared, configuration: configuration) { _ in nil }
    }

    /// Calls an operation.
    ///
    /// - Throws: ``RefusedRequest``.
    func call<Output>(_ request: EndpointRequest<Output>) async throws -> Output {
        let context = CallContext(requestID: "operator-\(UUID().uuidString.lowercased())", token: key)
        do throws(UpstreamError) {
            return try await client.call(.tickets, request, in: context).value
        } catch {
            throw RefusedRequest(error, by: "The gateway at \(address)")
        }
    }

    private static func ownAddress(_ settings: OperatorSettings) throws -> String {
        let known = try KnownInstallation(settings: settings)
        guard FolderLock.isHeld(in: known.folder), let url = known.environment.url(of: .gateway) else {
            throw NotRunning(folder: known.folder)
        }
        return url
    }
}
