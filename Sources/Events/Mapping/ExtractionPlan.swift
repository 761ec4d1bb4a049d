import Bytes

/// Rules compiled for one pass over a record: a tree of the keys that they ask for, and what to do with what was found.
///
/// A rule names its inputs by number; several rules share an input. A JSON object is walked along the tree, and
/// whatever is not on it is passed over.
///
/// A class, as its steps are: millions of records are read along one plan, which nobody copies or counts the parts of.
final class ExtractionPlan: Sendable {
  /// One rule.
  final class Step: Sendable {
    let action: FieldRule.Action
    /// The first field of the rule; nil for one that computes.
    let field: FieldID?
    /// Captures of the rule's inputs.
    let inputs: [Int]
    /// Whether it may say something of what is around a service's record.
    let isOfSurroundings: Bool

    init(_ rule: FieldRule, inputs: [Int]) {
      action = rule.action
      field = rule.fields.first
      isOfSurroundings = rule.fields.contains { Extractor.surroundings[$0] }
      self.inputs = inputs
    }
  }

  /// A key below a node.
  struct Edge: Sendable {
    let key: Range<Int>
    /// Up to eight bytes of the key.
    let head: UInt64
    let node: Int
    /// The capture of the value itself; -1 where only something within it is asked for.
    let capture: Int
  }

  struct Node: Sendable {
    var edges: Range<Int> = 0..<0
    /// Captures of everything below, as a range of `below`: an array in the way takes them all.
    var below: Range<Int> = 0..<0
    /// Keys from the root to here.
    var depth = 0
  }

  let steps: [Step]
  let nodes: [Node]
  let below: [Int]
  let edges: [Edge]
  let keys: [UInt8]
  /// The path of each capture.
  let paths: [NativePath]
  /// What follows an array in the way: for each capture and number of keys used, the rest of the path.
  let rests: [[[UInt8]]]
  /// Captures of the paths that carry another record.
  let contents: [Int]

  init(_ rules: [FieldRule], contents: [NativePath] = []) {
    var paths: [NativePath] = []
    var numbers: [NativePath: Int] = [:]
    func number(_ path: NativePath) -> Int {
      if let known = numbers[path] { return known }
      numbers[path] = paths.count
      paths.append(path)
      return paths.count - 1
    }
    steps = rules.map { Step($0, inputs: $0.inputs.map(number)) }
    self.contents = contents.map(number)

    var nodes = [Node()]
    var edges: [Edge] = []
    var below: [Int] = []
    var keys: [UInt8] = []
    // Breadth first, so that the edges of a node stand side by side.
    var open: [(node: Int, captures: [Int])] = [(0, Array(paths.indices))]
    var next = 0
    while next < open.count {
      let (node, captures) = open[next]
      next += 1
      let depth = nodes[node].depth
      var order: [String] = []
      var groups: [String: [Int]] = [:]
      for capture in captures where paths[capture].keys.count > depth {
        let key = paths[capture].keys[depth]
        if groups[key] == nil { order.append(key) }
        groups[key, default: []].append(capture)
      }
      let start = edges.count
      for key in order {
        let group = groups[key] ?? []
        var child = Node()
        child.depth = depth + 1
        child.below = below.count..<below.count + group.count
        below += group
        nodes.append(child)
        let bytes = Array(key.utf8)
        edges.append(
          Edge(
            key: keys.count..<keys.count + bytes.count, head: Self.head(bytes.span, 0..<bytes.count),
            node: nodes.count - 1, capture: group.first { paths[$0].keys.count == depth + 1 } ?? -1))
        keys += bytes
        open.append((nodes.count - 1, group.filter { paths[$0].keys.count > depth + 1 }))
      }
      nodes[node].edges = start..<edges.count
    }
    self.paths = paths
    self.nodes = nodes
    self.edges = edges
    self.below = below
    self.keys = keys
    rests = paths.map { path in (0...path.keys.count).map { path.rest(after: $0) } }
  }

  /// The first bytes of a key, at most eight, in one word.
  @inline(__always)
  static func head(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
    if range.lowerBound &+ 8 <= bytes.count {
      let word = bytes.bytes.unsafeLoadUnaligned(fromByteOffset: range.lowerBound, as: UInt64.self)
      return range.count >= 8 ? word : word & ((1 << UInt64(8 &* range.count)) &- 1)
    }
    var word: UInt64 = 0
    for (index, place) in range.enumerated() where index < 8 { word |= UInt64(bytes[place]) << UInt64(8 * index) }
    return word
  }

  /// The edge of a key below a node; -1 where the plan does not ask for it.
  ///
  /// - Parameter hint: where to look first: keys of one source mostly come in one order.
  @inline(__always)
  func edge(_ node: Int, _ bytes: Span<UInt8>, _ key: Range<Int>, hint: inout Int) -> Int {
    let range = nodes[node].edges
    guard !range.isEmpty else { return -1 }
    let head = Self.head(bytes, key)
    var place = range.contains(hint) ? hint : range.lowerBound
    for _ in 0..<range.count {
      let edge = edges[place]
      let following = place &+ 1 == range.upperBound ? range.lowerBound : place &+ 1
      if edge.head == head, edge.key.count == key.count, key.count <= 8 || hasTail(edge.key, bytes, key) {
        hint = following
        return place
      }
      place = following
    }
    return -1
  }

  private func hasTail(_ edge: Range<Int>, _ bytes: Span<UInt8>, _ key: Range<Int>) -> Bool {
    for offset in 8..<edge.count where keys[edge.lowerBound + offset] != bytes[key.lowerBound + offset] { return false }
    return true
  }
}
