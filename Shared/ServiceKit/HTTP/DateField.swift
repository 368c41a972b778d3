import Models
import Synchronization

/// What `Date` says, written once a second (RFC 9110, section 5.6.7).
final class DateField: Sendable {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private let last = Mutex<(second: Int64, text: String)>((.min, ""))

    /// The instant as the field has it.
    func text(at instant: Timestamp) -> String {
        let second = instant.microseconds / 1_000_000
        return last.withLock { last in
            if last.second != second { last = (second, Self.written(second)) }
            return last.text
        }
    }

    /// Writes a second after 1970.
    private static func written(_ second: Int64) -> String {
        // "1970-01-01T00:00:00Z": year, month, day and time stand at fixed places.
        let text = Timestamp(microseconds: second * 1_000_000).description
        let date = text.prefix(10).split(separator: "-")
        let time = text.dropFirst(11).prefix(8)
        let month = Int(date[1]).map { months[$0 - 1] } ?? ""
        return "\(weekdays[Int(second / 86_400 % 7)]), \(date[2]) \(month) \(date[0]) \(time) GMT"
    }
}
