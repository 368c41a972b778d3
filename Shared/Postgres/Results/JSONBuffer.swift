/// Memory for JSON in the making, outside of Swift's arrays so that nothing is set to zero or counted per byte.
@safe struct JSONBuffer: ~Copyable {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0

    init(capacity: Int) {
        self.capacity = max(capacity, 64)
        unsafe base = .allocate(capacity: self.capacity)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Appends what was written.
    func move(to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: base, count: count))
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count + more > capacity { grow(more) }
    }

    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        unsafe larger.update(from: base, count: count)
        unsafe base.deallocate()
        unsafe base = larger
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe base[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ text: StaticString) {
        unsafe append(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    mutating func append(_ text: [UInt8], _ range: Range<Int>) {
        unsafe text.withUnsafeBufferPointer { text in
            unsafe append(UnsafeBufferPointer(rebasing: text[range]))
        }
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(bytes.count)
        unsafe (base + count).update(from: start, count: bytes.count)
        count += bytes.count
    }

    @inline(__always)
    mutating func appendQuoted(_ bytes: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        unsafe append(bytes)
        append(UInt8(ascii: "\""))
    }

    /// Appends a string in quotes, escaped as RFC 8259 section 7 demands: runs without special characters are copied.
    mutating func appendEscaped(_ bytes: UnsafeBufferPointer<UInt8>) {
        append(UInt8(ascii: "\""))
        var start = 0
        let end = bytes.count
        while start < end {
            let stop = unsafe Self.firstSpecial(bytes, from: start)
            if stop > start { unsafe append(UnsafeBufferPointer(rebasing: bytes[start..<stop])) }
            guard stop < end else { break }
            unsafe appendEscaped(byte: bytes[stop])
            start = stop + 1
        }
        append(UInt8(ascii: "\""))
    }

    mutating func appendEscaped(byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0a: append("\\n")
        case 0x0c: append("\\f")
        case 0x0d: append("\\r")
        case 0..<0x20:
            append("\\u00")
            append(JSONEscape.hexDigit(byte >> 4))
            append(JSONEscape.hexDigit(byte & 15))
        default: append(byte)
        }
    }

    /// Appends `2026-01-15 10:20:30.5+00` as `"2026-01-15T10:20:30.5Z"`; false for infinity and years before 1.
    mutating func appendTimestamp(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        let end = bytes.count - 3
        guard end >= 19, unsafe bytes[10] == UInt8(ascii: " "), unsafe bytes[end] == UInt8(ascii: "+"),
            unsafe bytes[end + 1] == UInt8(ascii: "0"), unsafe bytes[end + 2] == UInt8(ascii: "0")
        else { return false }
        append(UInt8(ascii: "\""))
        unsafe append(UnsafeBufferPointer(rebasing: bytes[0..<10]))
        append(UInt8(ascii: "T"))
        unsafe append(UnsafeBufferPointer(rebasing: bytes[11..<end]))
        append(UInt8(ascii: "Z"))
        append(UInt8(ascii: "\""))
        return true
    }

    /// The first quote, backslash or control character from `start`, eight bytes at a time.
    private static func firstSpecial(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let end = bytes.count
        let raw = UnsafeRawBufferPointer(bytes)
        while index + 8 <= end {
            let word = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if hasSpecial(word) { break }
            index += 8
        }
        while index < end {
            let byte = unsafe bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }

    /// Whether one of eight bytes is special; after "Determine if a word has a byte less than n" by Sean Anderson.
    @inline(__always)
    private static func hasSpecial(_ word: UInt64) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let highs = ones << 7
        let quotes = word ^ (ones &* 0x22)
        let backslashes = word ^ (ones &* 0x5c)
        let controls = (word &- ones &* 0x20) & ~word
        return (controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes) & highs != 0
    }
}
