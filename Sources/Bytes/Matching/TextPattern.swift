/// Text with wildcards that a whole value is compared with.
package struct TextPattern: Sendable, Hashable {
  /// A piece of a pattern.
  package enum Element: Sendable, Hashable {
    /// These bytes.
    case bytes([UInt8])
    /// Exactly one character.
    case one
    /// Any number of characters.
    case many
  }

  /// Neighbouring literals are joined, and a run of `many` is one.
  package let elements: [Element]
  /// Whether upper and lower case differ. Literals of a pattern without regard to case are folded.
  package let isCased: Bool

  package init(_ elements: [Element], isCased: Bool) {
    var joined: [Element] = []
    for element in elements {
      switch (joined.last, element) {
      case (.bytes(let head), .bytes(let tail)): joined[joined.count - 1] = .bytes(head + tail)
      case (_, .bytes(let bytes)) where bytes.isEmpty: break
      case (.many, .many): break
      default: joined.append(element)
      }
    }
    self.isCased = isCased
    self.elements =
      isCased
      ? joined
      : joined.map { element in
        if case .bytes(let bytes) = element { .bytes(CaseFolding.folded(bytes)) } else { element }
      }
  }

  /// Exactly this text.
  package init(exact text: String, isCased: Bool = false) {
    self.init([.bytes(Array(text.utf8))], isCased: isCased)
  }

  /// The text of a pattern without wildcards; nil for others.
  package var exact: [UInt8]? {
    if elements.isEmpty { return [] }
    if elements.count == 1, case .bytes(let bytes) = elements[0] { return bytes }
    return nil
  }

  /// Whether everything matches.
  package var isAny: Bool { elements == [.many] }

  /// The longest literal, folded; empty where there is none.
  package var longestLiteral: [UInt8] {
    var best: [UInt8] = []
    for case .bytes(let bytes) in elements where bytes.count > best.count { best = bytes }
    return isCased ? CaseFolding.folded(best) : best
  }

  /// Whether the whole text matches. Goes back to at most one `many` at a time, so that the time is bounded by the
  /// product of the lengths.
  ///
  /// - Parameter text: folded unless the pattern is cased.
  package func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var element = 0
    var place = 0
    var retry: (element: Int, place: Int)?
    while true {
      if element == elements.count {
        if place == text.count { return true }
      } else {
        switch elements[element] {
        case .many:
          if element + 1 == elements.count { return true }
          retry = (element + 1, place)
          element += 1
          continue
        case .one:
          if place < text.count {
            place = Self.next(text, place)
            element += 1
            continue
          }
        case .bytes(let bytes):
          if Self.has(text, place, bytes) {
            place += bytes.count
            element += 1
            continue
          }
        }
      }
      guard let back = retry, back.place < text.count else { return false }
      let next = Self.next(text, back.place)
      retry = (back.element, next)
      element = back.element
      place = next
    }
  }

  private static func has(_ text: UnsafeBufferPointer<UInt8>, _ place: Int, _ bytes: [UInt8]) -> Bool {
    guard place + bytes.count <= text.count else { return false }
    for offset in 0..<bytes.count where text[place + offset] != bytes[offset] { return false }
    return true
  }

  /// After the character that starts at a place.
  private static func next(_ text: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
    var next = place + 1
    while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }

  package func matches(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return (isCased ? bytes : CaseFolding.folded(bytes)).withUnsafeBufferPointer { matches($0) }
  }
}
