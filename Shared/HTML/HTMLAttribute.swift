/// One attribute of an element.
///
/// Its name stands in the program; its value is escaped. Attributes whose value is code (`onclick`, `style`, `srcdoc`)
/// have no way here, and addresses have one of their own.
package struct HTMLAttribute: Sendable {
    private let name: StaticString
    /// What follows the name, such as `label` in `aria-label`.
    private let suffix: StaticString?
    /// `nil` for an attribute that is there or not.
    private let value: String?

    private init(_ name: StaticString, suffix: StaticString? = nil, _ value: String?) {
        self.name = name
        self.suffix = suffix
        self.value = value
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: " "))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        suffix?.withUTF8Buffer { bytes.append(contentsOf: $0) }
        guard let value else { return }
        bytes.append(contentsOf: "=\"".utf8)
        HTMLEscape.append(value.utf8, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    // MARK: Any element

    /// The element's name in its page.
    package static func id(_ value: String) -> HTMLAttribute { HTMLAttribute("id", value) }
    /// What the style sheet knows it by.
    package static func `class`(_ value: String) -> HTMLAttribute { HTMLAttribute("class", value) }
    /// The language of its text.
    package static func lang(_ value: String) -> HTMLAttribute { HTMLAttribute("lang", value) }
    /// What it is to a screen reader.
    package static func role(_ value: String) -> HTMLAttribute { HTMLAttribute("role", value) }
    /// What is shown when the pointer rests on it.
    package static func title(_ value: String) -> HTMLAttribute { HTMLAttribute("title", value) }
    /// Whether it can be focused, and in which order.
    package static func tabindex(_ value: Int) -> HTMLAttribute { HTMLAttribute("tabindex", "\(value)") }
    /// Not shown.
    package static let hidden = HTMLAttribute("hidden", nil)
    /// Shown above the page when it is asked for.
    package static let popover = HTMLAttribute("popover", nil)
    /// A property of WAI-ARIA 1.2, by its name without `aria-`.
    package static func aria(_ name: StaticString, _ value: String) -> HTMLAttribute {
        HTMLAttribute("aria-", suffix: name, value)
    }
    /// A value for our own scripts, by its name without `data-`.
    package static func data(_ name: StaticString, _ value: String) -> HTMLAttribute {
        HTMLAttribute("data-", suffix: name, value)
    }

    // MARK: Addresses

    /// Where a link leads; see ``address(_:)``.
    package static func href(_ value: String) -> HTMLAttribute { HTMLAttribute("href", address(value)) }
    /// Where a script or picture comes from; see ``address(_:)``.
    package static func src(_ value: String) -> HTMLAttribute { HTMLAttribute("src", address(value)) }
    /// Where a form goes; see ``address(_:)``.
    package static func action(_ value: String) -> HTMLAttribute { HTMLAttribute("action", address(value)) }

    /// An address that cannot run anything: a path of this site, a place in the page, or an http address.
    ///
    /// All else, `javascript:` and addresses of other sites without a scheme among it, becomes a place in the page.
    private static func address(_ value: String) -> String {
        let bytes = Array(value.utf8.prefix(2))
        switch bytes.first {
        case UInt8(ascii: "#"), UInt8(ascii: "?"): return value
        case UInt8(ascii: "/"):
            // Browsers read a backslash as a slash (URL Living Standard, section 4.4), and skip tabs and new lines.
            let second = bytes.dropFirst().first ?? UInt8(ascii: "a")
            return second == UInt8(ascii: "/") || second == UInt8(ascii: "\\") || second < 0x20 ? "#" : value
        default: return value.hasPrefix("https://") || value.hasPrefix("http://") ? value : "#"
        }
    }

    // MARK: Links, scripts and forms

    /// How a link relates to the page.
    package static func rel(_ value: StaticString) -> HTMLAttribute { HTMLAttribute("rel", "\(value)") }
    /// The media type of what is linked, or the kind of an input or button.
    package static func type(_ value: StaticString) -> HTMLAttribute { HTMLAttribute("type", "\(value)") }
    /// The method of a form.
    package static func method(_ value: StaticString) -> HTMLAttribute { HTMLAttribute("method", "\(value)") }
    /// The name of an input or of a `meta` element.
    package static func name(_ value: String) -> HTMLAttribute { HTMLAttribute("name", value) }
    /// What an input holds.
    package static func value(_ value: String) -> HTMLAttribute { HTMLAttribute("value", value) }
    /// What a `meta` element says.
    package static func content(_ value: String) -> HTMLAttribute { HTMLAttribute("content", value) }
    /// What an empty input shows.
    package static func placeholder(_ value: String) -> HTMLAttribute { HTMLAttribute("placeholder", value) }
    /// The most characters that an input takes.
    package static func maxlength(_ value: Int) -> HTMLAttribute { HTMLAttribute("maxlength", "\(value)") }
    /// What the browser may fill in.
    package static func autocomplete(_ value: StaticString) -> HTMLAttribute {
        HTMLAttribute("autocomplete", "\(value)")
    }
    /// The keys that bring the focus or press it, as screen readers tell them.
    package static func keyShortcuts(_ value: StaticString) -> HTMLAttribute {
        HTMLAttribute("aria-keyshortcuts", "\(value)")
    }
    /// The input that a label is for.
    package static func `for`(_ id: String) -> HTMLAttribute { HTMLAttribute("for", id) }
    /// What a button opens and closes.
    package static func popoverTarget(_ id: String) -> HTMLAttribute { HTMLAttribute("popovertarget", id) }
    /// What a heading of a table's row or column is for.
    package static func scope(_ value: StaticString) -> HTMLAttribute { HTMLAttribute("scope", "\(value)") }
}
