import Models
import NIOHTTP1

/// What a request's head must be before anything acts on it: every rule that two servers could read in two ways is
/// closed here, so that the gateway and a service never disagree on where a request ends or whom it names (S-23).
enum RequestHeadRules {
    /// What is wrong with a head; `nil` when nothing is.
    static func fault(of head: HTTPRequestHead) -> Problem? {
        guard head.version == .http1_1 || head.version == .http1_0 else {
            return malformed("The version must be HTTP/1.1.")
        }
        let hosts = head.headers["Host"]
        guard hosts.count == 1 || (hosts.isEmpty && head.version == .http1_0) else {
            return malformed("Exactly one Host must be given.")
        }
        return framingFault(head) ?? targetFault(head, host: hosts.first ?? "")
    }

    /// Whether the connection ends with this request's answer: HTTP/1.0, or a change of protocol that we do not make,
    /// after which the parser reads no further request.
    static func endsConnection(_ head: HTTPRequestHead) -> Bool {
        head.version == .http1_0 || head.headers.contains(name: "Upgrade")
            || head.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "close" }
    }

    /// Whether the client waits for our word before it sends the body.
    static func waitsForContinue(_ head: HTTPRequestHead) -> Bool {
        head.version == .http1_1 && head.headers.first(name: "Expect")?.lowercased() == "100-continue"
    }

    /// How long the body is must be said once, and in one way (RFC 9112, section 6).
    private static func framingFault(_ head: HTTPRequestHead) -> Problem? {
        let lengths = head.headers["Content-Length"]
        let codings = head.headers["Transfer-Encoding"]
        if codings.isEmpty {
            guard lengths.count <= 1, lengths.allSatisfy({ $0.utf8.count <= 18 && $0.utf8.allSatisfy(isDigit) }),
                lengths.first != ""
            else { return malformed("Content-Length must be given once, as a number.") }
            return nil
        }
        guard lengths.isEmpty else { return malformed("Content-Length and Transfer-Encoding exclude each other.") }
        guard codings.count == 1, codings[0].lowercased() == "chunked", head.version == .http1_1 else {
            return malformed("The only Transfer-Encoding is chunked, given once.")
        }
        return nil
    }

    /// The target is a path, or a whole URL that names the same host (RFC 9112, section 3.2).
    private static func targetFault(_ head: HTTPRequestHead, host: String) -> Problem? {
        guard head.method != .CONNECT else { return malformed("This server is no proxy.") }
        var path = Substring(head.uri)
        if !path.hasPrefix("/") {
            guard let scheme = ["http://", "https://"].first(where: { path.lowercased().hasPrefix($0) }) else {
                return malformed("The target must be a path.")
            }
            let rest = path.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard !authority.isEmpty, authority.lowercased() == host.lowercased() else {
                return malformed("The target and Host name two servers.")
            }
            path = rest.dropFirst(authority.count)
        }
        return isWritten(path) ? nil : malformed("The target is not percent-encoded as RFC 3986 has it.")
    }

    /// Visible ASCII without `#` and backslash, with every `%` before two hexadecimal digits, no encoded NUL, and
    /// UTF-8 behind the digits: what is none would be written otherwise by whoever passes it on.
    private static func isWritten(_ path: Substring) -> Bool {
        var bytes = path.utf8.makeIterator()
        var encoded: [UInt8] = []
        var isASCII = true
        while let byte = bytes.next() {
            guard (0x21...0x7E).contains(byte), byte != UInt8(ascii: "#"), byte != UInt8(ascii: "\\") else {
                return false
            }
            guard byte == UInt8(ascii: "%") else {
                if !isASCII { encoded.append(byte) }
                continue
            }
            guard let high = bytes.next(), let low = bytes.next(), isHexadecimal(high), isHexadecimal(low),
                high != 0x30 || low != 0x30
            else { return false }
            let value = digit(high) << 4 | digit(low)
            if value >= 0x80 { isASCII = false }
            if !isASCII { encoded.append(value) }
        }
        return isASCII || String(validating: encoded, as: UTF8.self) != nil
    }

    private static func digit(_ byte: UInt8) -> UInt8 {
        isDigit(byte) ? byte - 0x30 : (byte | 0x20) - 0x61 + 10
    }

    private static func malformed(_ detail: String) -> Problem { Problem(.malformedRequest, detail) }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte | 0x20)
    }
}
