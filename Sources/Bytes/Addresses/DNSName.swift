/// DNS names, and patterns of them in network policies.
package enum DNSName {
  /// Whether bytes have the form of a label, whatever their number: lower-case letters and digits, dashes within.
  ///
  /// Source: RFC 1123, section 2.1; k8s.io/apimachinery `pkg/util/validation`.
  package static func hasLabelForm(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
    func isPlain(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 || byte &- 0x30 < 10 }
    guard let first = bytes.first, let last = bytes.last else { return false }
    return isPlain(first) && isPlain(last) && bytes.allSatisfy { isPlain($0) || $0 == 0x2D }
  }

  /// The name of a namespace or a Service: a label of at most 63 bytes.
  package static func isLabel(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 63 && hasLabelForm(Array(text.utf8))
  }

  /// Labels with dots between them, of at most 253 bytes.
  package static func isName(_ text: String) -> Bool {
    text.utf8.count <= 253 && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isLabel)
  }

  /// In lower case, without the trailing dot.
  package static func normalised(_ name: String) -> String {
    let lower = name.lowercased()
    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
  }

  /// Whether the pattern covers every name that `name` stands for.
  ///
  /// `*` in a pattern matches characters within one label; a leading `**.` matches one label or more (Cilium's
  /// `matchPattern`); a pattern of just `*` matches every name.
  package static func covers(_ pattern: String, _ name: String) -> Bool {
    let pattern = Array(normalised(pattern).utf8)
    let name = Array(normalised(name).utf8)
    if pattern == [star] { return true }
    if pattern == name { return true }
    if pattern.starts(with: [star, star, dot]) {
      let rest = pattern.dropFirst(2)
      return name.count > rest.count && glob(rest, name[(name.count - rest.count)...])
        || name.count > rest.count
          && name.indices.contains { name[$0] == dot && $0 > 0 && glob(rest, name[$0...]) }
    }
    return glob(pattern[...], name[...])
  }

  private static let star = UInt8(ascii: "*")
  private static let dot = UInt8(ascii: ".")

  /// A star matches anything but dots; a star in the name is matched by a star only.
  private static func glob(_ pattern: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    var p = pattern.startIndex
    var n = name.startIndex
    var retry: (p: Int, n: Int)?
    while n < name.endIndex {
      if p < pattern.endIndex, pattern[p] == star {
        retry = (p, n)
        p += 1
      } else if p < pattern.endIndex, pattern[p] == name[n], name[n] != star {
        p += 1
        n += 1
      } else if let known = retry, name[known.n] != dot {
        retry = (known.p, known.n + 1)
        p = known.p + 1
        n = known.n + 1
      } else {
        return false
      }
    }
    while p < pattern.endIndex, pattern[p] == star { p += 1 }
    return p == pattern.endIndex
  }
}
