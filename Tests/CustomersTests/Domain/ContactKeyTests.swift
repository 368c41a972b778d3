import Models
import Testing

@testable import Customers

@Suite("The form by which contacts are compared (B3)")
struct ContactKeyTests {
    @Test(
        "a telephone number is + and digits however it is typed",
        arguments: [
            ("+49 30 1234567", "+49301234567"), ("0049 (0)30 / 123-4567", "+49301234567"),
            ("+49(0)30.123.4567", "+49301234567"), ("+1 (415) 555\u{2011}2671", "+14155552671"),
            ("+٤٩ ٣٠ ١٢٣٤٥٦٧", "+49301234567"), ("+81\u{a0}3-1234-5678", "+81312345678"),
        ])
    func international(typed: String, key: String) {
        #expect(ContactKey(.phone, typed)?.text == key)
    }

    @Test(
        "a number without a country keeps apart from every international one",
        arguments: [
            ("030 1234567", "+0301234567"), ("(415) 555-2671", "+04155552671"), ("110", "+0110"),
            ("415 5552671", "+04155552671"),
        ])
    func national(typed: String, key: String) {
        #expect(ContactKey(.phone, typed)?.text == key)
    }

    @Test(
        "what cannot be dialled is no telephone number",
        arguments: [
            "", "12", "+", "+0 30 123456", "0000", "call me", "+49 30 12a", "+49 30 1234567890123456", "49+30 1234",
            "00", "٤", "+1", "1234\u{0}5", "(0)", "+49;30;1234", String(repeating: "1", count: 10_000),
        ])
    func notDialled(typed: String) {
        #expect(ContactKey(.phone, typed) == nil)
    }

    @Test("a mail address is compared without regard to case, in its local part too")
    func mail() {
        #expect(ContactKey(.email, "Ada.Lovelace@Example.COM")?.text == "ada.lovelace@example.com")
        #expect(ContactKey(.email, "Ärzte@Bücher.example")?.text == "ärzte@bücher.example")
        for wrong in ["", "ada", "@example.com", "ada@", "a@b@c", "ada love@example.com", "ada@exa mple.com"] {
            #expect(ContactKey(.email, wrong) == nil, "\(wrong)")
        }
    }

    @Test("a handle is compared in lower case and without its @")
    func handle() {
        #expect(ContactKey(.handle, "@Ada_L") == ContactKey(.handle, "ada_l"))
        #expect(ContactKey(.handle, "@") == nil)
        #expect(ContactKey(.handle, String(repeating: "x", count: 101)) == nil)
    }

    @Test("equal texts of two kinds are two contacts")
    func kinds() {
        #expect(ContactKey(.handle, "ada@example.com") != ContactKey(.email, "ada@example.com"))
    }

    @Test("a search finds a number by its digits without the zeros before them")
    func searched() {
        #expect(ContactKey(.phone, "030 1234")?.searched == "301234")
        #expect(ContactKey(.phone, "+49 30 1234")?.searched == "49301234")
        #expect(ContactKey(.email, "A@B.example")?.searched == "a@b.example")
    }
}
