/// As much of YAML as docker-compose.yml uses: mappings and lists by indentation, lists in brackets, text, and
/// `<<: *name` for what `&name` marks.
///
/// What it does not know it refuses, so that a test never passes over what it did not read.
package indirect enum BlockYAML: Equatable, Sendable {
    case text(String)
    case list([BlockYAML])
    case mapping([String: BlockYAML])

    /// A line that is none of what is known.
    package struct Unreadable: Error {
        let line: String
    }

    /// A member of a mapping.
    package subscript(key: String) -> BlockYAML? {
        if case .mapping(let members) = self { members[key] } else { nil }
    }

    /// The text itself.
    package var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The names of a mapping's members.
    package var keys: Set<String> { if case .mapping(let members) = self { Set(members.keys) } else { [] } }

    /// The texts of a list.
    package var texts: [String] { if case .list(let items) = self { items.compactMap(\.text) } else { [] } }

    /// Reads a document.
    ///
    /// - Throws: ``Unreadable``.
    package init(_ source: String) throws {
        var reader = Reader(source)
        self = try reader.mapping(indentation: 0)
    }

    private struct Reader {
        var lines: [Substring]
        var anchors: [String: BlockYAML] = [:]

        init(_ source: String) {
            lines = source.split(separator: "\n").filter { line in
                let first = line.first { $0 != " " }
                return first != nil && first != "#"
            }
        }

        mutating func mapping(indentation: Int) throws -> BlockYAML {
            var members: [String: BlockYAML] = [:]
            while let line = lines.first, depth(of: line) == indentation {
                lines.removeFirst()
                guard let colon = line.firstIndex(of: ":") else { throw Unreadable(line: String(line)) }
                let key = line[..<colon].drop { $0 == " " }
                let value = try value(of: line[line.index(after: colon)...].drop { $0 == " " }, below: indentation)
                if key == "<<" {
                    guard case .mapping(let merged) = value else { throw Unreadable(line: String(line)) }
                    members.merge(merged) { own, _ in own }
                } else {
                    members[String(key)] = value
                }
            }
            if let line = lines.first, depth(of: line) > indentation { throw Unreadable(line: String(line)) }
            return .mapping(members)
        }

        private mutating func value(of text: Substring, below indentation: Int) throws -> BlockYAML {
            if text.first == "*" {
                guard let value = anchors[String(text.dropFirst())] else { throw Unreadable(line: String(text)) }
                return value
            }
            if text.first == "&" {
                let name = text.dropFirst().prefix { $0 != " " }
                let value = try value(of: text.dropFirst(name.count + 1).drop { $0 == " " }, below: indentation)
                anchors[String(name)] = value
                return value
            }
            if text.isEmpty {
                guard let next = lines.first, depth(of: next) > indentation else { return .text("") }
                return try mapping(indentation: depth(of: next))
            }
            if text.first == "[" {
                guard text.last == "]" else { throw Unreadable(line: String(text)) }
                return .list(Self.items(of: text.dropFirst().dropLast()).map { .text(Self.unquoted($0)) })
            }
            guard let first = text.first, !"{|>-!%@`".contains(first) || text.count > 1 && first == "-" else {
                throw Unreadable(line: String(text))
            }
            return .text(Self.unquoted(text))
        }

        /// Splits at the commas outside of quotes.
        private static func items(of text: Substring) -> [Substring] {
            var items: [Substring] = []
            var start = text.startIndex
            var isQuoted = false
            for index in text.indices {
                if text[index] == "\"" { isQuoted.toggle() }
                if text[index] == ",", !isQuoted {
                    items.append(text[start..<index])
                    start = text.index(after: index)
                }
            }
            return items + [text[start...]]
        }

        private static func unquoted(_ text: Substring) -> String {
            let bare = text.drop { $0 == " " }
            return bare.first == "\"" && bare.last == "\"" ? String(bare.dropFirst().dropLast()) : String(bare)
        }

        private func depth(of line: Substring) -> Int { line.prefix { $0 == " " }.count }
    }
}
