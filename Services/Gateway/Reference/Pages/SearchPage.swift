import HTML

/// What a search found: the page without script, and the region that the script puts in.
struct SearchPage {
    let query: String
    let hits: ReferenceSearch.Hits

    func write(into html: inout HTMLWriter) {
        html.element("section", [.id("found"), .class("found"), .aria("labelledby", "found-title")]) { html in
            html.element("h1", [.id("found-title")], "Search")
            html.element("p", [.class("summary"), .role("status")]) { html in
                guard !query.isEmpty else { return html.text("Type what you are looking for.") }
                html.text("\(hits.count == 0 ? "Nothing" : "\(hits.count)") found for ")
                html.element("q", query)
                if hits.count > hits.shown.count { html.text("; the best \(hits.shown.count) are shown") }
                html.text(".")
            }
            if !hits.shown.isEmpty {
                html.element("ol", [.class("hits")]) { html in
                    for hit in hits.shown { html.element("li") { write(hit, &$0) } }
                }
            } else if !query.isEmpty {
                html.element("p") { html in
                    html.text("Try a part of a path, a field, a permission or a problem, such as ")
                    for (index, word) in ["claim", "next_cursor", "tickets:write"].enumerated() {
                        if index > 0 { html.text(", ") }
                        html.element("a", [.href("/docs?q=\(word)")], word)
                    }
                    html.text(".")
                }
            }
        }
    }

    private func write(_ hit: ReferenceSearch.Hit, _ html: inout HTMLWriter) {
        html.element("a", [.href(hit.address)]) { html in
            switch hit.kind {
            case .operation(let operation):
                html.method(operation.method)
                html.text(" ")
                html.path(operation.path)
            case .schema(let name):
                html.element("span", [.class("method of-type")], "TYPE")
                html.text(" ")
                html.code(name)
            case .guide(let title):
                html.element("span", [.class("method of-guide")], "GUIDE")
                html.text(" ")
                html.element("b", title)
            }
            html.element("span", [.class("what")]) { $0.prose(hit.summary) }
        }
    }
}

/// The page for an address that leads nowhere.
struct MissingPage {
    func write(into html: inout HTMLWriter) {
        html.element("header", [.class("title")]) { html in
            html.element("h1", "There is no such page")
            html.element("p", [.class("summary")]) { html in
                html.text("Search above, or begin at the ")
                html.element("a", [.href("/docs")], "overview")
                html.text(".")
            }
        }
    }
}
