import Models
import Testing

@Suite("Texts and their rules")
struct TextTests {
    @Test("a label is one trimmed line of 1 to 140 characters")
    func labels() {
        #expect(Text<Label>("  Ada \n")?.value == "Ada")
        #expect(Text<Label>("a\nb") == nil)
        #expect(Text<Label>(" \u{3000} ") == nil)
    }

    @Test(
        "a text of zero-width characters alone is refused, one with a letter beside them is not",
        arguments: ["\u{200B}", "\u{FEFF}\u{200D}", "\u{2060} \u{3164}", "\u{AD}"])
    func refusesInvisibleTexts(text: String) {
        #expect(Text<Label>(text) == nil)
        #expect(Text<IssueDescription>(text) == nil)
        #expect(Text<NoteText>(text) == nil)
        #expect(Text<ShortText>(text) == nil)
        #expect(Text<IssueDescription>("\(text)\u{1F525}")?.value == "\(text)\u{1F525}")
        #expect(Text<Label>("a\(text)b") != nil)
    }

    @Test(
        "a mail address has one @, a local part and a domain of labels",
        arguments: [
            ("Ada@Example.COM", "Ada@example.com"), (" a@b.c ", "a@b.c"), ("ü@bücher.example", "ü@bücher.example"),
            ("a+tag@x-y.example", "a+tag@x-y.example"),
        ])
    func acceptsAddresses(text: String, kept: String) {
        #expect(Text<MailAddress>(text)?.value == kept)
    }

    @Test(
        "what no mail server could take is refused",
        arguments: ["a", "@b.c", "a@", "a@@b.c", "a b@c.d", "a@b..c", "a@-b.c", "a@b-.c", "a\u{7}@b.c", "a@b_c.d"])
    func refusesAddresses(text: String) {
        #expect(Text<MailAddress>(text) == nil)
    }

    @Test("a slug is in lower case and has hyphens inside only", arguments: ["-a", "a-", "a_b", "a", "ä-b", "a b"])
    func refusesSlugs(text: String) {
        #expect(Text<Slug>(text) == nil)
        #expect(Text<Slug>("Acme-1")?.value == "acme-1")
    }

    @Test("a secret never shows itself where it is described")
    func hidesSecrets() {
        let password = Text<NewPassword>("correct horse battery")
        #expect(password.map { "\($0)" } == "<redacted>")
        #expect(password?.value == "correct horse battery")
    }
}
