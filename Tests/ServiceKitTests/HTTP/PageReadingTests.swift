import Models
import Testing

@testable import ServiceKit

@Suite("Where a page starts")
struct PageReadingTests {
    private static let binding = "things of one record"

    private func cursor(_ keys: [String], binding: String = Self.binding) throws -> Text<CursorText> {
        try #require(Text<CursorText>(Cursor(binding: binding, keys: keys).text))
    }

    @Test("without a cursor it is the first page, with one what the last row had")
    func reads() throws {
        #expect(try PageReading.keys(nil, binding: Self.binding, count: 2) == nil)
        #expect(try PageReading.id(nil, binding: Self.binding, of: User.self) == nil)
        #expect(try PageReading.version(nil, binding: Self.binding) == nil)
        let id = ID<User>.make(at: .now)
        #expect(try PageReading.id(try cursor([id.description]), binding: Self.binding) == id)
        #expect(try PageReading.version(try cursor(["7"]), binding: Self.binding) == 7)
        #expect(try PageReading.keys(try cursor(["a", "b"]), binding: Self.binding, count: 2) == ["a", "b"])
        #expect(try PageReading.key(try cursor(["a"]), binding: Self.binding) == "a")
    }

    @Test("a cursor of another list, of other keys, or one that nobody gave is invalid_cursor")
    func refuses() throws {
        let wrong: [(Text<CursorText>) throws -> Void] = [
            { _ = try PageReading.id($0, binding: Self.binding, of: User.self) },
            { _ = try PageReading.version($0, binding: Self.binding) },
        ]
        let nonsense = try #require(Text<CursorText>("nonsense"))
        for read in wrong {
            for given in [
                try cursor(["x"]), try cursor(["0"]), try cursor(["-1"]), try cursor(["1", "2"]), nonsense,
                try cursor(["7"], binding: "other"),
            ] {
                let problem = #expect(throws: Problem.self) { try read(given) }
                #expect(problem?.code == .invalidCursor)
            }
        }
    }
}
