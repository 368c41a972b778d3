import ServiceKit

/// How many requests callers may make in a window; 0 is no limit.
///
/// | key | type, unit | default | range |
/// |---|---|---|---|
/// | `limit.windowSeconds` | seconds | 10 | 1-3600 |
/// | `limit.address.requests` | requests a window from one address (IPv6: one /64) | 3000 | 0-1000000 |
/// | `limit.principal.requests` | requests a window with one key or session | 600 | 0-1000000 |
/// | `limit.workspace.requests` | requests a window in one workspace | 6000 | 0-1000000 |
struct LimitQuotas: Sendable {
    var windowSeconds = 10
    var address = 3_000
    var principal = 600
    var workspace = 6_000

    init() {}

    init(_ settings: inout Settings) {
        windowSeconds = settings.integer("limit.windowSeconds", default: windowSeconds, in: 1...3_600)
        address = settings.integer("limit.address.requests", default: address, in: 0...1_000_000)
        principal = settings.integer("limit.principal.requests", default: principal, in: 0...1_000_000)
        workspace = settings.integer("limit.workspace.requests", default: workspace, in: 0...1_000_000)
    }

    /// The quota of a kind of caller.
    subscript(kind: LimitKey.Kind) -> Int {
        switch kind {
        case .address: address
        case .principal: principal
        case .workspace: workspace
        }
    }
}
