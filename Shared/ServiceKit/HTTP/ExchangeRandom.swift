import Glibc
import Synchronization

/// Random words for the ids of exchanges and traces, read from the system 32 at a time: one read costs as much as the
/// rest of making an exchange, and each exchange needs five words.
///
/// The words are as good as the system's; but they lie in memory before they are used, so nothing secret is made of
/// them.
final class ExchangeRandom: Sendable {
    /// What all exchanges of the process draw from.
    static let shared = ExchangeRandom()

    /// A read of at most 256 bytes is never cut short (getentropy(3)).
    private static let wordCount = 32

    private struct State: ~Copyable {
        var words: [UInt64] = Array(repeating: 0, count: wordCount)
        var next = wordCount
    }

    private let state = Mutex(State())

    /// Takes words that nobody else was given.
    func take() -> Words {
        state.withLock { state in
            if state.next + Words.count > Self.wordCount {
                state.words.withUnsafeMutableBytes { bytes in
                    guard let start = bytes.baseAddress else { return }
                    precondition(getentropy(start, bytes.count) == 0, "the system gives random bytes")
                }
                state.next = 0
            }
            defer { state.next += Words.count }
            let words = state.words[state.next..<(state.next + Words.count)]
            return Words(words)
        }
    }

    /// The words of one exchange; should it ever want more, it reads the system's.
    struct Words: RandomNumberGenerator {
        static let count = 5

        private var words: (UInt64, UInt64, UInt64, UInt64, UInt64)
        private var used = 0

        fileprivate init(_ words: ArraySlice<UInt64>) {
            let start = words.startIndex
            self.words = (
                words[start], words[start + 1], words[start + 2], words[start + 3], words[start + 4]
            )
        }

        mutating func next() -> UInt64 {
            defer { used += 1 }
            switch used {
            case 0: return words.0
            case 1: return words.1
            case 2: return words.2
            case 3: return words.3
            case 4: return words.4
            default:
                var system = SystemRandomNumberGenerator()
                return system.next()
            }
        }
    }
}
