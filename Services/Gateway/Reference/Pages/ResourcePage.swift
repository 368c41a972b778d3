import HTML
import Models

/// The page of one resource: all its operations.
struct ResourcePage {
    let document: ReferenceDocument
    let resource: ReferenceResource

    func write(into html: inout HTMLWriter) {
        html.element("header", [.class("title")]) { html in
            html.element("p", [.class("over")], ReferenceWords.title(of: resource.service.rawValue))
            html.element("h1", resource.title)
            html.element("ul", [.class("routes")]) { html in
                for operation in resource.operations {
                    html.element("li") { html in
                        html.element("a", [.href("#\(operation.id)")]) { html in
                            html.method(operation.method)
                            html.text(" ")
                            html.path(operation.path)
                            html.element("span", [.class("what")], operation.summary)
                        }
                    }
                }
            }
        }
        for operation in resource.operations {
            OperationView(document: document, operation: operation).write(into: &html)
        }
    }
}

/// The page of all types.
struct SchemasPage {
    let document: ReferenceDocument

    func write(into html: inout HTMLWriter) {
        html.element("header", [.class("title")]) { html in
            html.element("h1", "Types")
            html.element("p", [.class("summary")]) { html in
                html.text("The objects in bodies and answers. In a body, a member that is not named here is refused; ")
                html.text("answers may gain members, so a client skips what it does not know.")
            }
        }
        for schema in document.schemas {
            html.element("section", [.class("schema"), .id(schema.name), .aria("labelledby", "\(schema.name)-title")]) {
                html in
                html.element("h2", [.id("\(schema.name)-title")]) { html in
                    html.element("a", [.href("#\(schema.name)")], schema.name)
                }
                if let summary = schema.summary { html.element("p", [.class("summary")], summary) }
                html.fields(of: schema)
            }
        }
    }
}
