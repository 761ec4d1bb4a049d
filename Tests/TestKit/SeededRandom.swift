package import Bytes

/// A small generator (SplitMix64) so that random tests repeat.
package struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  package mutating func pick<T>(_ items: [T]) -> T { items[below(items.count)] }

  /// An arbitrary tree.
  package mutating func node(depth: Int) -> DocumentNode {
    switch below(depth > 0 ? 7 : 5) {
    case 0: return .null
    case 1: return DocumentNode(.bool(below(2) == 0))
    case 2: return DocumentNode(.int(Int64(bitPattern: next()) >> Int64(below(60))))
    case 3: return DocumentNode(.double(Double(below(1_000_000)) / 64 + 0.5))
    case 4:
      return DocumentNode(
        .string(pick(["", "a", "naïve", "line\nfeed", "\"quoted\" \\ back", "\u{1}\t", "日本語", "x: y # z"])))
    case 5: return DocumentNode(.array((0..<below(4)).map { _ in node(depth: depth - 1) }))
    default:
      return DocumentNode(
        .object(Mapping((0..<below(4)).map { Mapping.Entry(key: "k\($0)", value: node(depth: depth - 1)) })))
    }
  }

  /// The bytes with a few of them changed, dropped, doubled or moved.
  package mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for _ in 0...below(6) where !result.isEmpty {
      let place = below(result.count)
      switch below(5) {
      case 0: result[place] = UInt8(truncatingIfNeeded: next())
      case 1: result.remove(at: place)
      case 2: result.insert(result[below(result.count)], at: place)
      case 3: result.removeSubrange(place..<min(result.count, place + below(40)))
      default: result.insert(contentsOf: pick(Self.seeds).utf8, at: place)
      }
    }
    return result
  }

  private static let seeds = [
    "---\n", "\n", "*a", "&a ", "{", "[", "\"", "'", "!!str ", "<<: ", "\t", "\u{0}", "- ", ": ", "|\n", "%YAML 9\n",
    "\u{FEFF}", "}}",
  ]
}
