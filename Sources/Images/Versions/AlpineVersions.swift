extension VersionOrder {
  /// apk: `1.2.3a_rc1-r0`, as apk-tools 2 of Alpine 3 compares them, broken ones included.
  ///
  /// What its own feed holds beside the rules, such as `1.2.31-0` and `10.2.26.r0`, is a version all the same.
  ///
  /// Source: Alpine's wiki, "APKBUILD Reference", pkgver; behaviour for broken versions from the published table.
  static let alpine = VersionOrder("apk", isVersion: AlpineVersion.isVersion) { a, b in
    guard !a.isEmpty, !b.isEmpty else { return nil }
    return AlpineVersion.compare(a, b)
  }
}

private struct AlpineVersion {
  /// Kinds of parts in the order in which they may follow each other; a part of a later kind is a smaller step.
  private enum Kind: Int {
    case invalid = -1
    /// A number behind a dot: leading zeros make it a fraction.
    case component
    case number
    case letter
    case suffix
    case suffixNumber
    case revision
    case end
  }

  private static let before = ["alpha", "beta", "pre", "rc"].map { Array($0.utf8) }
  private static let after = ["cvs", "svn", "git", "hg", "p"].map { Array($0.utf8) }

  private var rest: ArraySlice<UInt8>
  private var kind = Kind.number

  private init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool { VersionText.isPlain(bytes, "._-~") }

  static func compare(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> VersionOrder.Outcome {
    var (x, y) = (AlpineVersion(a), AlpineVersion(b))
    var (m, n) = (0, 0)
    while x.kind == y.kind, x.kind != .end, x.kind != .invalid, m == n {
      m = x.next()
      n = y.next()
    }
    if m != n { return VersionText.compare(m, n) }
    if x.kind == y.kind { return .equal }
    // What goes on is newer, unless it goes on as something that comes before a release.
    if x.kind == .suffix {
      var ahead = x
      if ahead.next() < 0 { return .less }
    }
    if y.kind == .suffix {
      var ahead = y
      if ahead.next() < 0 { return .greater }
    }
    // What is broken is older than anything that is not.
    if x.isBroken != y.isBroken { return x.isBroken ? .less : .greater }
    return VersionText.compare(y.kind.rawValue, x.kind.rawValue)
  }

  /// Nothing that the rules know, or a dot with a letter behind it.
  private var isBroken: Bool {
    kind == .invalid || kind == .component && rest.first.map(VersionText.isLetter) ?? false
  }

  /// The value of the present part; afterwards `kind` is that of the next.
  private mutating func next() -> Int {
    guard let first = rest.first else {
      kind = .end
      return 0
    }
    var value = 0
    switch kind {
    case .component where first == UInt8(ascii: "0"):
      let zeros = rest.prefix { $0 == UInt8(ascii: "0") }
      rest = rest[zeros.endIndex...]
      kind = rest.isEmpty ? .end : .number
      return -zeros.count
    case .component, .number, .suffixNumber, .revision:
      let digits = rest.prefix(while: VersionText.isDigit)
      for digit in digits { value = (value &* 10) &+ Int(digit - UInt8(ascii: "0")) }
      rest = rest[digits.endIndex...]
    case .letter:
      value = Int(first)
      rest = rest.dropFirst()
    case .suffix:
      if let index = Self.before.firstIndex(where: {
        rest.count > $0.count && rest.starts(with: $0) || rest.elementsEqual($0)
      }) {
        value = index - Self.before.count
        rest = rest.dropFirst(Self.before[index].count)
      } else if let index = Self.after.firstIndex(where: { rest.starts(with: $0) }) {
        value = index
        rest = rest.dropFirst(Self.after[index].count)
      } else {
        kind = .invalid
        return -1
      }
    case .invalid, .end:
      kind = .invalid
      return -1
    }
    advance()
    return value
  }

  private mutating func advance() {
    guard let first = rest.first else {
      kind = .end
      return
    }
    var following = Kind.invalid
    if kind == .number || kind == .component, first &- UInt8(ascii: "a") < 26 {
      following = .letter
    } else if kind == .letter, VersionText.isDigit(first) {
      following = .number
    } else if kind == .suffix, VersionText.isDigit(first) {
      following = .suffixNumber
    } else {
      switch first {
      case UInt8(ascii: "."): following = .component
      case UInt8(ascii: "_"): following = .suffix
      case UInt8(ascii: "-")
      where rest.dropFirst().first == UInt8(ascii: "r") && !(rest.dropFirst(2).first.map(VersionText.isLetter) ?? false):
        following = .revision
        rest = rest.dropFirst()
      default: break
      }
      rest = rest.dropFirst()
    }
    let mayGoBack =
      following == .component && kind == .number || following == .suffix && kind == .suffixNumber
      || following == .number && kind == .letter
    kind = following.rawValue < kind.rawValue && !mayGoBack ? .invalid : following
  }
}
