import Models
import Testing

@Suite("Cursors (R-4)")
struct CursorTests {
    private func text(_ value: String) throws -> Text<CursorText> { try #require(Text<CursorText>(value)) }

    @Test("a cursor comes back with its keys, whatever characters they hold")
    func roundTrips() throws {
        let cursor = Cursor(binding: "users by id", keys: ["a\"\\é", "2026-01-15 10:20:30+00", ""])
        #expect(try Cursor(text(cursor.text), binding: "users by id", count: 3) == cursor)
    }

    @Test("a cursor of another filter is refused")
    func refusesAnotherBinding() throws {
        let cursor = Cursor(binding: "users role=agent", keys: ["1"])
        #expect(throws: Problem.self) { try Cursor(text(cursor.text), binding: "users role=viewer", count: 1) }
    }

    @Test(
        "a malformed cursor is refused with 400",
        arguments: ["x", "====", "W10", "bnVsbA", "WzEsMl0", "!", "é", "WzIsImEiLCJiIl0"])
    func refusesMalformed(value: String) throws {
        let error = #expect(throws: Problem.self) { try Cursor(text(value), binding: "users", count: 1) }
        #expect(error?.code == .invalidCursor)
        #expect(error?.code.status == 400)
    }

    @Test("base64url has no padding and refuses other alphabets")
    func base64() {
        for length in 0..<40 {
            let bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37 + 250) }
            let encoded = Base64URL.encode(bytes)
            #expect(!encoded.contains { "+/=".contains($0) })
            #expect(Base64URL.decode(encoded) == bytes)
        }
        #expect(Base64URL.decode("ab+/") == nil)
        #expect(Base64URL.decode("a") == nil)
    }
}
