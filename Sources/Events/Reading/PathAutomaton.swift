/// Many dotted paths compiled for one pass over a JSON document. As in `JSONPath`, arrays are passed through and keys
/// may hold dots themselves. A part `*` stands for any key. A node is the set of the rests of paths that can still be found from there.
struct PathAutomaton: Sendable {
  /// What a path stands for.
  struct Goal: Sendable {
    let slot: Int
    let rank: UInt16
    /// Whether empty text counts as none.
    let skipsEmpty: Bool
  }

  private struct Edge: Sendable {
    var node: Int32 = -1
    var child: Int32 = -1
    var hash: UInt32 = 0
    var start: Int32 = 0
    var count: Int32 = 0
  }

  /// The goals that are reached at a node stand side by side.
  private var goals: [Goal] = []
  /// For each node, the first of its goals; one more at the end.
  private var reached: [Int32] = [0]
  private var leads: [Bool] = []
  /// For each node, where any other key leads; -1 for nowhere.
  private var others: [Int32] = []
  /// Open addressing by node and key.
  private var edges: [Edge] = []
  private var keys: [UInt8] = []
  /// The node of what a request writes, which may be a JSON patch; -1 where no path leads there.
  private var patched = -1

  private static let operation = Array("op".utf8)

  /// More keys than this in one path are not found in all ways of cutting them.
  private static let mostParts = 12

  init(_ paths: [(path: [UInt8], goal: Goal)]) {
    struct Place: Hashable {
      var path: Int32
      var offset: Int32
    }
    var numbers: [[Place]: Int] = [:]
    var open: [[Place]] = []
    func number(_ places: [Place]) -> Int {
      if let known = numbers[places] { return known }
      numbers[places] = open.count
      open.append(places)
      return open.count - 1
    }
    _ = number(paths.indices.map { Place(path: Int32($0), offset: 0) })
    var found: [(node: Int, key: String, child: Int)] = []
    var next = 0
    while next < open.count {
      let node = next
      next += 1
      var ends: [Int] = []
      // In the order in which they occur.
      var groups: [(key: String, places: [Place])] = []
      var known: [String: Int] = [:]
      for place in open[node] {
        let path = paths[Int(place.path)].path
        let offset = Int(place.offset)
        if offset > path.count {
          ends.append(Int(place.path))
          continue
        }
        var parts = 0
        for end in offset...path.count where end == path.count || path[end] == 0x2E {
          parts += 1
          guard parts <= Self.mostParts || end == path.count else { continue }
          let key = String(decoding: path[offset..<end], as: UTF8.self)
          let after = Place(path: place.path, offset: Int32(end + 1))
          if let group = known[key] {
            groups[group].places.append(after)
          } else {
            known[key] = groups.count
            groups.append((key, [after]))
          }
        }
      }
      goals += ends.map { paths[$0].goal }
      reached.append(Int32(goals.count))
      leads.append(!groups.isEmpty)
      if let any = known["*"].map({ groups.remove(at: $0).places }) {
        for group in groups.indices { groups[group].places += any }
        others.append(Int32(number(any)))
      } else {
        others.append(-1)
      }
      for (key, places) in groups { found.append((node, key, number(places))) }
    }
    var size = 16
    while size < found.count * 2 { size *= 2 }
    edges = [Edge](repeating: Edge(), count: size)
    for (node, text, child) in found {
      let key = Array(text.utf8)
      let hash = Self.hash(node, key.span)
      var slot = Int(hash) & (size - 1)
      while edges[slot].child >= 0 { slot = (slot + 1) & (size - 1) }
      edges[slot] = Edge(
        node: Int32(node), child: Int32(child), hash: hash, start: Int32(keys.count), count: Int32(key.count))
      keys += key
    }
    let object = Array("requestObject".utf8)
    let node = child(0, object.span)
    if node >= 0, node != Int(others[0]) { patched = node }
  }

