/// Numbers the places of bound values in a statement's text.
///
/// While a statement is put together, one mark stands for each value, so that fragments are joined as they are; the
/// numbers are made once for each text, when it is first sent.
enum PlaceholderText {
    /// Stands for a value: a control character, which no statement holds.
    static let mark: UInt8 = 0x01
    /// The same as text.
    static let markText = "\u{1}"

    /// The text with `$1` … `$n`, in the order of the marks.
    static func numbered(_ template: String) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(template.utf8.count + 64)
        var number = 0
        for byte in template.utf8 {
            guard byte == mark else {
                text.append(byte)
                continue
            }
            number += 1
            text.append(UInt8(ascii: "$"))
            text.append(contentsOf: String(number).utf8)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// How many values a template wants.
    static func count(in template: String) -> Int {
        template.utf8.count { $0 == mark }
    }
}
