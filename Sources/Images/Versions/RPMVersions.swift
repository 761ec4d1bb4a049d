extension VersionOrder {
  /// rpm: `[epoch:]version[-release]`; one without a release is before one with any.
  ///
  /// Source: rpm's documentation, "Dependencies Basics", section "Versioning"; `~` sorts before everything, `^` behind its base.
  static let rpm = VersionOrder("rpm", isVersion: RPMVersion.isVersion) { a, b in
    guard let x = RPMVersion(a), let y = RPMVersion(b) else { return nil }
    let epochs = VersionText.compareNumbers(x.epoch, y.epoch)
    if epochs != .equal { return epochs }
    let versions = RPMVersion.compare(x.version, y.version)
    guard versions == .equal else { return versions }
    switch (x.release, y.release) {
    case (nil, nil): return .equal
    case (nil, _): return .less
    case (_, nil): return .greater
    case (let one?, let other?): return RPMVersion.compare(one, other)
    }
  }
}

private struct RPMVersion {
  let epoch: ArraySlice<UInt8>
  let version: ArraySlice<UInt8>
  let release: ArraySlice<UInt8>?

  init?(_ bytes: ArraySlice<UInt8>) {
    guard !bytes.isEmpty else { return nil }
    var rest = bytes
    if let colon = bytes.firstIndex(of: UInt8(ascii: ":")),
      VersionText.isNumber(bytes[..<colon]) || colon == bytes.startIndex
    {
      epoch = bytes[..<colon]
      rest = bytes[(colon + 1)...]
    } else {
      epoch = []
    }
    if let dash = rest.lastIndex(of: UInt8(ascii: "-")) {
      version = rest[..<dash]
      release = rest[(dash + 1)...]
    } else {
      version = rest
      release = nil
    }
  }

  static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool {
    VersionText.holds(bytes, "._+~^:-") && bytes.contains(where: VersionText.isDigit)
  }

  private static func counts(_ byte: UInt8) -> Bool {
    VersionText.isDigit(byte) || VersionText.isLetter(byte) || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "^")
  }

  static func compare(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> VersionOrder.Outcome {
    var (x, y) = (a, b)
    while !x.isEmpty || !y.isEmpty {
      x = x.drop { !counts($0) }
      y = y.drop { !counts($0) }
      for (mark, alone) in [(UInt8(ascii: "~"), VersionOrder.Outcome.less), (UInt8(ascii: "^"), .greater)] {
        guard x.first == mark || y.first == mark else { continue }
        // A caret is newer than the end, and older than anything else that follows.
        if x.first != mark { return mark == UInt8(ascii: "^") && !x.isEmpty ? .greater : alone.reversed }
        if y.first != mark { return mark == UInt8(ascii: "^") && !y.isEmpty ? .less : alone }
        x.removeFirst()
        y.removeFirst()
        x = x.drop { !counts($0) }
        y = y.drop { !counts($0) }
        break
      }
      if x.first == UInt8(ascii: "~") || y.first == UInt8(ascii: "~") || x.first == UInt8(ascii: "^")
        || y.first == UInt8(ascii: "^")
      {
        continue
      }
      guard let head = x.first, !y.isEmpty else { break }
      let numeric = VersionText.isDigit(head)
      let m = numeric ? x.prefix(while: VersionText.isDigit) : x.prefix(while: VersionText.isLetter)
      let n = numeric ? y.prefix(while: VersionText.isDigit) : y.prefix(while: VersionText.isLetter)
      // Numbers are newer than letters.
      if n.isEmpty { return numeric ? .greater : .less }
      let outcome = numeric ? VersionText.compareNumbers(m, n) : VersionText.compareBytes(m, n)
      if outcome != .equal { return outcome }
      x = x[m.endIndex...]
      y = y[n.endIndex...]
    }
    return x.isEmpty == y.isEmpty ? .equal : x.isEmpty ? .less : .greater
  }
}
