/// The position of an exchange in a trace (W3C Trace Context, level 1).
package struct TraceContext: Sendable, Equatable {
    /// 32 lower-case hexadecimal digits, shared by all exchanges of the trace.
    package let traceID: String
    /// 16 lower-case hexadecimal digits of this exchange.
    package let spanID: String
    /// Whether the caller records the trace.
    package let isSampled: Bool

    /// Continues the caller's trace when its header is valid, and starts one otherwise.
    package init(continuing header: String?) {
        var generator = SystemRandomNumberGenerator()
        spanID = Self.hexadecimal(generator.next())
        if let header, let parent = Self.parse(header) {
            traceID = parent.traceID
            isSampled = parent.isSampled
        } else {
            traceID = Self.hexadecimal(generator.next()) + Self.hexadecimal(generator.next())
            isSampled = false
        }
    }

    /// The header for answers and for calls to others.
    package var traceparent: String { "00-\(traceID)-\(spanID)-\(isSampled ? "01" : "00")" }

    private static func parse(_ header: String) -> (traceID: String, isSampled: Bool)? {
        let bytes = Array(header.utf8)
        let dash = UInt8(ascii: "-")
        guard bytes.count == 55, bytes[0] == 0x30, bytes[1] == 0x30, bytes[2] == dash, bytes[35] == dash,
            bytes[52] == dash, isHexadecimal(bytes[3..<35]), isHexadecimal(bytes[36..<52]),
            isHexadecimal(bytes[53..<55]), bytes[3..<35].contains(where: { $0 != 0x30 }),
            bytes[36..<52].contains(where: { $0 != 0x30 })
        else { return nil }
        return (String(decoding: bytes[3..<35], as: UTF8.self), bytes[54] & 1 == 1)
    }

    private static func isHexadecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    private static func hexadecimal(_ word: UInt64) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var word = word | 1
        return String(unsafeUninitializedCapacity: 16) { buffer in
            for index in (0..<16).reversed() {
                buffer[index] = digits[Int(word & 0xF)]
                word >>= 4
            }
            return 16
        }
    }
}
