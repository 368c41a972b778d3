import HTTPTypes
import Models
import NIOCore

/// Where a request comes from, as far as that can be believed.
///
/// The peer's own address counts. Only when the peer is one of the proxies that configuration names, the last address
/// of `X-Forwarded-For` that is none of them counts instead; whatever others write there means nothing (S-6).
struct CallerAddress: Sendable {
    /// The addresses of proxies that stand before the gateway, as they are written in `X-Forwarded-For`.
    let trustedProxies: Set<String>

    /// The caller's address; `nil` when the connection has none.
    func address(of peer: SocketAddress?, _ fields: HTTPFields) -> SocketAddress? {
        guard let peer, !trustedProxies.isEmpty, let own = peer.ipAddress, trustedProxies.contains(own) else {
            return peer
        }
        let named = fields[values: Self.forwardedFor].flatMap { $0.split(separator: ",") }.map { entry in
            String(entry.filter { $0 != " " })
        }
        let last = named.last { !trustedProxies.contains($0) }
        return last.flatMap { try? SocketAddress(ipAddress: $0, port: 0) } ?? peer
    }

    private static let forwardedFor: HTTPField.Name = {
        guard let name = HTTPField.Name("X-Forwarded-For") else {
            preconditionFailure("a constant is a valid field name")
        }
        return name
    }()

    /// Whom the limit by address counts: an IPv4 address whole, an IPv6 address by the 64 bits that one subscriber has.
    static func key(of address: SocketAddress) -> LimitKey? {
        address.withSockAddr { pointer, size in
            let bytes = UnsafeRawBufferPointer(start: pointer, count: size)
            // sockaddr_in and sockaddr_in6 (netinet/in.h): four and sixteen bytes of address, at 4 and at 8.
            switch address {
            case .v4:
                return LimitKey(kind: .address, high: 0, low: UInt64(word(bytes, 4)))
            case .v6:
                let high = UInt64(word(bytes, 8)) << 32 | UInt64(word(bytes, 12))
                // An IPv4 address on an IPv6 socket (RFC 4291, section 2.5.5.2).
                if high == 0, word(bytes, 16) == 0xFFFF {
                    return LimitKey(kind: .address, high: 0, low: UInt64(word(bytes, 20)))
                }
                return LimitKey(kind: .address, high: high, low: 1)
            case .unixDomainSocket:
                return nil
            }
        }
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
        UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
