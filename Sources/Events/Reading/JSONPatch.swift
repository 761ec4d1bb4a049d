import Bytes

/// A JSON patch (RFC 6902) as a request carries it, and what it writes.
///
/// The object that it changes is not known, so the patch is carried out on nothing: what is copied or moved within the patch is
/// followed, what is copied from the object itself is not.
struct JSONPatch {
  /// A value and where the patch puts it.
  struct Write {
    /// Keys and places, with their escapes resolved.
    var path: [[UInt8]]
    let value: Range<Int>
  }

  private(set) var writes: [Write] = []
  /// The operations that change something.
  private(set) var told: [Range<Int>] = []
  /// The word `test` of an operation that only tests.
  private(set) var test: Range<Int>?
  private(set) var end = 0

  /// What the API server takes. Source: kubernetes/apiserver, `maxJSONPatchOperations`.
  private static let mostOperations = 10_000
  /// Operations among which later ones look for earlier ones.
  private static let mostSources = 512

  /// - Returns: nil for a list that is no patch.
  init?(_ bytes: Span<UInt8>, _ start: Int) {
    var members = JSONMembers()
    var isPatch = true
    var count = 0
    let end = JSONScan.elements(bytes, start) { range, kind in
      count += 1
      guard kind == .object, members.read(bytes, range.lowerBound) >= 0 else {
        isPatch = false
        return false
      }
      // Of members of one name the last counts at the server.
      func last(_ key: StaticString) -> JSONScan.Member? {
        members.members.last { bytes.equals($0.key, key) }
      }
      guard let operation = last("op"), operation.kind == .string, let path = last("path"),
        path.kind == .string || path.kind == .escaped
      else {
        isPatch = false
        return false
      }
      guard count <= Self.mostOperations else { return true }
      let name = Extractor.inner(operation.value, .string)
      if bytes.equals(name, "test") {
        test = name
        return true
      }
      told.append(range)
      let target = Self.keys(bytes, path)
      if bytes.equals(name, "add") || bytes.equals(name, "replace") {
        if let value = last("value") { write(value.value, at: target, bytes.equals(name, "add")) }
      } else if bytes.equals(name, "remove") {
        drop(target)
      } else if bytes.equals(name, "copy") || bytes.equals(name, "move"), let from = last("from"),
        from.kind == .string || from.kind == .escaped
      {
        let source = Self.keys(bytes, from)
        let value = resolve(bytes, source)
        if bytes.equals(name, "move") { drop(source) }
        if let value { write(value, at: target, true) }
      }
      return true
    }
    guard isPatch, count > 0, end >= 0 else { return nil }
    self.end = end
  }

  private mutating func write(_ value: Range<Int>, at path: [[UInt8]], _ inserts: Bool) {
    if !inserts || !(path.last.map(Self.isElement) ?? false) { drop(path) }
    writes.append(Write(path: path, value: value))
  }

  /// Forgets what was written at a path or below it. Places of lists move when others are put before them: what stands in one is
  /// never forgotten.
  private mutating func drop(_ path: [[UInt8]]) {
    guard writes.count <= Self.mostSources, !path.isEmpty, !path.contains(where: Self.isElement) else { return }
    writes.removeAll { $0.path.starts(with: path) }
  }

  /// The value that an earlier operation wrote at a path.
  private func resolve(_ bytes: Span<UInt8>, _ path: [[UInt8]]) -> Range<Int>? {
    for write in writes.suffix(Self.mostSources).reversed() where path.starts(with: write.path) {
      var place = write.value
      var isFound = true
      for key in path.dropFirst(write.path.count) {
        guard let inner = Self.member(bytes, place, key) else {
          isFound = false
          break
        }
        place = inner
      }
      if isFound { return place }
    }
    return nil
  }

  private static func member(_ bytes: Span<UInt8>, _ value: Range<Int>, _ key: [UInt8]) -> Range<Int>? {
    var found: Range<Int>?
    switch JSONScan.kind(bytes[value.lowerBound]) {
    case .object:
      _ = JSONScan.members(bytes, value.lowerBound) { member in
        var name: [UInt8] = []
        JSONScan.unescape(bytes, member.key, into: &name)
        if name == key { found = member.value }
        return true
      }
    case .array:
      guard let number = Int(String(decoding: key, as: UTF8.self)), number >= 0 else { return nil }
      var place = 0
      _ = JSONScan.elements(bytes, value.lowerBound) { range, _ in
        if place == number { found = range }
        place += 1
        return found == nil
      }
    default: break
    }
    return found
  }

  /// Whether a part of a path is a place in a list, or may be one.
  static func isElement(_ key: [UInt8]) -> Bool {
    key == [0x2D] || !key.isEmpty && key.allSatisfy { $0 &- 0x30 < 10 }
  }

  /// The parts of a JSON pointer (RFC 6901).
  private static func keys(_ bytes: Span<UInt8>, _ member: JSONScan.Member) -> [[UInt8]] {
    var text: [UInt8] = []
    JSONScan.unescape(bytes, Extractor.inner(member.value, member.kind), into: &text)
    guard !text.isEmpty else { return [] }
    var keys: [[UInt8]] = []
    for part in text.split(separator: 0x2F, omittingEmptySubsequences: false).dropFirst().prefix(JSONScan.mostLevels) {
      var key: [UInt8] = []
      var place = part.startIndex
      while place < part.endIndex {
        if part[place] == 0x7E, place + 1 < part.endIndex, part[place + 1] == 0x30 || part[place + 1] == 0x31 {
          key.append(part[place + 1] == 0x31 ? 0x2F : 0x7E)
          place += 2
        } else {
          key.append(part[place])
          place += 1
        }
      }
      keys.append(key)
    }
    return keys
  }
}
