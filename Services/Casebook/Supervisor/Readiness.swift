import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks a service whether it does its work.
enum Readiness {
    /// Why the service at `url` is not ready, by its `/readyz`; nil when it is.
    static func obstacle(at url: String) async -> String? {
        var request = HTTPClientRequest(url: "\(url)/readyz")
        // A kept connection would be one more for the service to close when it drains.
        request.headers.add(name: "Connection", value: "close")
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(2))
            let body = try await response.body.collect(upTo: 16_384)
            guard response.status == .ok else {
                return "it answers \(response.status.code): \(String(buffer: body))"
            }
            return nil
        } catch {
            return "it does not answer at \(url)"
        }
    }
}
