/// The top-level members of a JSON object, for telling what it is.
struct JSONMembers {
  private(set) var members: [JSONScan.Member] = []
  /// More keys than this tell nothing more.
  private static let most = 256

  /// - Parameter levels: how deep the object lies in a document that is read with it.
  /// - Returns: the end of the object, or a fault of `JSONScan`.
  mutating func read(_ bytes: Span<UInt8>, _ start: Int, levels: Int = 0) -> Int {
    members.removeAll(keepingCapacity: true)
    var found: [JSONScan.Member] = []
    swap(&found, &members)
    let end = JSONScan.members(bytes, start, levels: levels) { member in
      if found.count < Self.most { found.append(member) }
      return true
    }
    swap(&found, &members)
    return end
  }

  func member(_ bytes: Span<UInt8>, _ key: StaticString) -> JSONScan.Member? {
    for member in members where bytes.equals(member.key, key) { return member }
    return nil
  }

  func has(_ bytes: Span<UInt8>, _ keys: StaticString...) -> Bool {
    keys.allSatisfy { member(bytes, $0) != nil }
  }

  func hasAny(_ bytes: Span<UInt8>, _ keys: StaticString...) -> Bool {
    keys.contains { member(bytes, $0) != nil }
  }

  func kind(_ bytes: Span<UInt8>, _ key: StaticString) -> JSONScan.Kind { member(bytes, key)?.kind ?? .none }

  func isText(_ bytes: Span<UInt8>, _ key: StaticString) -> Bool {
    let kind = kind(bytes, key)
    return kind == .string || kind == .escaped
  }

  func equals(_ bytes: Span<UInt8>, _ key: StaticString, _ value: StaticString) -> Bool {
    guard let member = member(bytes, key), member.kind == .string else { return false }
    return bytes.equals(member.value.lowerBound + 1..<member.value.upperBound - 1, value)
  }

  func starts(_ bytes: Span<UInt8>, _ key: StaticString, with value: StaticString) -> Bool {
    guard let member = member(bytes, key), member.kind == .string || member.kind == .escaped else { return false }
    return bytes.starts(member.value.lowerBound + 1, with: value)
  }

  /// Whether an object under a key has a key.
  func has(_ bytes: Span<UInt8>, _ key: StaticString, holding inner: StaticString) -> Bool {
    guard let member = member(bytes, key), member.kind == .object else { return false }
    var isThere = false
    _ = JSONScan.members(bytes, member.value.lowerBound) { candidate in
      isThere = bytes.equals(candidate.key, inner)
      return !isThere
    }
    return isThere
  }
}
