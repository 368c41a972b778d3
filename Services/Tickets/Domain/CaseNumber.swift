/// The number that people read to each other: the day as YYMMDD and its count, of at least three digits.
///
/// The 1,000th ticket of 15 January 2026 is 2601151000.
struct CaseNumber: Hashable, Sendable {
    /// The digits.
    let text: String

    /// Takes the day as `YYMMDD` and the count from 1.
    init(day: String, count: Int64) {
        let digits = String(count)
        text = day + String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
    }
}
