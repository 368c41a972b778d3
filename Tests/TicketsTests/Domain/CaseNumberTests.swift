import Testing

@testable import Tickets

@Suite("The text of a case number (A2, SC-3)")
struct CaseNumberTests {
    @Test(
        "the count has at least three digits, and as many as it needs",
        arguments: [
            (1, "260115001"), (9, "260115009"), (10, "260115010"), (99, "260115099"), (100, "260115100"),
            (999, "260115999"), (1_000, "2601151000"), (12_345, "26011512345"), (999_999_999, "260115999999999"),
        ])
    func digits(count: Int64, text: String) {
        #expect(CaseNumber(day: "260115", count: count).text == text)
    }
}
