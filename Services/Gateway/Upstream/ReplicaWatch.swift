import AsyncHTTPClient
import Models
import NIOCore
import NIOHTTP1
import ServiceClient
import ServiceLifecycle

/// Looks twice a second whether each copy of a service takes requests, where there is more than one: a copy that stops
/// says so a moment before it refuses any, so that no request meets a closing door.
struct ReplicaWatch: Service {
    /// Half of the shortest useful `drain.graceSeconds`.
    static let interval: Duration = .milliseconds(500)

    let client: HTTPClient
    let services: [Replicas]

    func run() async throws {
        let several = services.filter { $0.addresses.count > 1 }
        guard !several.isEmpty else {
            try? await gracefulShutdown()
            return
        }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await withDiscardingTaskGroup { group in
                    for replicas in several {
                        for address in replicas.addresses {
                            group.addTask { replicas.note(address, isReady: await isReady(address)) }
                        }
                    }
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }

    private func isReady(_ address: String) async -> Bool {
        let request = HTTPClientRequest(url: "\(address)/readyz")
        guard let response = try? await client.execute(request, timeout: .milliseconds(400)) else { return false }
        _ = try? await response.body.collect(upTo: 16_384)
        return response.status == .ok
    }
}
