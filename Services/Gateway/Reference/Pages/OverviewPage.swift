import HTML
import Models

/// The first page: what holds for every operation, and where the operations are.
struct OverviewPage {
    let document: ReferenceDocument
    let guide: [GuideSection]

    func write(into html: inout HTMLWriter) {
        html.element("header", [.class("title hero")]) { html in
            html.element("h1", "The API of Casebook")
            html.element("p", [.class("summary")]) { html in
                html.text("Tickets, customers and people over HTTP and JSON. \(document.operations.count) operations, ")
                html.text("each with its permission, fields, problems and an example that runs.")
            }
        }
        resources(&html)
        for section in guide { write(section, &html) }
    }

    private func resources(_ html: inout HTMLWriter) {
        html.element("section", [.class("resources"), .aria("labelledby", "resources")]) { html in
            html.element("h2", [.id("resources"), .class("unseen")], "Resources")
            html.element("ul") { html in
                for resource in document.resources {
                    html.element("li") { html in
                        html.element("a", [.href(resource.address)]) { html in
                            html.element("b", resource.title)
                            let count = resource.operations.count
                            html.element("span", count == 1 ? "1 operation" : "\(count) operations")
                        }
                    }
                }
            }
        }
    }

    private func write(_ section: GuideSection, _ html: inout HTMLWriter) {
        html.element("section", [.class("guide"), .id(section.id), .aria("labelledby", "\(section.id)-title")]) {
            html in
            html.element("h2", [.id("\(section.id)-title")]) { html in
                html.element("a", [.href("#\(section.id)")], section.title)
            }
            html.element("p", [.class("summary")]) { $0.prose(section.summary) }
            for block in section.blocks { write(block, &html) }
        }
    }

    private func write(_ block: GuideSection.Block, _ html: inout HTMLWriter) {
        switch block {
        case .prose(let text): html.element("p") { $0.prose(text) }
        case .code(let label, let text):
            let value = label.hasSuffix("json") ? try? JSONParser.parse(Array(text.utf8)) : nil
            html.block(label) { html in
                if let value { html.json(value) } else { html.text(text) }
            }
        case .terms(let terms):
            html.element("dl", [.class("terms")]) { html in
                for (term, meaning) in terms {
                    html.element("div") { html in
                        html.element("dt", term)
                        html.element("dd") { $0.prose(meaning) }
                    }
                }
            }
        case .problems:
            html.element("dl", [.class("problems")]) { html in
                for problem in document.problemsOfAll { html.problem(problem) }
            }
        }
    }
}

extension HTMLWriter {
    /// A text in which words between backticks are code.
    mutating func prose(_ text: String) {
        for (index, part) in text.split(separator: "`", omittingEmptySubsequences: false).enumerated() {
            if index.isMultiple(of: 2) { self.text(part) } else { code(part) }
        }
    }
}
