import Testing

@testable import Tasks

@Suite("Texts of templates")
struct TemplateTextTests {
    @Test("places are filled in, with other words where there is nothing, and what is filled in opens no place")
    func filled() throws {
        let text = try TemplateText("{{ticket.case_number}}: call {{ ticket.assignee | somebody }} on {{today}}")
        let filled = try text.filled(from: [.caseNumber: "{{today}}", .today: "2026-01-15"])
        #expect(filled == "{{today}}: call somebody on 2026-01-15")
    }

    @Test(
        "a place that there is not, or that is not closed, is refused",
        arguments: [
            ("{{ticket.secret}}", TemplateText.Fault.unknownPlace("ticket.secret")), ("{{", .unclosed),
            ("{{today", .unclosed), ("a {{}} b", .unknownPlace("")), ("{{today}} {{x|y}}", .unknownPlace("x")),
        ])
    func refused(text: String, fault: TemplateText.Fault) {
        #expect(throws: fault) { try TemplateText(text) }
    }

    @Test("nothing to fill in and no other words is a fault; text without places stays as it is")
    func nothing() throws {
        #expect(throws: TemplateText.Fault.nothing(.owner)) { try TemplateText("{{ticket.owner}}").filled(from: [:]) }
        let plain = "Plain } text { with | braces }}"
        let filled = try TemplateText(plain).filled(from: [:])
        #expect(filled == plain)
    }
}
