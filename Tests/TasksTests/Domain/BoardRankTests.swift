import Testing

@testable import Tasks

@Suite("Ranks on a board")
struct BoardRankTests {
    @Test("between any two ranks, and beyond both ends, there is a third")
    func between() {
        var ranks = [BoardRank.first]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            let index = Int.random(in: 0...ranks.count, using: &generator)
            let lower = index > 0 ? ranks[index - 1] : nil
            let upper = index < ranks.count ? ranks[index] : nil
            let rank = BoardRank.between(lower, upper)
            if let lower { #expect(lower < rank) }
            if let upper { #expect(rank < upper) }
            ranks.insert(rank, at: index)
        }
        #expect(Set(ranks).count == ranks.count)
        #expect(ranks.allSatisfy { (8...20).contains($0.text.utf8.count) })
    }

    @Test("ranks stay short at either end, and grow by one digit in six halvings of one gap")
    func lengths() {
        var (front, back) = (BoardRank.first, BoardRank.first)
        for _ in 0..<10_000 {
            (front, back) = (.between(nil, front), .between(back, nil))
        }
        #expect(front.text.utf8.count == 8 && back.text.utf8.count == 8)
        var upper = BoardRank.between(.first, nil)
        for _ in 0..<300 { upper = .between(.first, upper) }
        #expect((40...70).contains(upper.text.utf8.count))
    }

    @Test("ranks that are spread are in order, apart, and as short as the gap allows")
    func spread() {
        let (lower, upper) = (BoardRank.first, BoardRank.between(.first, nil))
        let ranks = BoardRank.spread(801, between: lower, upper)
        #expect(ranks.count == 801 && ranks == ranks.sorted() && Set(ranks).count == 801)
        #expect(lower < ranks[0] && ranks[800] < upper)
        #expect(ranks.allSatisfy { $0.text.utf8.count <= 9 })
        #expect(BoardRank.spread(0, between: lower, upper) == [])
    }

    @Test("no rank of more than eight digits ends in a zero: else nothing would fit before it")
    func zeros() {
        var rank = BoardRank.between(.first, nil)
        for _ in 0..<200 {
            rank = .between(.first, rank)
            #expect(rank.text.utf8.count == 8 || rank.text.last != "0")
        }
    }
}
