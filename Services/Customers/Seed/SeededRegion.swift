import Models
import ServiceKit

/// Where a made-up customer lives: what people and companies are called there, and how they are reached.
struct SeededRegion: Sendable {
    /// The language's tag.
    let language: String
    /// How many of a hundred customers live there.
    let weight: Int
    let givenNames: [String]
    let familyNames: [String]
    /// What a company does, and what it is by law.
    let trades: [String]
    let companyForms: [String]
    /// The mail providers of people.
    let providers: [String]
    /// The beginning of telephone numbers, country and area.
    let dialCodes: [String]

    /// A name on the mail server: letters of ASCII, what others become as people spell them.
    static func mailName(_ name: String) -> String {
        var mail = ""
        for character in name.lowercased() {
            if character.isASCII {
                if character.isLetter || character.isNumber { mail.append(character) }
            } else {
                mail += spelling[character] ?? ""
            }
        }
        return mail
    }

    private static let spelling: [Character: String] = [
        "i\u{307}": "i", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "à": "a", "á": "a", "â": "a", "ã": "a", "å": "aa",
        "æ": "ae",
        "ç": "c", "è": "e", "é": "e", "ê": "e", "ë": "e", "ì": "i", "í": "i", "î": "i", "ï": "i", "ñ": "n",
        "ò": "o", "ó": "o", "ô": "o", "õ": "o", "ø": "o", "ù": "u", "ú": "u", "û": "u", "ý": "y", "ą": "a",
        "ć": "c", "ę": "e", "ł": "l", "ń": "n", "ś": "s", "ź": "z", "ż": "z", "ğ": "g", "ı": "i", "ş": "s",
        "た": "ta", "な": "na", "か": "ka", "さ": "sa", "と": "to", "う": "u", "す": "su", "ず": "zu", "き": "ki",
        "や": "ya", "ま": "ma", "も": "mo", "い": "i", "ゆ": "yu", "は": "ha", "る": "ru", "こ": "ko", "け": "ke",
        "ん": "n", "じ": "ji", "み": "mi", "ほ": "ho", "わ": "wa", "で": "de", "だ": "da", "ひ": "hi",
        "ろ": "ro", "り": "ri", "え": "e", "お": "o", "あ": "a", "し": "shi", "つ": "tsu", "よ": "yo", "の": "no",
        "ら": "ra", "く": "ku", "せ": "se", "べ": "be", "ょ": "yo", "ō": "o",
    ]
}

extension SeededRegion {
    /// All regions; their weights are a hundred together.
    static let all: [SeededRegion] = [german, english, french, spanish, polish, turkish, japanese, kana, italian]

    /// Draws a region by its weight.
    static func draw(_ random: inout SeededRandom) -> SeededRegion {
        all[random.index(byWeights: all.map(\.weight))]
    }
}
