/// Writes HTML as bytes: markup is written by the program, and every text that comes from elsewhere is escaped.
///
/// There is no way to write a text as markup: ``raw(_:)`` takes what stands in the program, and elements and attributes
/// have names that stand in the program too. Text of `script` and `style` elements follows other rules (HTML Living
/// Standard, section 13.1.2), so this writer is not for them.
package struct HTMLWriter: Sendable {
    /// What was written so far, as UTF-8.
    package private(set) var bytes: [UInt8] = []

    /// An empty page.
    package init() {}

    /// Writes markup that stands in the program.
    package mutating func raw(_ markup: StaticString) {
        markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Writes a text, escaped; what HTML cannot carry is written as U+FFFD.
    package mutating func text(_ text: some StringProtocol) {
        HTMLEscape.append(text.utf8, to: &bytes)
    }

    /// Writes an element with what is in it.
    ///
    /// - Parameters:
    ///   - name: The element's name.
    ///   - attributes: Its attributes, in this order.
    ///   - content: Writes what is in it.
    package mutating func element(
        _ name: StaticString, _ attributes: [HTMLAttribute] = [], _ content: (inout HTMLWriter) -> Void
    ) {
        tag(name, attributes)
        content(&self)
        raw("</")
        raw(name)
        raw(">")
    }

    /// Writes an element that holds one text.
    package mutating func element(
        _ name: StaticString, _ attributes: [HTMLAttribute], _ text: some StringProtocol
    ) {
        element(name, attributes) { $0.text(text) }
    }

    /// Writes an element that has no attributes and holds one text.
    package mutating func element(_ name: StaticString, _ text: some StringProtocol) {
        element(name, []) { $0.text(text) }
    }

    /// Writes a tag of an element that has no content, such as `input` (HTML Living Standard, section 13.1.2).
    package mutating func tag(_ name: StaticString, _ attributes: [HTMLAttribute] = []) {
        raw("<")
        raw(name)
        for attribute in attributes { attribute.append(to: &bytes) }
        raw(">")
    }

    /// Writes what another writer has written.
    package mutating func append(_ other: HTMLWriter) {
        bytes.append(contentsOf: other.bytes)
    }
}

/// The one place where text becomes HTML.
enum HTMLEscape {
    private static let replacement = Array("\u{FFFD}".utf8)

    /// Appends a text so that it means itself, in content and in an attribute's quotes alike.
    static func append(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
            case UInt8(ascii: "'"): bytes.append(contentsOf: "&#39;".utf8)
            case 0x09, 0x0A, 0x0D: bytes.append(byte)
            // Control characters are errors in HTML (section 13.2.3.5), and none of them can be seen.
            case 0..<0x20, 0x7F: bytes.append(contentsOf: replacement)
            default: bytes.append(byte)
            }
        }
    }
}
