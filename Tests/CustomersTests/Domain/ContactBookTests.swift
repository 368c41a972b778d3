import Models
import Testing

@testable import Customers

@Suite("The rules among the contacts of a customer (B3)")
struct ContactBookTests {
    private let ids = (0..<60).map { _ in ID<Contact>.make(at: .now) }.sorted()

    @Test("the first contact of a kind is the primary one, unless another is marked")
    func primaryOfNew() throws {
        let book = try ContactBook(
            adding: [mail("a@x.example"), mail("b@x.example", isPrimary: true), phone("+49 30 1234")], ids: ids)
        #expect(book.contacts.map(\.isPrimary) == [false, true, true])
        let unmarked = try ContactBook(
            adding: [mail("a@x.example", isPrimary: false), mail("b@x.example")], ids: ids)
        #expect(unmarked.contacts.map(\.isPrimary) == [true, false])
    }

    @Test("all that is wrong with new contacts is named at once, with its place")
    func faults() {
        #expect(
            throws: ContactViolation.faults([
                ContactFault(.notOfItsKind(.email), at: 0), ContactFault(.repeated, at: 2),
                ContactFault(.secondPrimary, at: 3), ContactFault(.notOfItsKind(.phone), at: 4),
            ])
        ) {
            try ContactBook(
                adding: [
                    mail("nobody"), mail("a@x.example", isPrimary: true), mail("A@X.example"),
                    mail("c@x.example", isPrimary: true), phone("call me"),
                ], ids: ids)
        }
    }

    @Test("a marked contact takes the place of the primary one, and its kind alone is touched")
    func promotion() throws {
        var book = try ContactBook(adding: [mail("a@x.example"), phone("+49 30 1234")], ids: ids)
        try book.add(mail("b@x.example", isPrimary: true), id: ids[9])
        #expect(book.contacts.filter(\.isPrimary).map(\.value) == ["b@x.example", "+49 30 1234"])
        try book.change(ids[0], UpdateContact(isPrimary: true))
        #expect(book.contacts.filter(\.isPrimary).map(\.value) == ["a@x.example", "+49 30 1234"])
    }

    @Test("the primary contact stays it until another is, and the oldest left succeeds one that is removed")
    func succession() throws {
        var book = try ContactBook(
            adding: [mail("a@x.example"), mail("b@x.example"), mail("c@x.example"), phone("+49 30 1234")], ids: ids)
        #expect(throws: ContactViolation.faults([ContactFault(.demoted)])) {
            try book.change(ids[0], UpdateContact(isPrimary: false))
        }
        try book.remove(ids[0])
        #expect(book.contacts.filter(\.isPrimary).map(\.value) == ["b@x.example", "+49 30 1234"])
        try book.remove(ids[3])
        #expect(book.contacts.map(\.value) == ["b@x.example", "c@x.example"])
        #expect(throws: ContactViolation.missing) { try book.remove(ids[3]) }
        #expect(throws: ContactViolation.missing) { try book.change(ids[3], UpdateContact()) }
    }

    @Test("another address is not verified any more, the same one written otherwise still is")
    func verification() throws {
        var book = try ContactBook(adding: [mail("a@x.example", isVerified: true)], ids: ids)
        try book.change(ids[0], UpdateContact(value: Text("A@x.example")))
        #expect(book.contacts[0].isVerified)
        #expect(book.contacts[0].value == "A@x.example")
        try book.change(ids[0], UpdateContact(value: Text("b@x.example")))
        #expect(!book.contacts[0].isVerified)
        try book.change(ids[0], UpdateContact(value: Text("c@x.example"), isVerified: true))
        #expect(book.contacts[0].isVerified)
    }

    @Test("a contact cannot become one that the customer has already, nor one of no form")
    func repeated() throws {
        var book = try ContactBook(adding: [mail("a@x.example"), mail("b@x.example")], ids: ids)
        #expect(throws: ContactViolation.faults([ContactFault(.repeated)])) {
            try book.change(ids[1], UpdateContact(value: Text("A@X.example")))
        }
        #expect(throws: ContactViolation.faults([ContactFault(.repeated)])) {
            try book.add(mail("B@x.example"), id: ids[5])
        }
        #expect(throws: ContactViolation.faults([ContactFault(.notOfItsKind(.email))])) {
            try book.change(ids[1], UpdateContact(value: Text("nobody")))
        }
    }

    @Test("a label is set and cleared")
    func label() throws {
        var book = try ContactBook(adding: [mail("a@x.example")], ids: ids)
        try book.change(ids[0], UpdateContact(label: .set(try #require(Text("work")))))
        #expect(book.contacts[0].label == "work")
        try book.change(ids[0], UpdateContact(label: .null))
        #expect(book.contacts[0].label == nil)
    }

    @Test("the fiftieth contact is the last")
    func limit() throws {
        var book = try ContactBook(adding: (0..<50).map { mail("a\($0)@x.example") }, ids: ids)
        #expect(throws: ContactViolation.full) { try book.add(mail("b@x.example"), id: ids[55]) }
    }

    @Test("of two lists the difference says what goes, what steps down and what is written")
    func difference() throws {
        let old = try ContactBook(adding: [mail("a@x.example"), mail("b@x.example"), phone("+49 30 1234")], ids: ids)
        var new = old
        #expect(ContactDifference(from: old.contacts, to: new.contacts).isEmpty)
        try new.change(ids[1], UpdateContact(isPrimary: true))
        try new.remove(ids[2])
        let difference = ContactDifference(from: old.contacts, to: new.contacts)
        #expect(difference.removed == [ids[2]])
        #expect(difference.demoted == [ids[0]])
        #expect(difference.written.map(\.id) == [ids[0], ids[1]])
    }

    private func mail(_ value: String, isVerified: Bool? = nil, isPrimary: Bool? = nil) -> NewContact {
        contact(.email, value, isVerified, isPrimary)
    }

    private func phone(_ value: String) -> NewContact { contact(.phone, value, nil, nil) }

    private func contact(
        _ kind: ContactKind, _ value: String, _ isVerified: Bool?, _ isPrimary: Bool?
    ) -> NewContact {
        guard let text = Text<ContactValue>(value) else { preconditionFailure("a contact's value in a test") }
        return NewContact(kind: kind, value: text, isVerified: isVerified, isPrimary: isPrimary)
    }
}
