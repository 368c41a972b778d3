import FoundationEssentials

/// Where a page of a list starts: the sort keys of the last row before it, bound to the list's filter.
///
/// A caller passes it back as it came. It names no workspace: that comes from the token, so that another
/// workspace's cursor shows nothing of that workspace.
package struct Cursor: Sendable, Equatable {
    /// The list and its filter and order, in one text; a cursor of another one is refused.
    package let binding: String
    /// The sort keys of the last row, each as PostgreSQL's text, in the list's order.
    package let keys: [String]

    /// Takes what a cursor holds.
    package init(binding: String, keys: [String]) {
        self.binding = binding
        self.keys = keys
    }

    /// The opaque text: base64url of a version, a digest of the binding and the keys.
    package var text: String {
        let document = JSONValue.array(
            [.integer(1), .string(Self.digest(binding))] + keys.map(JSONValue.string))
        return Base64URL.encode(JSONWriter.bytes(of: document))
    }

    /// Reads a cursor that belongs to a list.
    ///
    /// - Parameters:
    ///   - text: The text as the caller sent it.
    ///   - binding: The list, filter and order that are asked for now.
    ///   - count: How many sort keys the list has.
    /// - Throws: ``Problem`` with ``Problem/Code/invalidCursor`` when it is malformed or belongs to another list.
    package init(_ text: Text<CursorText>, binding: String, count: Int) throws(Problem) {
        guard let bytes = Base64URL.decode(text.value), let document = try? JSONParser.parse(bytes),
            case .array(let parts) = document, parts.count == count + 2, parts.first == .integer(1)
        else { throw Problem(.invalidCursor, "Pass next_cursor back exactly as the list gave it.") }
        guard parts[1] == .string(Self.digest(binding)) else {
            throw Problem(.invalidCursor, "This cursor belongs to another list, filter or order: start without one.")
        }
        var keys: [String] = []
        for part in parts.dropFirst(2) {
            guard case .string(let key) = part, !key.utf8.contains(0) else {
                throw Problem(.invalidCursor, "Pass next_cursor back exactly as the list gave it.")
            }
            keys.append(key)
        }
        self.init(binding: binding, keys: keys)
    }

    /// FNV-1a of 64 bits: it tells filters apart, and guards nothing.
    private static func digest(_ binding: String) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in binding.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return String(hash, radix: 36)
    }
}

/// Base64 with the URL's alphabet and without padding (RFC 4648, section 5).
package enum Base64URL {
    /// The text of bytes.
    ///
    /// Written by hand: every page of a list has a cursor, and to rewrite the standard alphabet's text cost as much as
    /// writing twenty of its rows.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        var (group, count) = (UInt32(0), 0)
        for byte in bytes {
            (group, count) = (group << 8 | UInt32(byte), count + 1)
            guard count == 3 else { continue }
            append(group, digits: 4, to: &text)
            (group, count) = (0, 0)
        }
        if count > 0 { append(group << UInt32(8 * (3 - count)), digits: count + 1, to: &text) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the first of the four digits that 24 bits have.
    private static func append(_ group: UInt32, digits: Int, to text: inout [UInt8]) {
        let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        for place in 0..<digits {
            text.append(alphabet.utf8Start[Int(group >> UInt32(18 - 6 * place)) & 63])
        }
    }

    /// The bytes of a text; `nil` when it has other characters or an impossible length.
    package static func decode(_ text: String) -> [UInt8]? {
        guard text.utf8.allSatisfy(isInAlphabet) else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        let standard = text.replacing("-", with: "+").replacing("_", with: "/") + padding
        return Data(base64Encoded: standard).map(Array.init)
    }

    private static func isInAlphabet(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
    }
}
