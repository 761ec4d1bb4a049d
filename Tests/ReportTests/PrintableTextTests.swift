import Bytes
import Findings
import Report
import Testing

/// Nothing that others named steers a terminal, whichever answer printed it.
@Suite struct PrintableTextTests {
  private static func shown(_ text: String, colour: Bool, pieces: Int) -> String {
    let bytes = Array(text.utf8)
    var filter = PrintableText(Terminal(columns: 80, colour: colour))
    var result: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: pieces) {
      result += filter.pass(Array(bytes[start..<min(start + pieces, bytes.count)]))
    }
    return String(decoding: result + filter.finish(), as: UTF8.self)
  }

  /// The same in one piece and byte by byte.
  @Test(arguments: [
    ("plain\n\ttext\r\n", "plain\n\ttext\r\n"), ("\u{1B}[31mred", "\u{FFFD}[31mred"),
    ("\u{1B}]0;title\u{7}", "\u{FFFD}]0;title\u{FFFD}"), ("\u{9B}2J", "\u{FFFD}2J"), ("a\rb", "a\u{FFFD}b"),
    ("\u{202E}gpj.exe", "\u{FFFD}gpj.exe"), ("\u{2066}x\u{2069}", "\u{FFFD}x\u{FFFD}"),
    ("\u{7F}\u{8}", "\u{FFFD}\u{FFFD}"),
    ("Grüße … 日本 👍", "Grüße … 日本 👍"), ("end\u{1B}", "end\u{FFFD}"), ("", ""),
  ])
  func controlCharactersAreReplaced(_ text: String, _ expected: String) {
    for pieces in [1, 3, 1000] { #expect(Self.shown(text, colour: false, pieces: pieces) == expected) }
  }

  @Test func ownColoursStay() {
    let terminal = Terminal(columns: 80, colour: true)
    let text =
      Severity.allCases.map { terminal.severity($0, $0.name) }.joined() + terminal.bold("b") + terminal.dim("d")
    for pieces in [1, 2, 1000] {
      #expect(Self.shown(text, colour: true, pieces: pieces) == text)
      #expect(Self.shown(text + "\u{1B}[2J", colour: true, pieces: pieces) == text + "\u{FFFD}[2J")
      #expect(!Self.shown(text, colour: false, pieces: pieces).unicodeScalars.contains("\u{1B}"))
    }
    // What ends within a character is no text.
    var filter = PrintableText(terminal)
    #expect(filter.pass([0x61, 0xE2, 0x80]) == [0x61] && filter.finish() == [0xEF, 0xBF, 0xBD])
  }

  /// In JSON it is an escape, the same to whoever reads it.
  @Test func documentsHoldNoneEither() throws {
    let text = "a\u{9B}31m\u{7F}\u{202E}b\u{2069}\u{1B}é–\u{A0}"
    var writer = JSONWriter(pretty: false)
    writer.object { $0.field("a", text) }
    let numbers = writer.text.unicodeScalars.map(\.value)
    #expect(!numbers.contains { $0 < 0x20 || (0x7F..<0xA0).contains($0) })
    #expect(!numbers.contains(0x202E) && !numbers.contains(0x2069))
    #expect(try JSONReader.read(Array(writer.text.utf8))["a"]?.string == text)
  }
}