  @inline(__always)
  private static func hash(_ node: Int, _ key: Span<UInt8>) -> UInt32 {
    var hash = UInt64(truncatingIfNeeded: node) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(key.count)
    let raw = key.bytes
    var place = 0
    while place &+ 8 <= key.count {
      hash = (hash ^ raw.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 29
      place &+= 8
    }
    while place < key.count {
      hash = (hash ^ UInt64(key[place])) &* 0x100_0000_01B3
      place &+= 1
    }
    hash ^= hash >> 32
    return UInt32(truncatingIfNeeded: hash)
  }

  /// The node of a key below a node; -1 where no path leads there.
  func child(_ node: Int, _ key: Span<UInt8>) -> Int {
    let hash = Self.hash(node, key)
    var slot = Int(hash) & (edges.count - 1)
    while edges[slot].child >= 0 {
      let edge = edges[slot]
      if edge.hash == hash, Int(edge.node) == node, Int(edge.count) == key.count {
        var offset = 0
        while offset < key.count, keys[Int(edge.start) + offset] == key[offset] { offset += 1 }
        if offset == key.count { return Int(edge.child) }
      }
      slot = (slot + 1) & (edges.count - 1)
    }
    return Int(others[node])
  }

  /// Reads a JSON value along the paths, in one pass.
  ///
  /// - Returns: the end of the value, or a fault of `JSONScan`.
  @discardableResult
  func read(
    _ bytes: Span<UInt8>, _ start: Int, node: Int = 0, levels: Int = 0, offset: UInt16, into frame: inout FieldFrame
  ) -> Int {
    guard levels < JSONScan.mostLevels else { return JSONScan.deep }
    guard start < bytes.count else { return JSONScan.incomplete }
    let kind = JSONScan.kind(bytes[start])
    switch kind {
    case .string:
      var isEscaped = false
      let end = JSONScan.stringEnd(bytes, start &+ 1, &isEscaped)
      guard end >= 0 else { return end }
      emit(bytes, start &+ 1..<end, isEscaped ? .escaped : .string, node: node, offset: offset, into: &frame)
      return end &+ 1
    case .object:
      let end =
        leads[node]
        ? readMembers(bytes, start, node: node, levels: levels, offset: offset, into: &frame)
        : JSONScan.valueEnd(bytes, start, levels: levels)
      if end >= 0 { emit(bytes, start..<end, .object, node: node, offset: offset, into: &frame) }
      return end
    case .array where node == patched && node > 0:
      return readPatch(bytes, start, node: node, levels: levels, offset: offset, into: &frame)
    case .array: return readElements(bytes, start, node: node, levels: levels, offset: offset, into: &frame)
    default:
      let end = JSONScan.scalarEnd(bytes, start)
      if end >= 0 { emit(bytes, start..<end, kind, node: node, offset: offset, into: &frame) }
      return end
    }
  }

  private func readMembers(
    _ bytes: Span<UInt8>, _ start: Int, node: Int, levels: Int, offset: UInt16, into frame: inout FieldFrame
  ) -> Int {
    var place = start
    if JSONScan.isEmpty(bytes, &place, closing: 0x7D) { return place }
    while true {
      var isEscaped = false
      let key = JSONScan.key(bytes, &place, &isEscaped)
      guard place >= 0 else { return place }
      let child = isEscaped ? childOfEscaped(node, bytes, key) : child(node, bytes.extracting(key))
      place =
        child >= 0
        ? read(bytes, place, node: child, levels: levels &+ 1, offset: offset, into: &frame)
        : JSONScan.valueEnd(bytes, place, levels: levels &+ 1)
      guard place >= 0 else { return place }
      if JSONScan.isLast(bytes, &place, closing: 0x7D) { return place }
    }
  }

  private func childOfEscaped(_ node: Int, _ bytes: Span<UInt8>, _ key: Range<Int>) -> Int {
    var resolved: [UInt8] = []
    JSONScan.unescape(bytes, key, into: &resolved)
    return child(node, resolved.span)
  }

  private func readElements(
    _ bytes: Span<UInt8>, _ start: Int, node: Int, levels: Int, offset: UInt16, into frame: inout FieldFrame
  ) -> Int {
    var place = start
    if JSONScan.isEmpty(bytes, &place, closing: 0x5D) { return place }
    while true {
      place = read(bytes, place, node: node, levels: levels &+ 1, offset: offset, into: &frame)
      guard place >= 0 else { return place }
      if JSONScan.isLast(bytes, &place, closing: 0x5D) { return place }
    }
  }

  /// Reads a list that may be a JSON patch: each operation as it stands, and what it writes where it writes it, as if the
  /// object had come whole. Operations that only test say nothing.
  private func readPatch(
    _ bytes: Span<UInt8>, _ start: Int, node: Int, levels: Int, offset: UInt16, into frame: inout FieldFrame
  ) -> Int {
    guard let patch = JSONPatch(bytes, start) else {
      return readElements(bytes, start, node: node, levels: levels, offset: offset, into: &frame)
    }
    if patch.told.isEmpty, let test = patch.test {
      // A patch that only tests says that it does, and nothing of what it tests.
      let operation = child(node, Self.operation.span)
      if operation >= 0 { emit(bytes, test, .string, node: operation, offset: offset, into: &frame) }
    }
    for range in patch.told {
      _ = read(bytes, range.lowerBound, node: node, levels: levels &+ 1, offset: offset, into: &frame)
    }
    for write in patch.writes {
      var place = node
      for key in write.path {
        let next = child(place, key.span)
        if next >= 0 {
          place = next
        } else if !JSONPatch.isElement(key) {
          place = -1
          break
        }
      }
      if place >= 0 {
        _ = read(
          bytes, write.value.lowerBound, node: place, levels: levels &+ 1, offset: offset, into: &frame)
      }
    }
    return patch.end
  }

  /// Keeps a value for every path that ends at a node.
  ///
  /// - Parameter range: of a string without its quotes.
  @inline(__always)
  func emit(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind, node: Int, offset: UInt16,
    into frame: inout FieldFrame
  ) {
    let first = Int(reached[node])
    let end = Int(reached[node &+ 1])
    if first < end { emit(bytes, range, kind, first..<end, offset: offset, into: &frame) }
  }

  private func emit(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: JSONScan.Kind, _ places: Range<Int>, offset: UInt16,
    into frame: inout FieldFrame
  ) {
    let kept: FieldFrame.Kind =
      switch kind {
      case .string, .escaped: .text
      case .number: .number
      case .yes: .yes
      case .no: .no
      case .object, .array: .structure
      case .null, .none: .null
      }
    // The same bytes serve all of the fields.
    var copy: Range<Int>?
    for place in places {
      let goal = goals[place]
      if goal.skipsEmpty, range.isEmpty || kept == .null || kept == .structure { continue }
      let rank = offset &+ goal.rank
      guard frame.wants(goal.slot, rank: rank) else { continue }
      let own = copy ?? frame.copy(bytes, range, escaped: kind == .escaped)
      copy = own
      frame.keep(goal.slot, rank: rank, kept, own)
    }
  }
}
