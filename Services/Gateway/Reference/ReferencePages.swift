import HTML
import Models
import NIOCore
import ServiceKit
import Synchronization

/// All pages of the reference, each made when it is first asked for and kept: there are as many as resources.
final class ReferencePages: Sendable {
    /// A page as it is sent.
    struct Page: Sendable {
        let plain: ByteBuffer
        let compressed: ByteBuffer
        /// A digest of the bytes.
        let tag: String
    }

    /// What the pages are made from.
    struct Source: Sendable {
        let document: ReferenceDocument
        let guide: [GuideSection]
        let search: ReferenceSearch

        /// Reads the operations that a gateway serves.
        init(_ contracts: [Contract], _ facts: GuideFacts) {
            // Cases first; who signs in, and the stream over all, come after the records that they serve.
            let (first, last): ([ServiceName], [ServiceName]) = ([.tickets], [.identity, .gateway])
            let services = first + ServiceName.allCases.filter { !(first + last).contains($0) } + last
            let names = Set(contracts.map(\.id))
            document = ReferenceDocument(
                OpenAPI.document(title: ServiceName.gateway.rawValue, contracts: contracts),
                services: services.map { service in
                    (service, service.contracts.map(\.id).filter(names.contains))
                })
            guide = GuideSection.all(facts)
            search = ReferenceSearch(document, guide: guide)
        }

        /// Takes a document and a guide.
        init(document: ReferenceDocument, guide: [GuideSection]) {
            self.document = document
            self.guide = guide
            search = ReferenceSearch(document, guide: guide)
        }
    }

    private struct State {
        var source: Source?
        var missing: Page?
        var pages: [String: Page] = [:]
    }

    private let state = Mutex(State())
    private let make: @Sendable () -> Source
    private let assets: ReferenceAssets

    /// Takes what makes the source, which is asked once, at the first page.
    init(assets: ReferenceAssets = .all, make: @escaping @Sendable () -> Source) {
        self.assets = assets
        self.make = make
    }

    /// The overview.
    var overview: Page {
        kept("") { source in
            let page = PageFrame.Page(title: "Overview", address: "/docs", sections: source.guide)
            return frame(source).write(page) { html in
                OverviewPage(document: source.document, guide: source.guide).write(into: &html)
            }
        } ?? missing
    }

    /// The page of a resource, or of all types; `nil` when there is none of this name.
    func page(_ name: String) -> Page? {
        kept(name) { source in
            let frame = frame(source)
            if name == "schemas" {
                return frame.write(PageFrame.Page(title: "Types", address: "/docs/schemas")) { html in
                    SchemasPage(document: source.document).write(into: &html)
                }
            }
            let address = "/docs/\(name)"
            guard let resource = source.document.resources.first(where: { $0.address == address }) else { return nil }
            let page = PageFrame.Page(title: resource.title, resource: resource.tag, address: address)
            return frame.write(page) { html in
                ResourcePage(document: source.document, resource: resource).write(into: &html)
            }
        }
    }

    /// The page for an address that leads nowhere.
    var missing: Page {
        if let page = state.withLock({ $0.missing }) { return page }
        let bytes = frame(source()).write(PageFrame.Page(title: "No such page", address: "")) { html in
            MissingPage().write(into: &html)
        }
        let page = Self.page(bytes)
        state.withLock { $0.missing = page }
        return page
    }

    /// What a search finds; the region alone when a script asks for it.
    func found(_ query: String, isRegion: Bool) -> [UInt8] {
        let source = source()
        let query = ReferenceSearch.cut(query)
        let page = SearchPage(query: query, hits: source.search.hits(for: query))
        guard !isRegion else {
            var html = HTMLWriter()
            page.write(into: &html)
            return html.bytes
        }
        return frame(source).write(PageFrame.Page(title: "Search", address: "", query: query)) { html in
            page.write(into: &html)
        }
    }

    /// What the pages are made from; tests read it.
    func source() -> Source { state.withLock { Self.source(&$0, make) } }

    private func frame(_ source: Source) -> PageFrame { PageFrame(document: source.document, assets: assets) }

    private func kept(_ name: String, _ write: (Source) -> [UInt8]?) -> Page? {
        state.withLock { state in
            if let page = state.pages[name] { return page }
            guard let bytes = write(Self.source(&state, make)) else { return nil }
            let page = Self.page(bytes)
            state.pages[name] = page
            return page
        }
    }

    private static func source(_ state: inout State, _ make: () -> Source) -> Source {
        if let source = state.source { return source }
        let source = make()
        state.source = source
        return source
    }

    private static func page(_ bytes: [UInt8]) -> Page {
        let plain = ByteBuffer(bytes: bytes)
        return Page(plain: plain, compressed: Gzip.compress(plain), tag: Digest.text(of: bytes))
    }
}
