extension VersionOrder {
  /// Maven: lists of numbers and words, in which words have ranks and zeros at the end do not count.
  ///
  /// Source: maven.apache.org, "POM Reference", section "Version Order Specification".
  static let maven = VersionOrder("Maven", isVersion: MavenVersion.isVersion) { a, b in
    // A property that nobody filled in, `${project.version}`, may be any version.
    guard !a.isEmpty, !b.isEmpty, !a.contains(UInt8(ascii: "$")), !b.contains(UInt8(ascii: "$")) else { return nil }
    return MavenVersion(VersionText.lowered(a)).compare(MavenVersion(VersionText.lowered(b)))
  }
}

private struct MavenVersion {
  private struct Token: Equatable {
    /// `.` or `-`, written or implied by a change between digits and letters.
    let separator: UInt8
    let value: ArraySlice<UInt8>
    var isNumber: Bool { VersionText.isNumber(value) }

    /// Equal to nothing at all.
    var isNull: Bool {
      isNumber ? value.allSatisfy { $0 == UInt8(ascii: "0") } : MavenVersion.rank(value) == MavenVersion.release
    }
  }

  private static let words = ["alpha", "beta", "milestone", "rc", "snapshot", "", "sp"].map { Array($0.utf8) }
  private static let release = 5
  private static let aliases: [String: String] = [
    "ga": "", "final": "", "release": "", "cr": "rc",
  ]

  /// Whether a text names one version: nearly everything does, but for ranges, properties, and words without any number, which say
  /// where to look for a version.
  ///
  /// Source: maven.apache.org, "POM Reference", section "Dependency Version Requirement Specification"; Gradle, "Declaring Versions
  /// and Ranges" for `1.+`.
  static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.contains(where: VersionText.isDigit), bytes.last != UInt8(ascii: "+") else { return false }
    return !bytes.contains { $0 <= 0x20 || "[](){}<>,|*$=;\"'!?".utf8.contains($0) } && !VersionText.hasWildcard(bytes)
  }

  static func rank(_ value: ArraySlice<UInt8>) -> Int? { words.firstIndex { value.elementsEqual($0) } }

  private let tokens: [Token]

  init(_ bytes: ArraySlice<UInt8>) {
    var tokens: [Token] = []
    var separator = UInt8(ascii: "-")
    var start = bytes.startIndex
    var place = bytes.startIndex
    func close(_ end: Int, followedByDigit: Bool) {
      var value = bytes[start..<end]
      if value.isEmpty {
        value = [UInt8(ascii: "0")]
      } else if !VersionText.isNumber(value) {
        // One letter with a number behind it stands for a word.
        if value.count == 1, followedByDigit {
          switch value.first {
          case UInt8(ascii: "a"): value = ArraySlice("alpha".utf8)
          case UInt8(ascii: "b"): value = ArraySlice("beta".utf8)
          case UInt8(ascii: "m"): value = ArraySlice("milestone".utf8)
          default: break
          }
        }
        if let word = Self.aliases[VersionText.text(value)] { value = ArraySlice(word.utf8) }
      }
      tokens.append(Token(separator: separator, value: value))
    }
    while place < bytes.endIndex {
      let byte = bytes[place]
      if byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") {
        close(place, followedByDigit: false)
        separator = byte == UInt8(ascii: ".") ? byte : UInt8(ascii: "-")
        start = place + 1
      } else if place > start, VersionText.isDigit(byte) != VersionText.isDigit(bytes[place - 1]) {
        close(place, followedByDigit: VersionText.isDigit(byte))
        separator = UInt8(ascii: "-")
        start = place
      }
      place += 1
    }
    close(place, followedByDigit: false)
    self.tokens = Self.trimmed(tokens)
  }

  /// Null values go from the end, and from before each hyphen that is left.
  private static func trimmed(_ tokens: [Token]) -> [Token] {
    var result = tokens
    var end = result.count
    while end > 0 {
      var place = end
      while place > 1, result[place - 1].isNull {
        result.remove(at: place - 1)
        place -= 1
      }
      // On to the next hyphen before it.
      end = place - 1
      while end > 0, end < result.count, result[end].separator != UInt8(ascii: "-") { end -= 1 }
    }
    return result
  }

  func compare(_ other: MavenVersion) -> VersionOrder.Outcome {
    for index in 0..<max(tokens.count, other.tokens.count) {
      let x = index < tokens.count ? tokens[index] : nil
      let y = index < other.tokens.count ? other.tokens[index] : nil
      let outcome = Self.compare(x, y)
      if outcome != .equal { return outcome }
    }
    return .equal
  }

  private static func compare(_ a: Token?, _ b: Token?) -> VersionOrder.Outcome {
    switch (a, b) {
    case (nil, nil): return .equal
    case (let x?, nil): return compareToNothing(x)
    case (nil, let y?): return compareToNothing(y).reversed
    case (let x?, let y?):
      if x.separator == y.separator, x.isNumber == y.isNumber {
        return x.isNumber ? VersionText.compareNumbers(x.value, y.value) : compareWords(x.value, y.value)
      }
      // ".word" < "-word" < "-number" < ".number".
      return VersionText.compare(place(x), place(y))
    }
  }

  private static func place(_ token: Token) -> Int {
    let dot = token.separator == UInt8(ascii: ".")
    return token.isNumber ? (dot ? 3 : 2) : (dot ? 0 : 1)
  }

  private static func compareToNothing(_ token: Token) -> VersionOrder.Outcome {
    if token.isNumber { return token.isNull ? .equal : .greater }
    return compareWords(token.value, [])
  }

  /// Known words by their rank, others behind them by their letters.
  private static func compareWords(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> VersionOrder.Outcome {
    switch (rank(a), rank(b)) {
    case (let x?, let y?): VersionText.compare(x, y)
    case (nil, nil): VersionText.compareBytes(a, b)
    case (nil, _): .greater
    case (_, nil): .less
    }
  }
}
