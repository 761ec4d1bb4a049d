extension VersionOrder {
  /// Hackage: numbers between dots; more of them are newer.
  ///
  /// Source: pvp.haskell.org.
  static let hackage = VersionOrder("Hackage", isVersion: NumberList.isDotted) { a, b in
    NumberList.compare(a, b) { $0 == UInt8(ascii: ".") }
  }

  /// CRAN: numbers between dots and hyphens.
  ///
  /// Source: the R documentation of `numeric_version`.
  static let cran = VersionOrder(
    "CRAN", isVersion: NumberList.isDottedOrHyphenated
  ) { a, b in
    NumberList.compare(a, b) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
  }
}

private enum NumberList {
  static func isDotted(_ bytes: ArraySlice<UInt8>) -> Bool { isList(bytes) { $0 == UInt8(ascii: ".") } }

  static func isDottedOrHyphenated(_ bytes: ArraySlice<UInt8>) -> Bool {
    isList(bytes) { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
  }

  private static func isList(_ bytes: ArraySlice<UInt8>, _ isSeparator: (UInt8) -> Bool) -> Bool {
    bytes.split(omittingEmptySubsequences: false, whereSeparator: isSeparator).allSatisfy(VersionText.isNumber)
  }

  static func compare(
    _ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>, _ isSeparator: (UInt8) -> Bool
  ) -> VersionOrder.Outcome? {
    let x = a.split(omittingEmptySubsequences: false, whereSeparator: isSeparator)
    let y = b.split(omittingEmptySubsequences: false, whereSeparator: isSeparator)
    guard x.allSatisfy(VersionText.isNumber), y.allSatisfy(VersionText.isNumber) else { return nil }
    for (m, n) in zip(x, y) {
      let outcome = VersionText.compareNumbers(m, n)
      if outcome != .equal { return outcome }
    }
    return VersionText.compare(x.count, y.count)
  }
}
