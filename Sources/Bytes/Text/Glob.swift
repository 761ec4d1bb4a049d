/// Shell-style patterns: `*` within a path component, `**` across components, `?`, `[a-z]`, `[!a-z]`.
///
/// Matching backtracks over at most one `*` and one `**` at a time, so its time is bounded by the product of the
/// lengths, never exponential.
package struct Glob: Sendable, Equatable {
  package let pattern: String
  private let bytes: [UInt8]

  package init(_ pattern: String) {
    self.pattern = pattern
    self.bytes = Array(pattern.utf8)
  }

  package func matches(_ text: some StringProtocol) -> Bool { match(Array(text.utf8)) }

  private func match(_ text: [UInt8]) -> Bool {
    var p = 0
    var t = 0
    var star = (p: -1, t: 0)
    var deep = (p: -1, t: 0)
    while t < text.count {
      if p < bytes.count, bytes[p] == UInt8(ascii: "*") {
        if p + 1 < bytes.count, bytes[p + 1] == UInt8(ascii: "*") {
          p += 2
          // `**/` also matches nothing at all.
          if p < bytes.count, bytes[p] == UInt8(ascii: "/"), t == 0 || text[t - 1] == UInt8(ascii: "/") { p += 1 }
          deep = (p, t)
          star.p = -1
        } else {
          p += 1
          star = (p, t)
        }
        continue
      }
      if p < bytes.count, let next = matchOne(p, text[t]) {
        p = next
        t += 1
        continue
      }
      if star.p >= 0, text[star.t] != UInt8(ascii: "/") {
        star.t += 1
        p = star.p
        t = star.t
        continue
      }
      if deep.p >= 0 {
        deep.t += 1
        p = deep.p
        t = deep.t
        star.p = -1
        continue
      }
      return false
    }
    while p < bytes.count, bytes[p] == UInt8(ascii: "*") { p += 1 }
    return p == bytes.count
  }

  /// The position after the pattern element at `p` when it matches the byte.
  private func matchOne(_ p: Int, _ byte: UInt8) -> Int? {
    switch bytes[p] {
    case UInt8(ascii: "?"): return byte == UInt8(ascii: "/") ? nil : p + 1
    case UInt8(ascii: "["):
      var i = p + 1
      var negated = false
      if i < bytes.count, bytes[i] == UInt8(ascii: "!") || bytes[i] == UInt8(ascii: "^") {
        negated = true
        i += 1
      }
      var found = false
      let first = i
      while i < bytes.count, bytes[i] != UInt8(ascii: "]") || i == first {
        if i + 2 < bytes.count, bytes[i + 1] == UInt8(ascii: "-"), bytes[i + 2] != UInt8(ascii: "]") {
          if bytes[i] <= byte, byte <= bytes[i + 2] { found = true }
          i += 3
        } else {
          if bytes[i] == byte { found = true }
          i += 1
        }
      }
      guard i < bytes.count else { return bytes[p] == byte ? p + 1 : nil }
      return found != negated && byte != UInt8(ascii: "/") ? i + 1 : nil
    default: return bytes[p] == byte ? p + 1 : nil
    }
  }
}
