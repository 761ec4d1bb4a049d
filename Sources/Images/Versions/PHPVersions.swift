extension VersionOrder {
  /// Packagist: PHP's `version_compare`: parts of digits and of letters, with ranks for known words.
  ///
  /// Source: php.net, `version_compare`.
  static let php = VersionOrder("Packagist", isVersion: PHPVersion.isVersion) { a, b in
    guard !a.isEmpty, !b.isEmpty else { return nil }
    let (x, y) = (PHPVersion.parts(a), PHPVersion.parts(b))
    for (m, n) in zip(x, y) {
      let outcome = PHPVersion.compare(m, n)
      if outcome != .equal { return outcome }
    }
    if x.count == y.count { return .equal }
    // What goes on with a number is newer; with a word, it is compared with a release.
    var outcome = VersionOrder.Outcome.equal
    for part in x.count > y.count ? x[y.count...] : y[x.count...] where outcome == .equal {
      outcome = VersionText.isNumber(part) ? .greater : PHPVersion.compare(part, [UInt8(ascii: "#")])
    }
    return x.count > y.count ? outcome : outcome.reversed
  }
}

private enum PHPVersion {
  private static let words = ["dev", "alpha", "a", "beta", "b", "rc", "c", "stable", "patch", "pl", "p", "post"]

  /// Whether a text is a version and not a branch (`dev-main`, `1.x-dev`): numbers with words that Composer knows. What stands
  /// behind a plus is a build.
  ///
  /// Source: getcomposer.org, "Versions and constraints".
  static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool {
    let own = bytes.prefix { $0 != UInt8(ascii: "+") }
    let parts = parts(own)
    guard let first = parts.first, VersionText.isNumber(first), VersionText.holds(bytes, "._-+") else { return false }
    return parts.allSatisfy { part in
      VersionText.isNumber(part) || words.contains { VersionText.lowered(part).elementsEqual($0.utf8) }
    }
  }

  static func parts(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var result: [ArraySlice<UInt8>] = []
    var rest = bytes
    if let first = rest.first, first | 0x20 == UInt8(ascii: "v") { rest.removeFirst() }
    while let first = rest.first {
      if VersionText.isDigit(first) {
        let part = rest.prefix(while: VersionText.isDigit)
        result.append(part)
        rest = rest[part.endIndex...]
      } else if first == UInt8(ascii: ".") || first == UInt8(ascii: "-") || first == UInt8(ascii: "_")
        || first == UInt8(ascii: "+")
      {
        rest = rest.dropFirst()
      } else {
        let part = rest.prefix {
          !VersionText.isDigit($0) && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "_")
            && $0 != UInt8(ascii: "+")
        }
        result.append(part)
        rest = rest[part.endIndex...]
      }
    }
    return result
  }

  /// Words by what they begin with; `#` stands for a number, and any other word is before all of them.
  private static func rank(_ word: ArraySlice<UInt8>) -> Int {
    let ranks = [
      ("dev", 0), ("alpha", 1), ("a", 1), ("beta", 2), ("b", 2), ("RC", 3), ("rc", 3), ("#", 4), ("pl", 5), ("p", 5),
    ]
    return ranks.first { word.starts(with: $0.0.utf8) }?.1 ?? -1
  }

  static func compare(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> VersionOrder.Outcome {
    switch (VersionText.isNumber(a), VersionText.isNumber(b)) {
    case (true, true): VersionText.compareNumbers(a, b)
    case (false, false): VersionText.compare(rank(a), rank(b))
    case (true, false): VersionText.compare(4, rank(b))
    case (false, true): VersionText.compare(rank(a), 4)
    }
  }
}
