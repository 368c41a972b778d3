import HTML
import Models

/// The small pieces that all pages share.
extension HTMLWriter {
    /// A method as a badge.
    mutating func method(_ method: String) {
        element("span", [.class("method \(method.lowercased())")], method)
    }

    /// A word of code.
    mutating func code(_ text: some StringProtocol) { element("code", text) }

    /// A path that may break after each slash, its parameters marked.
    mutating func path(_ path: String) {
        element("code", [.class("path")]) { html in
            for (index, part) in path.split(separator: "/").enumerated() {
                if index > 0 { html.raw("<wbr>") }
                html.text("/")
                if part.hasPrefix("{") { html.element("var", part) } else { html.text(part) }
            }
        }
    }

    /// A type in words; one that has a place of its own is a link there.
    mutating func type(_ shape: ReferenceShape) {
        element("span", [.class("type")]) { html in
            html.text(shape.prefix)
            if let reference = shape.reference {
                html.element("a", [.href(ReferenceSchema.address(of: reference))], reference)
            } else {
                html.text(shape.type)
            }
            if shape.isNullable { html.text(" or null") }
        }
    }

    /// The members of a type.
    mutating func fields(of schema: ReferenceSchema) { fields(schema.fields, areOfBody: schema.isOfBody) }

    /// Fields, one under the other: name and type on a line, then what it means and its bounds.
    ///
    /// - Parameters:
    ///   - fields: The fields in their order.
    ///   - areOfBody: Whether they are sent: then one may be demanded, else one may be missing.
    mutating func fields(_ fields: [ReferenceField], areOfBody: Bool) {
        element("dl", [.class("fields")]) { html in
            for field in fields {
                html.element("div") { html in
                    html.element("dt") { html in
                        html.code(field.name)
                        html.text(" ")
                        html.type(field.shape)
                        if areOfBody == field.isRequired {
                            html.element("span", [.class("required")], areOfBody ? "required" : "may be absent")
                        }
                    }
                    html.element("dd") { $0.meaning(of: field) }
                }
            }
        }
    }

    private mutating func meaning(of field: ReferenceField) {
        if let summary = field.summary { element("p") { $0.prose(summary) } }
        if !field.shape.words.isEmpty {
            element("p", [.class("bounds")]) { html in
                html.text(field.shape.isOpen ? "Today one of " : "One of ")
                for (index, word) in field.shape.words.enumerated() {
                    if index > 0 { html.text(", ") }
                    html.code(word)
                }
                if field.shape.isOpen { html.text("; more may come") }
                html.text(".")
            }
        }
        let bounds = field.bounds
        if !bounds.isEmpty {
            element("p", [.class("bounds")], bounds.joined(separator: ", ") + ".")
        }
        // In words it says more; the expression is in /openapi.json.
        if let pattern = field.shape.pattern, field.summary == nil {
            element("p", [.class("bounds")]) { html in
                html.text("Matches ")
                html.code(pattern)
            }
        }
    }

    /// A block of code that can be copied.
    mutating func block(_ label: String, _ content: (inout HTMLWriter) -> Void) {
        element("figure", [.class("block")]) { html in
            html.element("figcaption", label)
            html.element("pre", [.tabindex(0)]) { html in
                html.element("code") { content(&$0) }
            }
        }
    }

    /// A JSON document, indented, its parts marked.
    mutating func json(_ value: JSONValue, indent: Int = 0) {
        switch value {
        case .object(let members) where !members.isEmpty:
            lines(members, "{", "}", indent) { html, member in
                html.element("span", [.class("key")]) { $0.bytes(of: .string(member.name)) }
                html.text(": ")
                html.json(member.value, indent: indent + 1)
            }
        case .array(let items) where !items.isEmpty:
            lines(items, "[", "]", indent) { html, item in html.json(item, indent: indent + 1) }
        case .string: element("span", [.class("string")]) { $0.bytes(of: value) }
        case .integer, .number, .bool, .null: element("span", [.class("literal")]) { $0.bytes(of: value) }
        case .object, .array: bytes(of: value)
        }
    }

    private mutating func bytes(of value: JSONValue) {
        text(String(decoding: JSONWriter.bytes(of: value), as: UTF8.self))
    }

    private mutating func lines<Element>(
        _ elements: [Element], _ open: String, _ close: String, _ indent: Int,
        _ write: (inout HTMLWriter, Element) -> Void
    ) {
        text(open)
        for (index, element) in elements.enumerated() {
            text(index > 0 ? ",\n" : "\n")
            text(String(repeating: "  ", count: indent + 1))
            write(&self, element)
        }
        text("\n" + String(repeating: "  ", count: indent) + close)
    }
}
