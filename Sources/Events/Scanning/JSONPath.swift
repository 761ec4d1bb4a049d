/// Values of a JSON document by a dotted path. Arrays are passed through, so that `containers.image` names the image of
/// each; keys may hold dots themselves (`annotations.authorization.k8s.io/decision`).
enum JSONPath {
  /// - Parameters:
  ///   - value: the range of an object or array, or of a scalar where the path is empty.
  ///   - path: UTF-8 of the path.
  ///   - body: takes each scalar, object or array found; answers whether to go on.
  /// - Returns: false where `body` stopped.
  @discardableResult
  static func values(
    _ bytes: Span<UInt8>, _ value: Range<Int>, _ kind: JSONScan.Kind, path: Span<UInt8>, levels: Int = 0,
    _ body: (Range<Int>, JSONScan.Kind) -> Bool
  ) -> Bool {
    guard levels < JSONScan.mostLevels else { return true }
    var goesOn = true
    switch kind {
    case .array:
      _ = JSONScan.elements(bytes, value.lowerBound) { element, elementKind in
        goesOn = values(bytes, element, elementKind, path: path, levels: levels + 1, body)
        return goesOn
      }
    case .object where path.count > 0:
      _ = JSONScan.members(bytes, value.lowerBound) { member in
        guard let used = used(bytes, member, path) else { return true }
        goesOn = values(
          bytes, member.value, member.kind, path: path.extracting(droppingFirst: used), levels: levels + 1, body)
        return goesOn
      }
    default:
      if path.count == 0 { goesOn = body(value, kind) }
    }
    return goesOn
  }

  /// Bytes of the path that a key stands for, with the dot behind it; nil where the path does not begin with the key.
  private static func used(_ bytes: Span<UInt8>, _ member: JSONScan.Member, _ path: Span<UInt8>) -> Int? {
    if member.keyIsEscaped {
      var resolved: [UInt8] = []
      JSONScan.unescape(bytes, member.key, into: &resolved)
      return used(resolved.span, path)
    }
    return used(bytes.extracting(member.key), path)
  }

  private static func used(_ key: Span<UInt8>, _ path: Span<UInt8>) -> Int? {
    guard key.count <= path.count else { return nil }
    for place in 0..<key.count where key[place] != path[place] { return nil }
    if key.count == path.count { return key.count }
    return path[key.count] == 0x2E ? key.count + 1 : nil
  }
}
