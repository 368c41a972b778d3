/// The position of an exchange in a trace (W3C Trace Context, level 1).
package struct TraceContext: Sendable, Equatable {
    /// The header for answers and for calls to others.
    package let traceparent: String

    /// 32 lower-case hexadecimal digits, shared by all exchanges of the trace.
    package var traceID: String { part(3, 32) }
    /// 16 lower-case hexadecimal digits of this exchange.
    package var spanID: String { part(36, 16) }
    /// Whether the caller records the trace.
    package var isSampled: Bool { traceparent.utf8.last == UInt8(ascii: "1") }

    /// Continues the caller's trace when its header is valid, and starts one otherwise.
    init(continuing header: String?, using generator: inout some RandomNumberGenerator) {
        let span = generator.next()
        if let header, let isSampled = Self.isSampled(header) {
            var words = (UInt64(0), UInt64(0))
            for byte in header.utf8.dropFirst(3).prefix(16) { words.0 = words.0 << 4 | Self.value(byte) }
            for byte in header.utf8.dropFirst(19).prefix(16) { words.1 = words.1 << 4 | Self.value(byte) }
            traceparent = Self.text(trace: words, span: span, isSampled: isSampled)
        } else {
            let words = (generator.next() | 1, generator.next())
            traceparent = Self.text(trace: words, span: span, isSampled: false)
        }
    }

    private func part(_ start: Int, _ count: Int) -> String {
        String(decoding: traceparent.utf8.dropFirst(start).prefix(count), as: UTF8.self)
    }

    /// Whether the caller records its trace; `nil` when the header is not valid.
    private static func isSampled(_ header: String) -> Bool? {
        var header = header
        return header.withUTF8 { bytes in
            let dash = UInt8(ascii: "-")
            guard bytes.count == 55, bytes[0] == 0x30, bytes[1] == 0x30, bytes[2] == dash, bytes[35] == dash,
                bytes[52] == dash, isHexadecimal(bytes[3..<35]), isHexadecimal(bytes[36..<52]),
                isHexadecimal(bytes[53..<55]), bytes[3..<35].contains(where: { $0 != 0x30 }),
                bytes[36..<52].contains(where: { $0 != 0x30 })
            else { return nil }
            return bytes[54] & 1 == 1
        }
    }

    private static func isHexadecimal(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// The value of a hexadecimal digit, in lower case.
    private static func value(_ digit: UInt8) -> UInt64 {
        UInt64(digit < 0x3A ? digit - 0x30 : digit - 0x61 + 10)
    }

    /// The header's text; a span of zeros would not be valid, so its last bit is set.
    private static func text(trace: (UInt64, UInt64), span: UInt64, isSampled: Bool) -> String {
        String(unsafeUninitializedCapacity: 55) { text in
            text.initialize(repeating: UInt8(ascii: "-"))
            text[0] = 0x30
            text[1] = 0x30
            write(trace.0, to: text, at: 3)
            write(trace.1, to: text, at: 19)
            write(span | 1, to: text, at: 36)
            text[53] = 0x30
            text[54] = isSampled ? 0x31 : 0x30
            return 55
        }
    }

    private static func write(_ word: UInt64, to text: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        for index in 0..<16 {
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * index)) & 0xF
            text[start + index] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
        }
    }
}
