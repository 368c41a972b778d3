/// The shapes that are tried.
///
/// `TOKEN` stands for a token that is taken.
enum RawShapes {
    static let all: [RawShape] = framing + heads + targets + connections

    static let framing: [RawShape] = [
        RawShape(
            "a body of the length it says",
            "\(post)Content-Length: 2\r\n\r\n{}", 200),
        RawShape(
            "two different lengths",
            "\(post)Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}\(hidden)",
            400),
        RawShape(
            "the same length twice",
            "\(post)Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
        RawShape(
            "two lengths in one field",
            "\(post)Content-Length: 2, 2\r\n\r\n{}", 400),
        RawShape(
            "a length with a sign",
            "\(post)Content-Length: +2\r\n\r\n{}", 400),
        RawShape(
            "a negative length",
            "\(post)Content-Length: -1\r\n\r\n{}", 400),
        RawShape(
            "a length in hexadecimal",
            "\(post)Content-Length: 0x2\r\n\r\n{}", 400),
        RawShape(
            "a length beyond 64 bits",
            "\(post)Content-Length: 99999999999999999999\r\n\r\n{}", 400),
        RawShape("an empty length", "\(post)Content-Length:\r\n\r\n{}", 400),
        RawShape(
            "length and chunks",
            "\(post)Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "chunks and length",
            "\(post)Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "chunks",
            "\(post)Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            200),
        RawShape(
            "chunks twice",
            "\(post)Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "chunks before another coding",
            "\(post)Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "a coding that nobody knows",
            "\(post)Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n\(hidden)", 400
        ),
        RawShape(
            "a coding with a tab before it",
            "\(post)Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n", 200),
        RawShape(
            "a coding with a vertical tab",
            "\(post)Transfer-Encoding: \u{0B}chunked\r\n\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "a space before the colon",
            "\(post)Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n\(hidden)", 400
        ),
        RawShape(
            "chunks in HTTP/1.0",
            "POST /v1/sessions HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n\(hidden)", 400),
        RawShape(
            "a chunk's size that is no number",
            "\(post)Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "a chunk's size beyond 64 bits",
            "\(post)Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "a chunk longer than its size",
            "\(post)Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "a chunk that ends in a bare LF",
            "\(post)Transfer-Encoding: chunked\r\n\r\n2\n{}\r\n0\r\n\r\n\(hidden)",
            400),
        RawShape(
            "chunks with an extension",
            "\(post)Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n",
            200),
        RawShape(
            "chunks with a trailer that names a length",
            "\(post)Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n",
            400),
        RawShape(
            "a body on a GET that hides a request",
            "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)Content-Length: 35\r\n\r\n\(hidden)", 200),
    ]

    static let heads: [RawShape] = [
        RawShape("an ordinary request", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 200),
        RawShape("a folded field", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)X-A: b\r\n c\r\n\r\n", 400),
        RawShape("lines that end in a bare LF", "GET /v1/users/me HTTP/1.1\nHost: x\n\n\(hidden)", 400),
        RawShape(
            "a field that ends in a bare LF",
            "GET /v1/users/me HTTP/1.1\r\nHost: x\r\nX-A: b\nX-B: c\r\n\r\n", 400),
        RawShape("a bare CR in a value", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)X-A: b\rc\r\n\r\n", 400),
        RawShape("a NUL in a value", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)X-A: b\u{0}c\r\n\r\n", 400),
        RawShape("a NUL in the target", "GET /v1/users/me\u{0} HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape(
            "a control character in a name",
            "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)X\u{1}A: b\r\n\r\n", 400),
        RawShape("a name with a space in it", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)X A: b\r\n\r\n", 400),
        RawShape("an empty name", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth): b\r\n\r\n", 400),
        RawShape("a line that is no field", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)nonsense\r\n\r\n", 400),
        RawShape(
            "a field of 30,000 bytes",
            "\(get)X-A: \(String(repeating: "b", count: 30_000))\r\n\r\n", 431),
        RawShape(
            "200 fields",
            "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\(String(repeating: "X-A: b\r\n", count: 200))\r\n", 431),
        RawShape("no Host", "GET /v1/users/me HTTP/1.1\r\n\(auth)\r\n", 400),
        RawShape("two Hosts", "GET /v1/users/me HTTP/1.1\r\nHost: x\r\nHost: y\r\n\(auth)\r\n", 400),
        RawShape("a method that nobody knows", "FROB /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("a method in small letters", "get /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("HTTP/0.9", "GET /v1/users/me\r\n\r\n", 400),
        RawShape("HTTP/2.0 in words", "GET /v1/users/me HTTP/2.0\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("HTTP/1.9", "GET /v1/users/me HTTP/1.9\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        RawShape("a TLS greeting", "\u{16}\u{3}\u{1}\u{2}\u{0}", 400),
        RawShape(
            "empty lines before the request",
            "\r\n\r\nGET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 200),
        RawShape("HTTP/1.0", "GET /v1/users/me HTTP/1.0\r\nHost: x\r\n\(auth)\r\n", 200),
    ]

    static let targets: [RawShape] = [
        RawShape("a whole URL of this host", "GET http://x/v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 200),
        RawShape("a whole URL of another host", "GET http://y/v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("a URL of another kind", "GET ftp://x/v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("an authority", "CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n\(hidden)", 400),
        RawShape("an authority for a GET", "GET x:80 HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("a star", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("no slash at the beginning", "GET v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("a space in the target", "GET /v1/users/me HTTP/1.1 x HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("a percent sign before no digits", "GET /v1/users/%zz HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("a percent sign at the end", "GET /v1/users/%4 HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("an encoded NUL", "GET /v1/users/%00 HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("an overlong slash, encoded", "GET /v1/users/%c0%af HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("a backslash", "GET /v1\\users\\me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("a fragment", "GET /v1/users/me#x HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("bytes beyond ASCII", "GET /v1/users/é HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 400),
        RawShape("dots upwards", "GET /v1/users/../roles HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 404),
        RawShape("dots upwards, encoded", "GET /v1/users/%2e%2e%2froles HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 200),
        RawShape("two slashes", "GET //v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 200),
        RawShape(
            "a target of 60,000 bytes",
            "GET /v1/users?q=\(String(repeating: "q", count: 60_000)) HTTP/1.1\r\nHost: x\r\n\(auth)\r\n", 431),
    ]

    static let connections: [RawShape] = [
        RawShape(
            "three requests at once",
            "\(get)\r\n\(get)\r\n\(get)\r\n",
            200, 200, 200),
        RawShape(
            "a good request and a bad one",
            "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)\r\nnonsense\r\n\r\n\(hidden)", 200, 400),
        RawShape(
            "a request after Connection: close",
            "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)Connection: close\r\n\r\n\(hidden)", 200),
        RawShape(
            "a change of protocol",
            "\(get)Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n\(hidden)", 200),
        RawShape(
            "a WebSocket",
            "\(get)Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n\(hidden)",
            200),
        RawShape(
            "fields that Connection names",
            "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)Connection: authorization\r\n\r\n", 200),
        RawShape(
            "a client that waits for 100",
            "\(post)Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", 100,
            200),
        RawShape("half of a head", "GET /v1/users/me HTTP/1.1\r\nHost:"),
        RawShape(
            "half of a body",
            "\(post)Content-Length: 20\r\n\r\n{}", 400),
    ]

    /// A request that must never be seen.
    private static let hidden = "GET /v1/roles HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let auth = "Authorization: Bearer TOKEN\r\n"
    private static let get = "GET /v1/users/me HTTP/1.1\r\nHost: x\r\n\(auth)"
    private static let post = "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
}
