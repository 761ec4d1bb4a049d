extension VersionOrder {
  /// RubyGems: segments of digits and of letters; letters make a pre-release.
  ///
  /// Source: the documentation of `Gem::Version`.
  static let ruby = VersionOrder("RubyGems", isVersion: RubyVersion.isVersion) { a, b in
    guard let x = RubyVersion(a), let y = RubyVersion(b) else { return nil }
    for index in 0..<max(x.segments.count, y.segments.count) {
      let m = index < x.segments.count ? x.segments[index] : [UInt8(ascii: "0")]
      let n = index < y.segments.count ? y.segments[index] : [UInt8(ascii: "0")]
      let outcome: VersionOrder.Outcome
      switch (VersionText.isNumber(m), VersionText.isNumber(n)) {
      case (true, true): outcome = VersionText.compareNumbers(m, n)
      case (false, false): outcome = VersionText.compareBytes(m, n)
      case (true, false): outcome = .greater
      case (false, true): outcome = .less
      }
      if outcome != .equal { return outcome }
    }
    return .equal
  }
}

/// What versions of gems say beside their order.
enum RubyVersions {
  /// A gem that was built for one platform bears its name behind its version: `1.11.0-x86_64-linux`, `1.15.0-java`.
  ///
  /// Source: the documentation of `Gem::Platform`; in versions of gems themselves there is no hyphen.
  static func withoutPlatform(_ version: String) -> String {
    guard let hyphen = version.firstIndex(of: "-"), hyphen != version.startIndex else { return version }
    let platform = version[version.index(after: hyphen)...].lowercased()
    let first = platform.prefix { $0 != "-" }
    let isKnown = first == "java" || first == "ruby" || first == "jruby" || systems.contains { platform.contains($0) }
    return isKnown ? String(version[..<hyphen]) : version
  }

  private static let systems = [
    "linux", "darwin", "mingw", "mswin", "freebsd", "openbsd", "netbsd", "solaris", "cygwin", "aix", "dalvik",
    "android",
  ]
}

private struct RubyVersion {
  let segments: [ArraySlice<UInt8>]

  static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool { VersionText.isPlain(bytes, ".-") }

  init?(_ bytes: ArraySlice<UInt8>) {
    var found: [ArraySlice<UInt8>] = []
    var rest = bytes
    while let first = rest.first {
      if VersionText.isDigit(first) {
        let part = rest.prefix(while: VersionText.isDigit)
        found.append(part)
        rest = rest[part.endIndex...]
      } else if VersionText.isLetter(first) {
        let part = rest.prefix(while: VersionText.isLetter)
        found.append(part)
        rest = rest[part.endIndex...]
      } else {
        // A hyphen begins a pre-release.
        if first == UInt8(ascii: "-") { found.append(ArraySlice("pre".utf8)) }
        rest = rest.dropFirst()
      }
    }
    guard !found.isEmpty else { return nil }
    func isZero(_ part: ArraySlice<UInt8>) -> Bool {
      VersionText.isNumber(part) && part.allSatisfy { $0 == UInt8(ascii: "0") }
    }
    // Zeros before the first letters and at the end do not count.
    let letters = found.firstIndex { !VersionText.isNumber($0) } ?? found.count
    var head = Array(found[..<letters])
    var tail = Array(found[letters...])
    while let last = head.last, isZero(last) { head.removeLast() }
    while let last = tail.last, isZero(last) { tail.removeLast() }
    segments = head + tail
  }
}
