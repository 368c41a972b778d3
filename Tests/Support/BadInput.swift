import Models
import Testing

/// What a write answers to bodies and headers that are wrong (S-5, S-26): the checks that are the same for every write
/// of every service.
package struct BadInput: Sendable {
    /// Sends bytes as the write's body, with header fields.
    package typealias Send = @Sendable ([UInt8], [String: String]) async throws -> TestAnswer

    private let write: Write
    private let send: Send

    /// Takes a write and a way to send it.
    package init(_ write: Write, send: @escaping Send) {
        self.write = write
        self.send = send
    }

    private var name: String { write.testDescription }

    private func send(_ text: String, _ headers: [String: String] = [:]) async throws -> TestAnswer {
        try await send(Array(text.utf8), headers)
    }

    /// What is not JSON is 400.
    package func malformed() async throws {
        var invalid = Array(write.body().utf8)
        invalid.insert(0xFF, at: invalid.count / 2)
        let good = write.body()
        let duplicate = good.dropLast() + ", " + good.dropFirst()
        let texts: [[UInt8]] = [
            [], Array("{".utf8), Array(good.dropLast().utf8), Array((good + "x").utf8), Array("nonsense".utf8),
            invalid, [0] + Array(good.utf8), Array(good.utf8) + [0], Array(duplicate.utf8),
            Array(#"{"a": "\ud800"}"#.utf8), Array("{\"a\": \"\n\"}".utf8),
            Array((String(repeating: "[", count: 100_000)).utf8),
        ]
        for bytes in texts {
            let answer = try await send(bytes, [:])
            #expect(answer.status == 400, "\(name) \(bytes.prefix(60)) \(answer.status)")
            #expect(answer.code == "malformed_request", "\(name)")
            #expect(answer.header("Content-Type") == "application/problem+json", "\(name)")
        }
    }

    /// A body of another shape is 422, and all missing fields are named at once.
    package func otherShapes() async throws {
        for text in ["[]", "1", "null", "\"text\"", "true"] {
            let answer = try await send(text)
            #expect(answer.status == 422, "\(name) \(text)")
            #expect(answer.code == "invalid_body", "\(name)")
        }
        guard !write.required.isEmpty else { return }
        let answer = try await send("{}")
        #expect(answer.status == 422, "\(name)")
        #expect(Set(answer.pointers) == Set(write.required.map { "/\($0)" }), "\(name)")
    }

    /// Every field of a wrong type is named, all at once.
    package func wrongTypes() async throws {
        for value in ["null", "[[1]]", "{\"a\": 1}", "1.5", "99999999999999999999"] {
            let expected = Set(write.fields.keys).subtracting(value == "null" ? write.nullable : [])
            guard !expected.isEmpty else { continue }
            let answer = try await send(write.body(allFieldsBeing: value))
            #expect(answer.status == 422, "\(name) \(value) \(answer.status)")
            let named = Set(answer.pointers.map { String($0.split(separator: "/").first ?? "") })
            #expect(named == expected, "\(name) \(value)")
        }
    }

    /// A field that is not known is named; `others` are the service's own that nobody sets (S-5).
    package func unknownFields(_ others: [String]) async throws {
        let everywhere = ["odd", "id", "workspace_id", "version", "created_at", "created_by", "updated_at", "Odd", ""]
        for field in everywhere + others where write.fields[field] == nil {
            let answer = try await send(write.body(replacing: field, with: "1"))
            #expect(answer.status == 422, "\(name) \(field)")
            #expect(answer.pointers == ["/\(field)"], "\(name) \(field)")
            #expect(answer.json["errors"]?.items.first?["code"]?.text == "unknown_field", "\(name) \(field)")
        }
    }

    /// A text that is too long, empty, or holds NUL is named.
    package func texts() async throws {
        for (field, longest) in write.texts {
            let (long, wide) = (String(repeating: "a", count: longest + 1), String(repeating: "é", count: longest + 1))
            for text in ["", "   ", long, wide, #"a\u0000b"#] {
                let answer = try await send(write.body(replacing: field, with: "\"\(text)\""))
                #expect(answer.status == 422, "\(name) \(field) \(text.prefix(20))")
                #expect(answer.pointers.contains("/\(field)"), "\(name) \(field) \(text.prefix(20))")
            }
        }
    }

    /// A body over 1 MiB is 413, another media type 415.
    package func tooLarge() async throws {
        let large = [UInt8](repeating: UInt8(ascii: " "), count: Contract.bodyLimitBytes + 1)
        let answer = try await send(large, [:])
        #expect(answer.status == 413, "\(name)")
        for type in ["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""] {
            let answer = try await send(write.body(), ["Content-Type": type])
            #expect(answer.status == 415, "\(name) \(type)")
        }
    }

    /// A malformed `If-Match` or `Idempotency-Key` is 400.
    package func headers() async throws {
        for header in ["12", "\"x\"", "\"1\", \"2\"", "W/\"1\"", "\"0\"", "\"1.\"", "\"99999999999999999999\""] {
            let answer = try await send(write.body(), ["If-Match": header])
            #expect(answer.status == 400, "\(name) \(header)")
        }
        for key in ["", String(repeating: "k", count: 256)] {
            let answer = try await send(write.body(), ["Idempotency-Key": key])
            #expect(answer.status == 400, "\(name) \(key.count)")
        }
    }
}
