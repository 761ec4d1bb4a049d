extension VersionOrder {
  /// SemVer 2.0.0, read kindly: a `v` in front, and fewer or more than three numbers. Build metadata does not count.
  ///
  /// Source: semver.org, section 11.
  static let semver = VersionOrder("SemVer", isVersion: SemanticVersion.isVersion) { a, b in
    guard let x = SemanticVersion(a), let y = SemanticVersion(b) else { return nil }
    return SemanticVersion.compare(x, y)
  }

  /// NuGet: SemVer with four numbers, and letters of any case.
  ///
  /// Source: learn.microsoft.com, "NuGet package versioning".
  static let nuget = VersionOrder("NuGet", isVersion: SemanticVersion.isVersion) { a, b in
    guard let x = SemanticVersion(VersionText.lowered(a)), let y = SemanticVersion(VersionText.lowered(b)) else {
      return nil
    }
    return SemanticVersion.compare(x, y)
  }

  /// Dart's pub: SemVer in which a build is newer than none.
  ///
  /// Source: dart.dev, "Package versioning"; pub_semver.
  static let pub = VersionOrder("Pub", isVersion: SemanticVersion.isVersion) { a, b in
    guard let x = SemanticVersion(a), let y = SemanticVersion(b) else { return nil }
    let outcome = SemanticVersion.compare(x, y)
    if outcome != .equal { return outcome }
    return SemanticVersion.compareIdentifiers(x.build, y.build)
  }
}

struct SemanticVersion {
  let numbers: [ArraySlice<UInt8>]
  let prerelease: [ArraySlice<UInt8>]
  let build: [ArraySlice<UInt8>]

  /// Whether a text is a version, read kindly, and no range or tag: `1.x`, `1.0.0|2`, `latest`.
  static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    if let first = rest.first, first | 0x20 == UInt8(ascii: "v") || first == UInt8(ascii: "=") { rest.removeFirst() }
    guard SemanticVersion(rest) != nil else { return false }
    let core = rest.prefix { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }
    // Behind the hyphen an `x` is a word like others.
    return VersionText.holds(rest, ".-+_~") && VersionText.isPlain(core, "._~") && rest.last != UInt8(ascii: "-")
  }

  init?(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    if let first = rest.first, first | 0x20 == UInt8(ascii: "v") || first == UInt8(ascii: "=") { rest.removeFirst() }
    guard let first = rest.first, VersionText.isDigit(first) else { return nil }
    if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
      build = VersionText.split(rest[(plus + 1)...], at: ".")
      rest = rest[..<plus]
    } else {
      build = []
    }
    let core = rest.prefix { VersionText.isDigit($0) || $0 == UInt8(ascii: ".") }
    var numbers = VersionText.split(core, at: ".")
    var tail = rest[core.endIndex...]
    // `1.0.` and `1.0.alpha`: what is no number begins the pre-release.
    while let last = numbers.last, last.isEmpty { numbers.removeLast() }
    guard numbers.allSatisfy({ !$0.isEmpty }) else { return nil }
    if tail.first == UInt8(ascii: "-") { tail = tail.dropFirst() }
    self.numbers = numbers
    prerelease = tail.isEmpty ? [] : VersionText.split(tail, at: ".")
  }

  static func compare(_ a: SemanticVersion, _ b: SemanticVersion) -> VersionOrder.Outcome {
    for index in 0..<max(a.numbers.count, b.numbers.count) {
      let outcome = VersionText.compareNumbers(
        index < a.numbers.count ? a.numbers[index] : [], index < b.numbers.count ? b.numbers[index] : [])
      if outcome != .equal { return outcome }
    }
    if a.prerelease.isEmpty != b.prerelease.isEmpty { return a.prerelease.isEmpty ? .greater : .less }
    return compareIdentifiers(a.prerelease, b.prerelease)
  }

  /// Numbers by value and before words, words by their bytes, fewer before more.
  static func compareIdentifiers(_ a: [ArraySlice<UInt8>], _ b: [ArraySlice<UInt8>]) -> VersionOrder.Outcome {
    for (x, y) in zip(a, b) {
      let (m, n) = (VersionText.isNumber(x), VersionText.isNumber(y))
      let outcome: VersionOrder.Outcome =
        m && n ? VersionText.compareNumbers(x, y) : m != n ? (m ? .less : .greater) : VersionText.compareBytes(x, y)
      if outcome != .equal { return outcome }
    }
    return VersionText.compare(a.count, b.count)
  }
}
