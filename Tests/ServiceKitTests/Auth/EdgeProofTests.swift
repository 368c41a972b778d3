import Models
import ServiceKit
import Testing

@Suite("The gateway's word for a client's address")
struct EdgeProofTests {
    private static let secret = String(repeating: "s", count: 32)

    @Test(
        "names the network: an IPv4 address, or 64 bits of an IPv6 address (S-13)",
        arguments: [
            ("203.0.113.9", "203.0.113.9"), ("2001:db8:1:2:3:4:5:6", "20:1:d:b8:0:1:0:2/64"),
            ("2001:db8:1:2:ffff::1", "20:1:d:b8:0:1:0:2/64"), ("::ffff:203.0.113.9", "203.0.113.9"),
        ])
    func networks(address: String, network: String) throws {
        let proof = try #require(EdgeProof(secret: Self.secret))
        #expect(proof.network(in: proof.header(for: address)) == network)
    }

    @Test("means nothing when it is absent, not signed, signed with another secret, or for another address (S-6)")
    func refuses() throws {
        let proof = try #require(EdgeProof(secret: Self.secret))
        let other = try #require(EdgeProof(secret: String(repeating: "t", count: 32)))
        let header = proof.header(for: "203.0.113.9")
        let code = try #require(header.split(separator: " ").last)
        for wrong in [
            nil, "", "203.0.113.9", "203.0.113.9 ", other.header(for: "203.0.113.9"), "203.0.113.8 \(code)",
            "\(header) x", header.replacing(" ", with: ","), proof.header(for: "nonsense"), proof.header(for: ""),
        ] {
            #expect(proof.network(in: wrong) == nil, "\(wrong ?? "nil")")
        }
    }

    @Test("needs a secret of 32 characters at least")
    func shortSecret() {
        #expect(EdgeProof(secret: String(repeating: "s", count: 31)) == nil)
    }
}
