import Crypto
import FoundationEssentials

/// The style sheet, scripts and picture of the pages: bytes in the program, under an address that changes with them.
struct ReferenceAssets: Sendable {
    /// One file.
    struct Asset: Sendable {
        let mediaType: String
        let bytes: [UInt8]

        init(_ mediaType: String, _ bytes: [UInt8]) {
            self.mediaType = mediaType
            self.bytes = bytes
        }
    }

    /// The files of this build.
    static let all: ReferenceAssets = {
        let script = "text/javascript; charset=utf-8"
        let files: [String: Asset] = [
            "reference.css": Asset("text/css; charset=utf-8", PackageResources.reference_css),
            "reference.js": Asset(script, PackageResources.reference_js),
            "theme.js": Asset(script, PackageResources.theme_js),
            "icon.svg": Asset("image/svg+xml", PackageResources.icon_svg),
        ]
        return ReferenceAssets(files)
    }()

    /// The folder's name: a digest of all files, so that a page and its files are always of one build.
    let folder: String
    private let files: [String: Asset]

    /// Takes the files by name.
    init(_ files: [String: Asset]) {
        self.files = files
        var bytes: [UInt8] = []
        for (name, file) in files.sorted(by: { $0.key < $1.key }) { bytes += Array(name.utf8) + [0] + file.bytes }
        folder = Digest.text(of: bytes)
    }

    subscript(name: String) -> Asset? { files[name] }

    /// Where a file is.
    func address(of name: String) -> String { "/docs/assets/\(folder)/\(name)" }
}

/// What bytes are known by.
enum Digest {
    /// The first eight bytes of SHA-256, in hexadecimal digits.
    static func text(of bytes: [UInt8]) -> String {
        SHA256.hash(data: Data(bytes)).prefix(8).map { String(String(UInt16($0) + 256, radix: 16).dropFirst()) }
            .joined()
    }
}
