import Bytes

/// Takes logins out of what is shown: passwords in addresses and in names of images, and tokens in queries. Whoever writes a line or a
/// report for people passes it through one, so that no message has to think of it.
struct AddressMask: Sendable {
  /// What is to be replaced wherever it stands.
  private let literals: [(text: [UInt8], shown: [UInt8])]

  private static let shown = Array("…".utf8)
  /// Longest password that is looked for, in bytes.
  private static let longest = 512

  /// - Parameter words: in which logins were given, such as those of a command line: what stands in them is known, whatever
  ///   it looks like.
  init(words: some Sequence<String>) {
    var literals: [(text: [UInt8], shown: [UInt8])] = []
    for word in words {
      let bytes = Array(word.utf8)
      for range in Self.passwords(bytes, isKnown: true) {
        let text = Array(bytes[range.lowerBound - 1...range.upperBound])
        literals.append((text, [UInt8(ascii: ":")] + Self.shown + [UInt8(ascii: "@")]))
      }
    }
    self.literals = literals
  }

  init() { literals = [] }

  func masked(_ text: String) -> String { String(decoding: masked(Array(text.utf8)), as: UTF8.self) }

  func masked(_ bytes: [UInt8]) -> [UInt8] {
    let hasAt = bytes.contains(UInt8(ascii: "@"))
    guard hasAt || bytes.contains(UInt8(ascii: "?")) else { return bytes }
    var result = bytes
    if hasAt {
      for literal in literals { result = Self.replacing(literal.text, in: result, literal.shown) }
      result = Self.replacing(Self.passwords(result, isKnown: false), in: result)
    }
    return Self.replacing(Self.tokens(result), in: result)
  }

  // MARK: Logins

  private static let ends = ByteSet(" \t\r\n/\"'<>,;()|`{}[]=&?\\".utf8)
  private static let hosts = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_".utf8)

  /// Where passwords lie: `://USER:PASSWORD@`, and `USER:PASSWORD@HOST/` as of an image.
  ///
  /// - Parameter isKnown: whether what stands before an at sign is a login without more to tell that.
  private static func passwords(_ bytes: [UInt8], isKnown: Bool) -> [Range<Int>] {
    var found: [Range<Int>] = []
    for at in bytes.indices where bytes[at] == UInt8(ascii: "@") {
      var start = at
      while start > 0, at - start < longest, !ends.contains(bytes[start - 1]) { start -= 1 }
      guard let colon = bytes[start..<at].firstIndex(of: UInt8(ascii: ":")), colon > start, colon + 1 < at else {
        continue
      }
      var end = at + 1
      while end < bytes.count, hosts.contains(bytes[end]) { end += 1 }
      // A digest: `app:1.4@sha256:…`.
      guard !isDigest(bytes[(at + 1)..<end]) else { continue }
      let hasScheme = start >= 2 && bytes[start - 1] == 0x2F && bytes[start - 2] == 0x2F
      if !hasScheme {
        guard end > at + 1 else { continue }
        if end < bytes.count, bytes[end] == UInt8(ascii: ":") {
          let port = end + 1
          var digits = port
          while digits < bytes.count, bytes[digits] &- 0x30 < 10 { digits += 1 }
          if digits > port { end = digits }
        }
        let isPath = end < bytes.count && bytes[end] == UInt8(ascii: "/")
        guard
          isPath
            || isKnown && !isVersion(bytes[(at + 1)..<end]) && !bytes[start..<colon].contains(0x2E)
              && !(start == 0 && isKindOfSubject(bytes[..<colon]))
        else { continue }
      }
      // A password may hold an at sign itself.
      if found.last?.lowerBound == colon + 1 { found.removeLast() }
      found.append(colon + 1..<at)
    }
    return found
  }

  /// Whether it begins the name of somebody with rights, `user:kim@example.com`, as commands take them.
  private static func isKindOfSubject(_ word: ArraySlice<UInt8>) -> Bool {
    ["subject", "user", "group", "serviceaccount", "sa"].contains { word.elementsEqual($0.utf8) }
  }

  private static func isDigest(_ host: ArraySlice<UInt8>) -> Bool {
    ["sha256", "sha512", "sha384"].contains { host.elementsEqual($0.utf8) }
  }

  /// Whether it is a version, as behind the name of a package, and no address.
  private static func isVersion(_ host: ArraySlice<UInt8>) -> Bool {
    let bare = host.first == UInt8(ascii: "v") ? host.dropFirst() : host
    guard let first = bare.first, first &- 0x30 < 10 else { return false }
    let parts = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return !(parts.count == 4 && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0 &- 0x30 < 10 } })
  }

  // MARK: Queries

  private static let telling: Set<String> = [
    "sig", "key", "pw", "pwd", "pass", "sas", "auth", "authorization", "apikey", "api_key", "api-key", "code",
  ]
  private static let parts = [
    "token", "secret", "signature", "password", "passwd", "credential", "accesskey", "access_key",
  ]

  /// Where values of queries lie that open something: of `?token=…` and the like, behind a scheme.
  private static func tokens(_ bytes: [UInt8]) -> [Range<Int>] {
    var found: [Range<Int>] = []
    var place = 0
    while let mark = bytes[place...].firstIndex(of: UInt8(ascii: "?")) {
      place = mark + 1
      var start = mark
      while start > 0, mark - start < 4096, !isEndOfAddress(bytes[start - 1]) { start -= 1 }
      guard ByteSearch.contains(bytes[start..<mark], "://") else { continue }
      var end = place
      while end < bytes.count, !isEndOfAddress(bytes[end]), bytes[end] != UInt8(ascii: "#") { end += 1 }
      var part = place
      while part < end {
        let next = bytes[part..<end].firstIndex(of: UInt8(ascii: "&")) ?? end
        if let sign = bytes[part..<next].firstIndex(of: UInt8(ascii: "=")), sign + 1 < next {
          // `&` is written `&amp;` in markup.
          var name = String(decoding: bytes[part..<sign], as: UTF8.self).lowercased()
          if name.hasPrefix("amp;") { name.removeFirst(4) }
          if telling.contains(name) || parts.contains(where: { name.contains($0) }) { found.append(sign + 1..<next) }
        }
        part = next + 1
      }
      place = end
    }
    return found
  }

  private static func isEndOfAddress(_ byte: UInt8) -> Bool { byte <= 0x20 || "\"'<>|`\\".utf8.contains(byte) }

  // MARK: Bytes

  private static func replacing(_ ranges: [Range<Int>], in bytes: [UInt8]) -> [UInt8] {
    guard !ranges.isEmpty else { return bytes }
    var result: [UInt8] = []
    var place = 0
    for range in ranges where range.lowerBound >= place {
      result += bytes[place..<range.lowerBound]
      result += shown
      place = range.upperBound
    }
    return result + bytes[place...]
  }

  private static func replacing(_ text: [UInt8], in bytes: [UInt8], _ shown: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var start = 0
    while let next = ByteSearch.first(of: text, in: bytes[...], from: start) {
      result += bytes[start..<next]
      result += shown
      start = next + text.count
    }
    return start == 0 ? bytes : result + bytes[start...]
  }
}
