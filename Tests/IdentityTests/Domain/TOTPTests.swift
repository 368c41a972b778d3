import FoundationEssentials
import Models
import Testing

@testable import Identity

@Suite("Codes that change with time")
struct TOTPTests {
    /// RFC 6238, appendix B: the instant, and the codes of eight digits under SHA-1, SHA-256 and SHA-512.
    static let vectors: [(seconds: Int64, codes: [String])] = [
        (59, ["94287082", "46119246", "90693936"]),
        (1_111_111_109, ["07081804", "68084774", "25091201"]),
        (1_111_111_111, ["14050471", "67062674", "99943326"]),
        (1_234_567_890, ["89005924", "91819424", "93441116"]),
        (2_000_000_000, ["69279037", "90698825", "38618901"]),
        (20_000_000_000, ["65353130", "77737706", "47863826"]),
    ]

    @Test("all 18 vectors of RFC 6238 come out (S-14)", arguments: vectors, TOTP.Algorithm.allCases)
    func vector(vector: (seconds: Int64, codes: [String]), algorithm: TOTP.Algorithm) throws {
        let place = try #require(TOTP.Algorithm.allCases.firstIndex(of: algorithm))
        let length = [20, 32, 64][place]
        let secret = Data((0..<length).map { UInt8(ascii: "0") + UInt8(($0 + 1) % 10) })
        let step = TOTP.step(at: Timestamp(microseconds: vector.seconds * 1_000_000))
        #expect(TOTP.code(secret, step: step, digits: 8, algorithm: algorithm) == vector.codes[place])
    }

    @Test("the code of the step before, the present and the next one is taken, and of no other (S-14)")
    func tolerance() {
        let secret = Data(repeating: 7, count: 20)
        let now = Timestamp(microseconds: 1_800_000_000_000_000)
        let present = TOTP.step(at: now)
        func taken(_ step: Int64, after last: Int64 = 0) -> Int64? {
            TOTP.step(of: TOTP.code(secret, step: step), secret, at: now, after: last)
        }
        #expect((-3...3).map { taken(present + $0) } == [nil, nil, present - 1, present, present + 1, nil, nil])
        #expect(taken(present, after: present) == nil)
        #expect(taken(present - 1, after: present) == nil)
        #expect(taken(present + 1, after: present) == present + 1)
        for wrong in ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥"] {
            #expect(TOTP.step(of: wrong, secret, at: now, after: 0) == nil)
        }
    }

    @Test("base32 is that of RFC 4648, section 10, without padding")
    func base32() {
        let pairs = [
            ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ]
        for (text, encoded) in pairs { #expect(Base32.encode(Array(text.utf8)) == encoded) }
    }

    @Test("the address for apps escapes what stands in names")
    func address() {
        let address = TOTP.address(Data([1, 2]), account: "a+b@x.example", issuer: "Casebook (ac&me)")
        #expect(
            address == "otpauth://totp/Casebook%20%28ac%26me%29:a%2Bb%40x.example?secret=AEBA"
                + "&issuer=Casebook%20%28ac%26me%29")
    }

    @Test("recovery codes are 20 characters in groups of five, and known however they are typed (S-14)")
    func recoveryCodes() {
        let codes = (0..<200).map { _ in RecoveryCode.make(systemRandomBytes) }
        #expect(Set(codes).count == codes.count)
        for code in codes {
            #expect(code.split(separator: "-").map(\.count) == [5, 5, 5, 5])
            let typed = Text<SecondFactorCode>(" \(code.uppercased()) ")
            #expect(typed.map { RecoveryCode.hash($0.value) } == RecoveryCode.hash(code))
            #expect(typed.map { RecoveryCode.isPossible($0.value) } == true)
        }
    }
}
