/// Text for people as it leaves, piece by piece: control characters of names that others chose never reach the terminal,
/// whichever answer forgot about them.
///
/// Lines, tabs and returns stay, and so do the colours of `Terminal` where there are any; nothing else that begins with an
/// escape does, and no character that turns the direction of the text.
package struct PrintableText {
  private let terminal: Terminal
  /// The first bytes of a character or of a colour whose rest is in the next piece.
  private var rest: [UInt8] = []

  package init(_ terminal: Terminal) { self.terminal = terminal }

  /// - Returns: the piece as it may be shown, without what the next one may complete.
  package mutating func pass(_ piece: [UInt8]) -> [UInt8] {
    // Nearly every text is of printable ASCII.
    if rest.isEmpty, piece.allSatisfy(Self.isHarmless) { return piece }
    let bytes = rest + piece
    rest = []
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if Self.isHarmless(byte) {
        result.append(byte)
        place += 1
        continue
      }
      switch step(bytes[place...]) {
      case .unfinished:
        rest = Array(bytes[place...])
        return result
      case .kept(let count):
        result += bytes[place..<place + count]
        place += count
      case .replaced(let count):
        result += Self.replacement
        place += count
      }
    }
    return result
  }

  /// What is left at the end of the text.
  package mutating func finish() -> [UInt8] {
    defer { rest = [] }
    return rest.isEmpty ? [] : Self.replacement
  }

  private enum Step {
    case kept(Int)
    case replaced(Int)
    case unfinished
  }

  /// U+FFFD.
  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

  private static func isHarmless(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F || byte == 0x0A || byte == 0x09 }

  /// - Parameter bytes: from one that is not harmless.
  private func step(_ bytes: ArraySlice<UInt8>) -> Step {
    let first = bytes[bytes.startIndex]
    if first == 0x1B {
      guard terminal.colour else { return .replaced(1) }
      for colour in Terminal.colours {
        if bytes.starts(with: colour) { return .kept(colour.count) }
        if bytes.count < colour.count, colour.starts(with: bytes) { return .unfinished }
      }
      return .replaced(1)
    }
    // The end of a line of a spreadsheet and of Windows.
    if first == 0x0D {
      return bytes.count == 1 ? .unfinished : bytes.dropFirst().first == 0x0A ? .kept(2) : .replaced(1)
    }
    if first < 0x20 || first == 0x7F { return .replaced(1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 1
    guard length > 1, first < 0xF5 else { return .replaced(1) }
    guard bytes.count >= length else { return .unfinished }
    let character = bytes.prefix(length)
    guard let text = String(validating: character, as: UTF8.self) else { return .replaced(1) }
    return Terminal.printable(text) == text ? .kept(length) : .replaced(length)
  }
}
