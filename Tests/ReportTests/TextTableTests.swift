import Report
import Testing

@Suite struct TextTableTests {
  private static let table = TextTable(
    columns: ["workload", "place", "why"],
    rows: [
      ["monitoring/DaemonSet/node-agent", "examples/cluster/40-monitoring.yaml:120", "it mounts a path of the node"],
      ["a", "b", ""],
    ])

  /// A program may read what is piped: no line is folded, no cell is broken.
  @Test func nothingIsFoldedOffATerminal() {
    let lines = Self.table.text(Terminal(columns: nil)).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].hasSuffix("examples/cluster/40-monitoring.yaml:120  it mounts a path of the node"))
    #expect(lines[2] == "a                                b")
  }

  /// Prose as well: who searches a report for a sentence finds it.
  @Test func proseIsFoldedAtTheEdgeOfATerminalOnly() {
    let sentence = Array(repeating: "word", count: 60).joined(separator: " ")
    #expect(Terminal(columns: nil).wrapped(sentence, indent: 2) == "  " + sentence)
    for columns in [40, 80, 160] {
      let lines = Terminal(columns: columns).wrapped(sentence, indent: 2).split(separator: "\n")
      #expect(lines.count > 1)
      #expect(lines.allSatisfy { $0.count <= columns && $0.hasPrefix("  word") })
    }
  }

  @Test(arguments: [50, 60, 80, 100]) func aTerminalGetsWholeNames(_ columns: Int) {
    let text = Self.table.text(Terminal(columns: columns))
    #expect(
      text.contains("examples/cluster/40-monitoring.yaml:120") && text.contains("monitoring/DaemonSet/node-agent"))
    if columns < 100 { #expect(text.split(separator: "\n").count > 3, "the sentence is folded") }
  }

  @Test func whatSteersATerminalIsShownInstead() {
    let text = TextTable(columns: ["name"], rows: [["a\u{1B}[31mb"]]).text(Terminal(columns: nil))
    #expect(!text.contains("\u{1B}"))
  }

  /// A message of several lines is shown whole, each line below the other; in the first column a line could pass for a row.
  @Test(arguments: [nil, 60] as [Int?]) func linesOfACellStay(_ columns: Int?) {
    let table = TextTable(columns: ["name", "why"], rows: [["a\nb", "ERROR: 1:3\n | x.y(\n | ...^"], ["c", "d"]])
    let text = table.text(Terminal(columns: columns))
    #expect(
      text == "NAME  WHY\na\u{FFFD}b   ERROR: 1:3\n       | x.y(\n       | ...^\nc     d\n")
  }

  @Test func aTableWithAHeadingSaysThatItIsEmpty() {
    #expect(TextTable("Roles", columns: ["a"], rows: []).text(Terminal(columns: nil)) == "Roles\n  none\n")
  }
}
