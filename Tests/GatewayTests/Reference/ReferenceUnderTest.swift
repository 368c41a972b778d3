import HTTPTypes
import HummingbirdTesting
import Models
import NIOCore
import TestSupport
import Testing

@testable import Gateway
@testable import ServiceKit

/// The reference of all services, as the gateway makes it.
enum ReferenceUnderTest {
    static let contracts = ServiceName.allCases.flatMap(\.contracts)
    static let facts = GuideFacts(
        address: "https://help.example.com", quotas: LimitQuotas(), heartbeat: .seconds(15))
    static let pages = ReferencePages { ReferencePages.Source(contracts, facts) }
    static var document: ReferenceDocument { pages.source().document }

    /// Every page by its address.
    static let texts: [String: String] = {
        var texts = ["/docs": text(pages.overview)]
        for name in ["schemas"] + document.resources.map({ String($0.address.dropFirst("/docs/".count)) }) {
            texts["/docs/\(name)"] = pages.page(name).map(text)
        }
        return texts
    }()

    /// Pages made from some contracts of a test's own.
    static func pages(of contracts: [Contract]) -> ReferencePages {
        ReferencePages {
            ReferencePages.Source(
                document: ReferenceDocument(
                    OpenAPI.document(title: "test", contracts: contracts),
                    services: [(name: .tickets, operations: contracts.map(\.id))]),
                guide: [])
        }
    }

    static func text(_ page: ReferencePages.Page) -> String { String(buffer: page.plain) }

    /// The values of an attribute in a page.
    static func values(of attribute: String, in text: String) throws -> [String] {
        let pattern = try Regex("\\s\(attribute)=\"([^\"]*)\"", as: (Substring, Substring).self)
        return text.matches(of: pattern).map { String($0.output.1) }
    }
}
