import HTML
import Testing

@Suite("Writing HTML")
struct HTMLWriterTests {
    private static let hostile = "<script>alert(1)</script>\"'&\u{0}\u{8}\u{7F}é"
    private static let escaped =
        "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\u{FFFD}\u{FFFD}\u{FFFD}é"

    private func written(_ write: (inout HTMLWriter) -> Void) -> String {
        var html = HTMLWriter()
        write(&html)
        return String(decoding: html.bytes, as: UTF8.self)
    }

    @Test("a text means itself, whatever stands in it (S-24)")
    func texts() {
        #expect(written { $0.text(Self.hostile) } == Self.escaped)
        #expect(written { $0.element("p", Self.hostile) } == "<p>\(Self.escaped)</p>")
        #expect(written { $0.element("p", [.class("a")]) { $0.text("b\tc\nd") } } == "<p class=\"a\">b\tc\nd</p>")
    }

    @Test("an attribute's value cannot leave its quotes, by any attribute that there is (S-24)")
    func attributes() {
        let all: [HTMLAttribute] = [
            .id(Self.hostile), .class(Self.hostile), .lang(Self.hostile), .role(Self.hostile), .title(Self.hostile),
            .aria("label", Self.hostile), .data("x", Self.hostile), .name(Self.hostile), .value(Self.hostile),
            .content(Self.hostile), .placeholder(Self.hostile), .for(Self.hostile), .popoverTarget(Self.hostile),
            .href("/\(Self.hostile)"), .src("/\(Self.hostile)"), .action("/\(Self.hostile)"),
        ]
        for attribute in all {
            let text = written { $0.tag("a", [attribute]) }
            let body = text.dropFirst("<a ".count).dropLast(">".count)
            #expect(body.filter { $0 == "\"" }.count == 2 && body.hasSuffix("\(Self.escaped)\""), "\(text)")
            #expect(!body.contains("<") && !body.contains("'"), "\(text)")
        }
        #expect(written { $0.tag("a", [.hidden, .popover, .tabindex(-1)]) } == "<a hidden popover tabindex=\"-1\">")
    }

    @Test(
        "an address that could run something or leave the site unseen is written as a place in the page",
        arguments: [
            "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "\u{1}javascript:alert(1)",
            "data:text/html,<script>", "vbscript:x", "//evil.example/", "/\\evil.example/", "/\t/evil.example",
            "ftp://a",
            "docs", "",
        ])
    func addresses(address: String) {
        #expect(written { $0.tag("a", [.href(address)]) } == "<a href=\"#\">")
        #expect(written { $0.tag("a", [.src(address)]) } == "<a src=\"#\">")
    }

    @Test(
        "paths, places and http addresses are written as they are",
        arguments: ["/", "/a?b=1#c", "#a", "?q=1", "https://a/"])
    func goodAddresses(address: String) {
        #expect(written { $0.tag("a", [.href(address)]) } == "<a href=\"\(address)\">")
    }
}
