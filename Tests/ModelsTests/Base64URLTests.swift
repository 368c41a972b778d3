import FoundationEssentials
import Testing

@testable import Models

@Suite("Base64 with the URL's alphabet")
struct Base64URLTests {
    @Test("is the standard's without padding, and reads back as the same bytes")
    func agreesWithStandard() {
        var generator = SystemRandomNumberGenerator()
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = Base64URL.encode(bytes)
            let standard = Data(bytes).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
            #expect(text == standard)
            #expect(Base64URL.decode(text) == bytes)
        }
    }
}
