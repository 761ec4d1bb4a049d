extension VersionOrder {
  /// dpkg: `[epoch:]upstream[-revision]`.
  ///
  /// Source: deb-version(7), "Sorting algorithm".
  static let debian = VersionOrder("dpkg", isVersion: DebianVersion.isVersion, DebianVersion.order)

  /// OCaml's opam, whose versions are in the order of Debian's.
  ///
  /// Source: opam.ocaml.org, "The opam manual", section "Version ordering".
  static let opam = VersionOrder(
    "opam", isVersion: DebianVersion.isVersionOfOpam, DebianVersion.order)
}

/// What Debian's versions say beside their order.
enum DebianVersions {
  /// A rebuild of a binary (`+b1`) has no source of its own: the version of the source that it was built from.
  static func withoutRebuild(_ version: String) -> String {
    guard let plus = version.lastIndex(of: "+") else { return version }
    let tail = version[version.index(after: plus)...]
    return tail.first == "b" && tail.count > 1 && tail.dropFirst().allSatisfy(\.isNumber)
      ? String(version[..<plus]) : version
  }
}

private struct DebianVersion {
  let epoch: ArraySlice<UInt8>
  let upstream: ArraySlice<UInt8>
  let revision: ArraySlice<UInt8>

  init?(_ bytes: ArraySlice<UInt8>) {
    guard !bytes.isEmpty else { return nil }
    var rest = bytes
    if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
      epoch = bytes[..<colon]
      guard VersionText.isNumber(epoch) else { return nil }
      rest = bytes[(colon + 1)...]
    } else {
      epoch = []
    }
    if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
      upstream = rest[..<dash]
      revision = rest[(dash + 1)...]
    } else {
      upstream = rest
      revision = []
    }
  }

  static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool { VersionText.isPlain(bytes, ".+-~:_") }

  static func isVersionOfOpam(_ bytes: ArraySlice<UInt8>) -> Bool {
    VersionText.holds(bytes, ".+-~_") && bytes.contains(where: VersionText.isDigit)
  }

  /// A tilde sorts before the end, letters before everything else.
  private static func weight(_ byte: UInt8?) -> Int {
    guard let byte else { return 0 }
    if byte == UInt8(ascii: "~") { return -1 }
    if VersionText.isDigit(byte) { return 0 }
    return VersionText.isLetter(byte) ? Int(byte) : Int(byte) + 256
  }

  /// Of two whole versions; nil where one is none.
  static func order(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> VersionOrder.Outcome? {
    guard let x = DebianVersion(a), let y = DebianVersion(b) else { return nil }
    for outcome in [
      VersionText.compareNumbers(x.epoch, y.epoch), compare(x.upstream, y.upstream), compare(x.revision, y.revision),
    ] where outcome != .equal {
      return outcome
    }
    return .equal
  }

  /// Runs of other characters and of digits in turn.
  static func compare(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> VersionOrder.Outcome {
    var (x, y) = (a, b)
    while !x.isEmpty || !y.isEmpty {
      while x.first.map({ !VersionText.isDigit($0) }) ?? false || y.first.map({ !VersionText.isDigit($0) }) ?? false {
        let outcome = VersionText.compare(weight(x.first), weight(y.first))
        if outcome != .equal { return outcome }
        x = x.dropFirst()
        y = y.dropFirst()
      }
      let (m, n) = (x.prefix(while: VersionText.isDigit), y.prefix(while: VersionText.isDigit))
      let outcome = VersionText.compareNumbers(m, n)
      if outcome != .equal { return outcome }
      x = x[m.endIndex...]
      y = y[n.endIndex...]
    }
    return .equal
  }
}
