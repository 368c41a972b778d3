import HTTPTypes
import Hummingbird
import Models
import ServiceKit

/// What happens to a request at the door, from top to bottom: limit by address, credential, limits by caller, service.
struct Relay: Sendable {
    let addresses: CallerAddress
    let limits: RequestLimits
    let door: Door
    let upstream: Upstream
    /// Vouches to identity for a caller's address.
    let edge: EdgeProof?

    /// Passes a request on and answers what the service answers.
    ///
    /// - Throws: ``Problem``: 429 over a limit, 401 and 403 as the door says, 503 and 504 for a service that is away.
    func pass(
        _ request: Request, _ context: ExchangeContext, _ contract: Contract, to service: UpstreamService
    ) async throws -> Response {
        let (admission, standing) = try await admit(request, context, contract)
        let party = party(of: admission, request, context)
        let place = try service.enter(party)
        var response = try await upstream.forward(
            request, to: service.replicas,
            Voucher(token: admission?.token, address: proof(of: request, context, contract)), context.exchange,
            holding: place)
        if let admission, let more = Self.furtherCost(of: response) {
            limits.limiter.add(more, to: admission.claims)
        }
        response.headers[.internalCost] = nil
        limits.tell(standing, in: &response.headers)
        return response
    }

    /// What a request costs beside the one that it is; `nil` for nothing.
    private static func furtherCost(of response: Response) -> Int? {
        // Who asks whether something changed, and hears that it has not, has asked for nothing.
        if response.status == .notModified { return -1 }
        // A batch is as many requests as it has operations.
        return response.headers[.internalCost].flatMap { Int($0) }.map { $0 - 1 }
    }

    /// Lets the caller in, or not.
    ///
    /// - Returns: Who it is, `nil` for nobody, and how it stands to the limit that it is nearest to.
    /// - Throws: ``Problem`` 429 over a limit, 401 and 403 as the door says.
    func admit(
        _ request: Request, _ context: ExchangeContext, _ contract: Contract
    ) async throws -> (Admission?, LimitStanding?) {
        let address = addresses.address(of: context.peerAddress, request.headers)
        let claims = limits.claims(of: address.flatMap(CallerAddress.key))
        let byAddress = try limits.take(claims)
        do {
            guard let admission = try await door.admit(request, contract, context.exchange) else {
                return (nil, byAddress)
            }
            return (admission, try limits.take(admission.claims) ?? byAddress)
        } catch let problem as Problem where problem.code == .unauthenticated {
            limits.limiter.add(RequestLimits.refusalCost, to: claims)
            throw problem
        }
    }

    /// Who takes a place of the service's: the workspace, or the address of somebody who has not signed in.
    private func party(
        of admission: Admission?, _ request: Request, _ context: ExchangeContext
    ) -> UpstreamService.Party? {
        if let admission { return .workspace(admission.principal.workspace) }
        return addresses.address(of: context.peerAddress, request.headers).flatMap(CallerAddress.key)
            .map(UpstreamService.Party.address)
    }

    /// The caller's address under our seal, where the service decides by it: when nobody has signed in yet.
    private func proof(of request: Request, _ context: ExchangeContext, _ contract: Contract) -> String? {
        guard let edge else { return nil }
        if case .needs = contract.access { return nil }
        return addresses.address(of: context.peerAddress, request.headers)?.ipAddress.map { edge.header(for: $0) }
    }
}

/// What the gateway itself says of a request to the service.
struct Voucher: Sendable {
    /// The token that speaks for the caller; `nil` when nobody has signed in.
    var token: String?
    /// The caller's address under the gateway's seal; `nil` where the service does not decide by it.
    var address: String?
}
