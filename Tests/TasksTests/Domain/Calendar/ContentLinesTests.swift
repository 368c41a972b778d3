import Testing

@testable import Tasks

@Suite("lines of iCalendar")
struct ContentLinesTests {
    private func written(_ text: String) -> [UInt8] {
        var lines = ContentLines()
        lines.add("SUMMARY", text: text)
        return lines.bytes
    }

    /// The lines as they are sent, without their ends.
    private func lines(_ bytes: [UInt8]) -> [String] {
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars.split(separator: "\r\n".unicodeScalars)
        return text.map { String($0) }
    }

    @Test(
        "texts are escaped, and read again they are the same",
        arguments: [
            ("plain: \"quoted\" & <b>", "plain: \"quoted\" & <b>"), ("a,b;c\\d", "a\\,b\\;c\\\\d"),
            ("one\ntwo\r\nthree\rfour", "one\\ntwo\\nthree\\nfour"), ("a\u{0}b\u{7}c\u{9F}d\te", "abcd\te"),
            ("line\u{2028}paragraph\u{2029}next\u{85}", "line\\nparagraph\\nnext\\n"), ("\n\n", "\\n\\n"),
            ("\r\r\n\n", "\\n\\n\\n"), ("", ""), ("\u{1F469}\u{200D}\u{1F527}", "\u{1F469}\u{200D}\u{1F527}"),
        ])
    func escaping(text: String, escaped: String) {
        #expect(ContentLines.escaped(text) == escaped)
    }

    @Test("no line is longer than 75 octets, none is broken that fits, and none within a character")
    func folding() throws {
        for letter in ["x", "\u{E4}", "\u{20AC}", "\u{1F600}"] {
            for count in 0...200 {
                let text = "y" + String(repeating: letter, count: count)
                let bytes = written(text)
                #expect(bytes.suffix(2) == [0x0D, 0x0A])
                let lines = lines(bytes)
                #expect(lines.allSatisfy { $0.utf8.count <= 75 && !$0.contains("\u{FFFD}") })
                // Each line but the last is as full as it can be.
                #expect(lines.dropLast().allSatisfy { $0.utf8.count > 75 - letter.utf8.count })
                #expect(lines.dropFirst().allSatisfy { $0.hasPrefix(" ") })
                let joined = (lines.first ?? "") + lines.dropFirst().map { $0.dropFirst() }.joined()
                #expect(joined == "SUMMARY:" + text)
            }
        }
    }

    @Test("75 octets stand on one line, 76 on two")
    func edge() {
        #expect(lines(written(String(repeating: "x", count: 67))).count == 1)
        #expect(lines(written(String(repeating: "x", count: 68))).count == 2)
    }

    @Test("an address brings no line of its own")
    func addresses() {
        var lines = ContentLines()
        lines.add("URL", uri: "https://a.example/\r\nATTACH:x y")
        #expect(String(decoding: lines.bytes, as: UTF8.self) == "URL:https://a.example/ATTACH:xy\r\n")
    }
}
