/// Random numbers that are the same each time for the same seed: SplitMix64.
///
/// For made-up data alone, never for a secret. The algorithm is that of Steele, Lea and Flood, "Fast splittable
/// pseudorandom number generators" (OOPSLA 2014), with the constants of Java's `SplittableRandom`.
package struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Starts from a seed.
    package init(seed: UInt64) {
        state = seed
    }

    /// Starts from a seed and a purpose: two purposes have nothing in common.
    package init(seed: UInt64, purpose: String) {
        // FNV-1a, 64 bits.
        let hash = purpose.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        self.init(seed: seed ^ hash)
    }

    /// The next 64 bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// A whole number below `bound`, which is at least 1.
    package mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(max(1, bound))).high)
    }

    /// True so many times in a thousand.
    package mutating func isTrue(_ perThousand: Int) -> Bool { below(1_000) < perThousand }

    /// One element of a list that is not empty.
    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// An index by weights: the second of `[1, 3]` comes three times as often as the first.
    package mutating func index(byWeights weights: [Int]) -> Int {
        var left = below(weights.reduce(0, +))
        for (index, weight) in weights.enumerated() {
            if left < weight { return index }
            left -= weight
        }
        return weights.count - 1
    }
}
