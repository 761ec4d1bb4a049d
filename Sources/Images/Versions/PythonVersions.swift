extension VersionOrder {
  /// Python: `[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]`, normalised.
  ///
  /// Source: packaging.python.org, "Version specifiers" (PEP 440), sections "Normalization" and "Summary of permitted suffixes".
  /// What is no version sorts before all that are, as the old `LegacyVersion` did; nothing is decided by that.
  static let python = VersionOrder("PEP 440", isVersion: PythonVersion.isVersion) { a, b in
    switch (PythonVersion(a), PythonVersion(b)) {
    case (let x?, let y?): return PythonVersion.compare(x, y)
    case (nil, nil): return VersionText.compareBytes(VersionText.lowered(a), VersionText.lowered(b))
    case (nil, _): return .less
    case (_, nil): return .greater
    }
  }
}

private struct PythonVersion {
  private var epoch: ArraySlice<UInt8> = []
  private var release: [ArraySlice<UInt8>] = []
  /// Rank of the letter (a, b, rc) and its number.
  private var pre: (rank: Int, number: ArraySlice<UInt8>)?
  private var post: ArraySlice<UInt8>?
  private var dev: ArraySlice<UInt8>?
  private var local: [ArraySlice<UInt8>] = []

  static func isVersion(_ bytes: ArraySlice<UInt8>) -> Bool { PythonVersion(bytes) != nil }

  init?(_ bytes: ArraySlice<UInt8>) {
    var rest = VersionText.lowered(bytes)
    if rest.first == UInt8(ascii: "v") { rest.removeFirst() }
    if let plus = rest.firstIndex(of: UInt8(ascii: "+")) {
      local = rest[(plus + 1)...].split(omittingEmptySubsequences: false) { Self.isSeparator($0) }
      guard local.allSatisfy({ !$0.isEmpty && $0.allSatisfy { VersionText.isDigit($0) || VersionText.isLetter($0) } })
      else { return nil }
      rest = rest[..<plus]
    }
    if let mark = rest.firstIndex(of: UInt8(ascii: "!")) {
      epoch = rest[..<mark]
      guard VersionText.isNumber(epoch) else { return nil }
      rest = rest[(mark + 1)...]
    }
    while let first = rest.first, VersionText.isDigit(first) {
      let digits = rest.prefix(while: VersionText.isDigit)
      release.append(digits)
      rest = rest[digits.endIndex...]
      guard rest.first == UInt8(ascii: "."), let next = rest.dropFirst().first, VersionText.isDigit(next) else { break }
      rest = rest.dropFirst()
    }
    guard !release.isEmpty else { return nil }
    if let (rank, number) = Self.part(
      &rest, [("alpha", 0), ("a", 0), ("beta", 1), ("b", 1), ("preview", 2), ("pre", 2), ("rc", 2), ("c", 2)])
    {
      pre = (rank, number)
    }
    if let (_, number) = Self.part(&rest, [("post", 0), ("rev", 0), ("r", 0)]) {
      post = number
    } else if rest.first == UInt8(ascii: "-"), let next = rest.dropFirst().first, VersionText.isDigit(next) {
      // `1.0-1` is a post-release as well.
      let digits = rest.dropFirst().prefix(while: VersionText.isDigit)
      post = digits
      rest = rest[digits.endIndex...]
    }
    if let (_, number) = Self.part(&rest, [("dev", 0)]) { dev = number }
    guard rest.isEmpty else { return nil }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  /// One of the words with an optional separator on each side, and a number that may be missing.
  private static func part(
    _ rest: inout ArraySlice<UInt8>, _ words: [(String, Int)]
  ) -> (rank: Int, number: ArraySlice<UInt8>)? {
    var tail = rest
    if let first = tail.first, isSeparator(first) { tail = tail.dropFirst() }
    guard let (word, rank) = words.first(where: { tail.starts(with: $0.0.utf8) }) else { return nil }
    tail = tail.dropFirst(word.utf8.count)
    if let first = tail.first, isSeparator(first) { tail = tail.dropFirst() }
    let digits = tail.prefix(while: VersionText.isDigit)
    rest = tail[digits.endIndex...]
    return (rank, digits)
  }

  static func compare(_ a: PythonVersion, _ b: PythonVersion) -> VersionOrder.Outcome {
    var outcome = VersionText.compareNumbers(a.epoch, b.epoch)
    if outcome != .equal { return outcome }
    for index in 0..<max(a.release.count, b.release.count) {
      outcome = VersionText.compareNumbers(
        index < a.release.count ? a.release[index] : [], index < b.release.count ? b.release[index] : [])
      if outcome != .equal { return outcome }
    }
    // dev < a < b < rc < the release itself < post.
    outcome = VersionText.compare(a.stage, b.stage)
    if outcome != .equal { return outcome }
    if let x = a.pre, let y = b.pre {
      outcome = VersionText.compareNumbers(x.number, y.number)
      if outcome != .equal { return outcome }
    }
    outcome = compare(a.post, b.post, missing: .less)
    if outcome != .equal { return outcome }
    outcome = compare(a.dev, b.dev, missing: .greater)
    if outcome != .equal { return outcome }
    return compareLocal(a.local, b.local)
  }

  private var stage: Int {
    if let pre { return pre.rank }
    return post == nil && dev != nil ? -1 : 3
  }

  private static func compare(
    _ a: ArraySlice<UInt8>?, _ b: ArraySlice<UInt8>?, missing: VersionOrder.Outcome
  ) -> VersionOrder.Outcome {
    switch (a, b) {
    case (nil, nil): .equal
    case (nil, _): missing
    case (_, nil): missing.reversed
    case (let x?, let y?): VersionText.compareNumbers(x, y)
    }
  }

  /// Words before numbers, fewer before more.
  private static func compareLocal(_ a: [ArraySlice<UInt8>], _ b: [ArraySlice<UInt8>]) -> VersionOrder.Outcome {
    for (x, y) in zip(a, b) {
      let (m, n) = (VersionText.isNumber(x), VersionText.isNumber(y))
      let outcome: VersionOrder.Outcome =
        m && n ? VersionText.compareNumbers(x, y) : m != n ? (m ? .greater : .less) : VersionText.compareBytes(x, y)
      if outcome != .equal { return outcome }
    }
    return VersionText.compare(a.count, b.count)
  }
}
