import HTTPTypes
import NIOCore
import Testing

@testable import Gateway

@Suite("Where a request comes from")
struct CallerAddressTests {
    private func address(
        _ peer: String, forwarded: String? = nil, proxies: Set<String> = []
    ) throws -> String? {
        var fields = HTTPFields()
        if let forwarded, let name = HTTPField.Name("X-Forwarded-For") { fields[name] = forwarded }
        return try CallerAddress(trustedProxies: proxies)
            .address(of: SocketAddress(ipAddress: peer, port: 1), fields)?.ipAddress
    }

    @Test("S-6: X-Forwarded-For counts from a proxy that configuration names, and from nobody else")
    func believesProxiesOnly() throws {
        #expect(try address("203.0.113.9", forwarded: "198.51.100.1") == "203.0.113.9")
        #expect(try address("10.0.0.2", forwarded: "198.51.100.1", proxies: ["10.0.0.1"]) == "10.0.0.2")
        #expect(try address("10.0.0.1", forwarded: "198.51.100.1", proxies: ["10.0.0.1"]) == "198.51.100.1")
    }

    @Test("S-6: of a list that the client began, only what our proxy added counts")
    func readsFromTheEnd() throws {
        let proxies: Set = ["10.0.0.1", "10.0.0.2"]
        #expect(
            try address("10.0.0.1", forwarded: "1.1.1.1, 198.51.100.1, 10.0.0.2", proxies: proxies) == "198.51.100.1")
        #expect(try address("10.0.0.1", forwarded: "1.1.1.1, nonsense", proxies: proxies) == "10.0.0.1")
        #expect(try address("10.0.0.1", proxies: proxies) == "10.0.0.1")
    }

    @Test("IPv6 counts by the 64 bits of one subscriber, and an IPv4 address is the same in both families")
    func groupsAddresses() throws {
        func key(_ text: String) throws -> LimitKey? {
            CallerAddress.key(of: try SocketAddress(ipAddress: text, port: 1))
        }
        #expect(try key("2001:db8:1:2::1") == key("2001:db8:1:2:ffff::9"))
        #expect(try key("2001:db8:1:2::1") != key("2001:db8:1:3::1"))
        #expect(try key("::ffff:203.0.113.9") == key("203.0.113.9"))
        #expect(try key("203.0.113.9") != key("203.0.113.8"))
    }
}
