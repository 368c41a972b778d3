import HTTPTypes
import Hummingbird
import Models
import ServiceKit

/// Decides with which token a request goes on, from the credential that it came with.
struct Door: Sendable {
    let cookie: SessionCookie
    let csrf: CSRFCheck
    let exchange: CredentialExchange

    /// The token to forward and its caller; `nil` for an open operation, or when the request has no credential, which
    /// the service then refuses.
    ///
    /// - Throws: ``Problem`` 401 for a credential that is not valid, 403 for a cookie without proof of its page,
    ///   503 when identity cannot be reached.
    func admit(_ request: Request, _ contract: Contract, _ exchanged: Exchange) async throws -> Admission? {
        guard case .needs = contract.access else {
            try csrf.checkOrigin(request.head)
            return nil
        }
        if let header = request.headers[.authorization] {
            guard header.hasPrefix("Bearer ") else {
                throw Problem.unauthenticated("Send the credential as a bearer token.")
            }
            let credential = String(header.dropFirst(7))
            // A token that identity signed goes on as it is: the service verifies it again.
            guard credential.hasPrefix("cbk_") else { return try await exchange.admission(ofToken: credential) }
            return try await exchange.admission(for: credential, exchanged)
        }
        guard let session = Self.value(of: cookie.name, in: request.headers) else { return nil }
        let admission = try await exchange.admission(for: session, exchanged)
        try csrf.check(request.head, expectedToken: admission.csrfToken ?? "")
        return admission
    }

    /// The credential that a request came with, as the exchange takes it; `nil` for a token that came as it is.
    func credential(of request: Request) -> String? {
        if let header = request.headers[.authorization] {
            let credential = header.dropFirst(7)
            return header.hasPrefix("Bearer cbk_") ? String(credential) : nil
        }
        return Self.value(of: cookie.name, in: request.headers)
    }

    /// The value of a cookie (RFC 6265, section 5.4); the first, when a client sends several of the name.
    private static func value(of name: String, in fields: HTTPFields) -> String? {
        for header in fields[values: .cookie] {
            for pair in header.split(separator: ";") {
                let trimmed = pair.drop { $0 == " " }
                guard trimmed.hasPrefix("\(name)=") else { continue }
                let value = trimmed.dropFirst(name.count + 1)
                return value.isEmpty ? nil : String(value)
            }
        }
        return nil
    }
}
