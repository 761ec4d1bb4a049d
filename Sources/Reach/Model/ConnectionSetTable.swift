/// Connection sets by number, with remembered results: a cluster has millions of pairs and a few thousand different sets.
struct ConnectionSetTable {
  typealias ID = Int32

  private(set) var sets: [ConnectionSet] = [.none, .all]
  private var ids: [ConnectionSet: ID] = [.none: 0, .all: 1]
  private var unions = PairMemo()
  private var intersections = PairMemo()
  private var differences = PairMemo()

  static let none: ID = 0
  static let all: ID = 1

  mutating func id(_ set: ConnectionSet) -> ID {
    if let known = ids[set] { return known }
    let new = ID(sets.count)
    sets.append(set)
    ids[set] = new
    return new
  }

  private static func key(_ a: ID, _ b: ID) -> UInt64 {
    UInt64(UInt32(bitPattern: a)) << 32 | UInt64(UInt32(bitPattern: b))
  }

  mutating func union(_ a: ID, _ b: ID) -> ID {
    if a == b || b == Self.none || a == Self.all { return a }
    if a == Self.none || b == Self.all { return b }
    let key = Self.key(min(a, b), max(a, b))
    if let known = unions[key] { return known }
    let result = id(sets[Int(a)].union(sets[Int(b)]))
    unions[key] = result
    return result
  }

  mutating func intersection(_ a: ID, _ b: ID) -> ID {
    if a == b || b == Self.all || a == Self.none { return a }
    if a == Self.all || b == Self.none { return b }
    let key = Self.key(min(a, b), max(a, b))
    if let known = intersections[key] { return known }
    let result = id(sets[Int(a)].intersection(sets[Int(b)]))
    intersections[key] = result
    return result
  }

  mutating func subtract(_ a: ID, _ b: ID) -> ID {
    if b == Self.none || a == Self.none { return a }
    if b == Self.all || a == b { return Self.none }
    let key = Self.key(a, b)
    if let known = differences[key] { return known }
    let result = id(sets[Int(a)].subtracting(sets[Int(b)]))
    differences[key] = result
    return result
  }
}
