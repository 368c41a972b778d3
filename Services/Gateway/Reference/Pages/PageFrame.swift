import HTML
import Models

/// What stands around every page: head, search, contents and foot.
struct PageFrame: Sendable {
    let document: ReferenceDocument
    let assets: ReferenceAssets

    /// What makes one page different from the others.
    struct Page: Sendable {
        /// What the browser's tab says.
        var title: String
        /// The resource whose operations the contents list; `nil` on the other pages.
        var resource: String?
        /// The address of the page, which the contents mark.
        var address: String
        /// What was searched for.
        var query = ""
        /// The parts of the page that the contents list.
        var sections: [GuideSection] = []
    }

    /// A whole page.
    func write(_ page: Page, _ content: (inout HTMLWriter) -> Void) -> [UInt8] {
        var html = HTMLWriter()
        html.raw("<!doctype html>\n")
        html.element("html", [.lang("en")]) { html in
            html.element("head") { head(&$0, page) }
            html.element("body") { html in
                html.element("a", [.class("skip"), .href("#main")], "Skip to the content")
                top(&html, page)
                html.element("div", [.class("frame")]) { html in
                    contents(&html, page)
                    html.element("main", [.id("main"), .tabindex(-1)], content)
                }
                foot(&html)
            }
        }
        return html.bytes
    }

    private func head(_ html: inout HTMLWriter, _ page: Page) {
        html.raw("<meta charset=\"utf-8\">")
        html.element("title", "\(page.title) · Casebook API")
        html.tag("meta", [.name("viewport"), .content("width=device-width, initial-scale=1")])
        html.tag("meta", [.name("description"), .content("The HTTP API of Casebook: every operation and every type.")])
        html.tag("meta", [.name("color-scheme"), .content("light dark")])
        html.tag("link", [.rel("icon"), .href(assets.address(of: "icon.svg"))])
        // Before anything is shown, so that a chosen theme does not flash.
        html.element("script", [.src(assets.address(of: "theme.js"))]) { _ in }
        html.tag("link", [.rel("stylesheet"), .href(assets.address(of: "reference.css"))])
        html.element("script", [.type("module"), .src(assets.address(of: "reference.js"))]) { _ in }
    }

    private func top(_ html: inout HTMLWriter, _ page: Page) {
        html.element("header", [.class("top")]) { html in
            html.element("a", [.class("brand"), .href("/docs")]) { html in
                html.raw("<svg viewBox=\"0 0 24 24\" width=\"24\" height=\"24\" aria-hidden=\"true\">")
                html.raw("<rect class=\"back\" x=\"3\" y=\"2.5\" width=\"18\" height=\"19\" rx=\"4\"/>")
                html.raw("<path class=\"line\" d=\"M8 2.5v19M12 8.5h5M12 12.5h3\"/></svg>")
                html.element("span") { html in
                    html.element("b", "Casebook")
                    html.text(" API")
                }
            }
            html.element("form", [.class("search"), .role("search"), .action("/docs"), .method("get")]) { html in
                html.element("label", [.class("unseen"), .for("q")], "Search the reference")
                html.tag(
                    "input",
                    [
                        .type("search"), .id("q"), .name("q"), .value(page.query), .autocomplete("off"),
                        .placeholder("Search"), .maxlength(ReferenceSearch.queryLimit), .keyShortcuts("/"),
                    ])
                html.element("kbd", [.aria("hidden", "true")], "/")
            }
            html.element("button", [.class("menu"), .type("button"), .popoverTarget("contents")], "Contents")
        }
    }

    private func contents(_ html: inout HTMLWriter, _ page: Page) {
        html.element("nav", [.id("contents"), .popover, .aria("label", "Contents")]) { html in
            html.element("ul") { html in
                html.element("li") { html in
                    html.element("a", [.href("/docs")] + mark("/docs", page), "Overview")
                    sections(&html, page.sections)
                }
                entry(&html, "All types", "/docs/schemas", page)
                html.element("li") { $0.element("a", [.href("/openapi.json")], "OpenAPI 3.1") }
            }
            for group in groups {
                html.element("p", [.class("group"), .id("group-\(group.name)")], ReferenceWords.title(of: group.name))
                html.element("ul", [.aria("labelledby", "group-\(group.name)")]) { html in
                    for resource in group.resources { entry(&html, resource, page) }
                }
            }
        }
    }

    /// The resources by service, in the order of the document.
    private var groups: [(name: String, resources: [ReferenceResource])] {
        var groups: [(name: String, resources: [ReferenceResource])] = []
        for resource in document.resources {
            if groups.last?.name == resource.service.rawValue {
                groups[groups.count - 1].resources.append(resource)
            } else {
                groups.append((resource.service.rawValue, [resource]))
            }
        }
        return groups
    }

    private func entry(_ html: inout HTMLWriter, _ text: String, _ address: String, _ page: Page) {
        html.element("li") { html in html.element("a", [.href(address)] + mark(address, page), text) }
    }

    private func mark(_ address: String, _ page: Page) -> [HTMLAttribute] {
        page.address == address ? [.aria("current", "page")] : []
    }

    private func sections(_ html: inout HTMLWriter, _ sections: [GuideSection]) {
        guard !sections.isEmpty else { return }
        html.element("ul", [.class("operations"), .aria("label", "Overview: sections")]) { html in
            for section in sections {
                html.element("li") { $0.element("a", [.href("#\(section.id)")], section.title) }
            }
        }
    }

    private func entry(_ html: inout HTMLWriter, _ resource: ReferenceResource, _ page: Page) {
        guard page.resource == resource.tag else { return entry(&html, resource.title, resource.address, page) }
        html.element("li") { html in
            html.element("a", [.href(resource.address), .aria("current", "page")], resource.title)
            html.element("ul", [.class("operations"), .aria("label", "\(resource.title): operations")]) { html in
                for operation in resource.operations {
                    html.element("li") { html in
                        html.element("a", [.href("#\(operation.id)")]) { html in
                            html.method(operation.method)
                            html.text(operation.shortName)
                        }
                    }
                }
            }
        }
    }

    private func foot(_ html: inout HTMLWriter) {
        html.element("footer") { html in
            html.element("p") { html in
                html.text("Casebook \(document.version). Made from the same declarations as the services and ")
                html.element("a", [.href("/openapi.json")], "/openapi.json")
                html.text(".")
            }
        }
    }
}

extension ReferenceOperation {
    /// The verb of its name, as people read it: "Remove member".
    var shortName: String { ReferenceWords.title(of: String(id.split(separator: ".").last ?? "")) }
}
