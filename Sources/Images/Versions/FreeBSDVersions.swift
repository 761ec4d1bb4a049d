extension VersionOrder {
  /// FreeBSD's packages, `1.2.3_4,1`, and its releases, `14.3-RELEASE-p2`.
  ///
  /// Source: FreeBSD Porter's Handbook, "Package Naming Conventions"; pkg-version(8), for what it makes of letters, `*` and `+`.
  static let freeBSD = VersionOrder(
    "FreeBSD", isVersion: { FreeBSDVersion($0) != nil },
    { a, b in
      guard let x = FreeBSDVersion(a), let y = FreeBSDVersion(b) else { return nil }
      return x.compare(y)
    })
}

private struct FreeBSDVersion {
  /// A number with the letters behind it and their level: `10b2` is 10, b and 2.
  private struct Component {
    /// What `*` counts as, and letters without a number before them: less than zero, and in this order.
    enum Kind: Int { case wildcard, absent, number }

    var kind = Kind.number
    var number: ArraySlice<UInt8> = []
    /// Zero for none; of words the first letter counts.
    var letter = 0
    /// Nil behind letters without a number.
    var level: ArraySlice<UInt8>? = []

    func compare(_ other: Component) -> VersionOrder.Outcome {
      if kind != other.kind { return VersionText.compare(kind.rawValue, other.kind.rawValue) }
      let numbers = VersionText.compareNumbers(number, other.number)
      if numbers != .equal { return numbers }
      if letter != other.letter { return VersionText.compare(letter, other.letter) }
      switch (level, other.level) {
      case (nil, nil): return .equal
      case (nil, _): return .less
      case (_, nil): return .greater
      case (let own?, let its?): return VersionText.compareNumbers(own, its)
      }
    }
  }

  /// Words that come before a release, though a number stands before them; `pl` is before every other.
  private static let stages = ["pl", "snap", "alpha", "beta", "pre", "rc"].map { Array($0.utf8) }

  private var epoch: ArraySlice<UInt8> = []
  private var revision: ArraySlice<UInt8> = []
  /// Of what stands between signs of `+`.
  private var blocks: [[Component]]

  init?(_ text: ArraySlice<UInt8>) {
    var rest = text
    if let comma = rest.lastIndex(of: UInt8(ascii: ",")) {
      epoch = rest[(comma + 1)...]
      rest = rest[..<comma]
      guard VersionText.isNumber(epoch) else { return nil }
    }
    // Patches of a release are counted as revisions of a package are.
    if let mark = rest.lastIndex(of: UInt8(ascii: "_")) {
      revision = rest[(mark + 1)...]
      rest = rest[..<mark]
      guard VersionText.isNumber(revision) else { return nil }
    } else {
      let parts = VersionText.split(rest, at: "-")
      rest = parts[0]
      for part in parts.dropFirst() where !part.elementsEqual("RELEASE".utf8) {
        revision = part.dropFirst()
        guard part.first == UInt8(ascii: "p"), VersionText.isNumber(revision) else { return nil }
      }
    }
    let known: (UInt8) -> Bool = { VersionText.isDigit($0) || VersionText.isLetter($0) || $0 == UInt8(ascii: "*") }
    guard let first = rest.first, known(first), !rest.contains(UInt8(ascii: "-")) else { return nil }
    blocks = VersionText.split(rest, at: "+").map(Self.components)
  }

  private static func components(_ block: ArraySlice<UInt8>) -> [Component] {
    var found: [Component] = []
    var rest = block
    while let first = rest.first {
      var component = Component()
      var mayBeStage = false
      if VersionText.isDigit(first) {
        component.number = rest.prefix(while: VersionText.isDigit)
        rest = rest.dropFirst(component.number.count)
      } else if first == UInt8(ascii: "*") {
        component.kind = .wildcard
        rest = []
      } else {
        component.kind = .absent
        mayBeStage = true
      }
      let word = VersionText.lowered(rest.prefix(while: VersionText.isLetter))
      if let letter = word.first {
        let stage = Self.stages.firstIndex { $0.elementsEqual(word) }
        // A word of these behind a number is a component of its own.
        if stage == nil || mayBeStage {
          component.letter = stage == 0 ? 0 : Int(letter) - 0x60 + 1
          rest = rest.dropFirst(word.count)
          let level = rest.prefix(while: VersionText.isDigit)
          component.level = level.isEmpty ? nil : level
          rest = rest.dropFirst(level.count)
        }
      }
      found.append(component)
      rest = rest.drop { !VersionText.isDigit($0) && !VersionText.isLetter($0) && $0 != UInt8(ascii: "*") }
    }
    return found
  }

  func compare(_ other: FreeBSDVersion) -> VersionOrder.Outcome {
    let epochs = VersionText.compareNumbers(epoch, other.epoch)
    if epochs != .equal { return epochs }
    for index in 0..<max(blocks.count, other.blocks.count) {
      let own = index < blocks.count ? blocks[index] : []
      let its = index < other.blocks.count ? other.blocks[index] : []
      for place in 0..<max(own.count, its.count) {
        // What is missing counts as zero.
        let outcome = (place < own.count ? own[place] : Component())
          .compare(place < its.count ? its[place] : Component())
        if outcome != .equal { return outcome }
      }
    }
    return VersionText.compareNumbers(revision, other.revision)
  }
}
