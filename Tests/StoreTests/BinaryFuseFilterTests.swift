import TestKit
import Testing

@testable import Store

@Suite struct BinaryFuseFilterTests {
  @Test(arguments: [0, 1, 2, 3, 10, 100, 1_000, 50_000]) func everyMemberIsFound(_ count: Int) throws {
    var random = SeededRandom(seed: UInt64(count + 1))
    let members = Array(Set((0..<count).map { _ in random.next() }))
    let filter = BinaryFuseFilter(members)
    #expect(members.allSatisfy { filter.contains($0) })
    let others = (0..<20_000).map { _ in random.next() }.filter { filter.contains($0) }
    // One in 256 by chance.
    #expect(others.count < 200)
    if count >= 1_000 { #expect(filter.bytes.count < members.count * 15 / 10) }
    let again = try #require(BinaryFuseFilter(filter.bytes))
    #expect(members.allSatisfy { again.contains($0) })
    #expect(BinaryFuseFilter(Array(filter.bytes.dropLast())) == nil)
  }
}
