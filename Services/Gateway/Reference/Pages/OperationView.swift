import HTML
import Models

/// One operation on its resource's page.
struct OperationView {
    let document: ReferenceDocument
    let operation: ReferenceOperation

    func write(into html: inout HTMLWriter) {
        html.element("article", [.class("operation"), .id(operation.id), .aria("labelledby", "\(operation.id)-title")])
        {
            html in
            html.element("div", [.class("text")]) { html in
                html.element("h2", [.id("\(operation.id)-title")]) { html in
                    html.element("a", [.href("#\(operation.id)")], operation.shortName)
                }
                html.element("p", [.class("route")]) { html in
                    html.method(operation.method)
                    html.text(" ")
                    html.path(operation.path)
                }
                html.element("p", [.class("summary")], operation.summary)
                if let description = operation.description { html.element("p", description) }
                access(&html)
                parameters(&html)
                body(&html)
                headers(&html)
                answer(&html)
                problems(&html)
            }
            html.element("div", [.class("examples")]) { examples(&$0) }
        }
    }

    // MARK: Who and what

    private func access(_ html: inout HTMLWriter) {
        html.element("p", [.class("access")]) { html in
            switch operation.access {
            case .needs(let permission):
                html.text("Needs ")
                html.code(permission)
                let roles = ReferenceAccess.roles(with: permission)
                html.text(roles.isEmpty ? ", which no role of a workspace has." : ": \(ReferenceWords.list(roles)).")
            case .open(let reason):
                html.text("Open to everybody. \(reason)")
            case .signed(let proof):
                html.text("Needs no token: the \(proof) in the body is the proof.")
            }
        }
    }

    private func parameters(_ html: inout HTMLWriter) {
        for (place, title) in [("path", "In the path"), ("query", "In the query")] {
            let parameters = operation.parameters(in: place)
            guard !parameters.isEmpty else { continue }
            html.element("h3", title)
            html.fields(parameters.map(\.field), areOfBody: true)
        }
    }

    /// What may stand in the header; its form is the same with every operation.
    private func headers(_ html: inout HTMLWriter) {
        let parameters = operation.parameters(in: "header")
        guard !parameters.isEmpty else { return }
        html.element("h3", "In the header")
        html.element("dl", [.class("headers")]) { html in
            for parameter in parameters {
                html.element("div") { html in
                    html.element("dt") { $0.code(parameter.field.name) }
                    html.element("dd") { $0.prose(parameter.field.summary ?? parameter.field.shape.text) }
                }
            }
        }
    }

    private func body(_ html: inout HTMLWriter) {
        guard let body = operation.body else { return }
        let shape = ReferenceShape(body)
        html.element("h3") { html in
            html.text("Body ")
            html.type(shape)
        }
        guard let schema = shape.reference.flatMap(document.schema) else { return }
        html.fields(of: schema)
    }

    // MARK: Answers

    private func answer(_ html: inout HTMLWriter) {
        let answer = operation.success
        html.element("h3", "Answer")
        html.element("div", [.class("answer")]) { html in
            html.element("p") { html in
                html.element("span", [.class("status good")], answer.status)
                html.text(" ")
                guard let schema = answer.schema else { return html.text("No body.") }
                html.type(ReferenceShape(schema))
                html.text(" ")
                html.element("span", [.class("media")], answer.mediaType ?? "")
            }
            if let schema = answer.schema.flatMap({ ReferenceShape($0).reference }).flatMap(document.schema) {
                html.element("details") { html in
                    let count = schema.fields.count
                    html.element("summary", count == 1 ? "Its field" : "Its \(count) fields")
                    html.fields(of: schema)
                }
            }
            answerHeaders(&html)
            links(&html)
        }
    }

    private func answerHeaders(_ html: inout HTMLWriter) {
        guard !operation.success.headers.isEmpty else { return }
        html.element("dl", [.class("headers")]) { html in
            for header in operation.success.headers {
                html.element("div") { html in
                    html.element("dt") { $0.code(header.name) }
                    html.element("dd") { $0.prose(header.text) }
                }
            }
        }
    }

    private func links(_ html: inout HTMLWriter) {
        let targets = operation.links.compactMap { id in document.operations.first { $0.id == id } }
        guard !targets.isEmpty else { return }
        html.element("p", [.class("links")]) { html in
            html.text("Goes on with ")
            for (index, target) in targets.enumerated() {
                if index > 0 { html.text(", ") }
                html.element("a", [.href(target.address)]) { $0.code(target.id) }
            }
            html.text(".")
        }
    }

    private func problems(_ html: inout HTMLWriter) {
        let shared = Set(document.problemsOfAll.map(\.word))
        let own = operation.problems.filter { !shared.contains($0.word) }
        html.element("h3", "Problems")
        if !own.isEmpty {
            html.element("dl", [.class("problems")]) { html in
                for problem in own { html.problem(problem) }
            }
        }
        html.element("p", [.class("shared")]) { html in
            html.text(own.isEmpty ? "Those of " : "And those of ")
            html.element("a", [.href("/docs#errors")], "every operation")
            html.text(": ")
            for (index, problem) in operation.problems.filter({ shared.contains($0.word) }).enumerated() {
                if index > 0 { html.text(", ") }
                html.status(problem.status)
                html.text(" ")
                html.code(problem.word)
            }
            html.text(".")
        }
    }

    private func examples(_ html: inout HTMLWriter) {
        let samples = SampleValue(document: document)
        html.block("Example") { $0.text(CurlExample(operation: operation, samples: samples).text) }
        guard let schema = operation.success.schema else { return }
        html.block("Answer \(operation.success.status)") { html in
            if operation.success.mediaType == "text/event-stream" {
                html.text("id: 0-1832.5\nevent: change\ndata: ")
                html.text(String(decoding: JSONWriter.bytes(of: samples.answer(schema)), as: UTF8.self))
            } else {
                html.json(samples.answer(schema))
            }
        }
    }
}

extension HTMLWriter {
    /// A status that says that it did not work out: whose turn it is, by its first digit.
    mutating func status(_ status: String) {
        element("span", [.class("status s\(status.prefix(1))")], status)
    }

    /// A problem: status, word and what it means.
    mutating func problem(_ problem: ReferenceProblem) {
        element("div") { html in
            html.element("dt") { html in
                html.status(problem.status)
                html.text(" ")
                html.code(problem.word)
            }
            html.element("dd", "\(problem.title).")
        }
    }
}
