import Testing

@testable import Tickets

@Suite("What somebody typed, taken apart (K3)")
struct SearchTermsTests {
    @Test(
        "words are terms, and so is what stands in double quotes",
        arguments: [
            ("printer", ["printer"]), ("printer on fire", ["printer", "on", "fire"]),
            ("  printer\t fire ", ["printer", "fire"]), (#""on fire""#, ["on fire"]),
            (#"printer "on  fire" now"#, ["printer", "on fire", "now"]), (#""unclosed phrase"#, ["unclosed phrase"]),
            (#""""#, []), (#"" ""#, []), (#"a"b c"d"#, ["a", "b c", "d"]), ("", []),
        ])
    func terms(phrase: String, terms: [String]) {
        #expect(SearchTerms(phrase).terms == terms)
    }

    @Test("at most six terms of at most 64 characters count")
    func limits() {
        #expect(SearchTerms("a b c d e f g h").terms == ["a", "b", "c", "d", "e", "f"])
        #expect(SearchTerms(String(repeating: "x", count: 100)).terms == [String(repeating: "x", count: 64)])
        #expect(SearchTerms(String(repeating: "👍🏽", count: 100)).terms.first?.count == 64)
    }

    @Test("digits alone may be a case number or its end; with anything beside them they are words")
    func digits() {
        #expect(SearchTerms("260115001").digits == "260115001")
        #expect(SearchTerms(" 5001 ").digits == "5001")
        #expect(SearchTerms("123").digits == "123")
        #expect(SearchTerms("5001 printer").digits == nil)
        #expect(SearchTerms("5001 5002").digits == nil)
        #expect(SearchTerms("5001a").digits == nil)
        #expect(SearchTerms("٥٠٠١").digits == nil)
        #expect(SearchTerms("").digits == nil)
        #expect(SearchTerms(String(repeating: "1", count: 60)).digits?.count == 20)
    }
}
