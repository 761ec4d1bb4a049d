import Report
import TestKit
import Testing

@Suite struct UnifiedDiffTests {
  @Test func equalTextsHaveNoDifference() { #expect(UnifiedDiff.text(from: "a\n", to: "a\n", file: "f").isEmpty) }

  @Test func hunksShowThreeLinesAround() {
    let old = (1...20).map { "line \($0)\n" }.joined()
    let new = old.replacing("line 5\n", with: "line 5\nnew\n").replacing("line 18\n", with: "")
    #expect(
      UnifiedDiff.text(from: old, to: new, file: "f") == """
        --- f
        +++ f
        @@ -3,6 +3,7 @@
         line 3
         line 4
         line 5
        +new
         line 6
         line 7
         line 8
        @@ -15,6 +16,5 @@
         line 15
         line 16
         line 17
        -line 18
         line 19
         line 20

        """)
  }

  @Test func aMissingLineFeedIsSaid() {
    #expect(
      UnifiedDiff.text(from: "a", to: "a\nb", file: "f")
        == "--- f\n+++ f\n@@ -1 +1,2 @@\n-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n")
  }

  @Test func linesThatEndAsOnWindows() {
    #expect(
      UnifiedDiff.text(from: "a\r\nb\r\n", to: "a\r\nc\r\n", file: "f")
        == "--- f\n+++ f\n@@ -1,2 +1,2 @@\n a\r\n-b\r\n+c\r\n")
  }

  /// Whatever the texts are, applying the hunks by their numbers gives the new one.
  @Test func hunksApply() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<400 {
      func text() -> [String] {
        (0..<Int.random(in: 0...30, using: &random)).map { _ in "l\(Int.random(in: 0...5, using: &random))" }
      }
      var old = text()
      if old.isEmpty { old = ["x"] }
      var new = old
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        if Bool.random(using: &random), !new.isEmpty {
          new.remove(at: Int.random(in: 0..<new.count, using: &random))
        } else {
          new.insert("n\(Int.random(in: 0...9, using: &random))", at: Int.random(in: 0...new.count, using: &random))
        }
      }
      let (a, b) = (old.map { $0 + "\n" }.joined(), new.map { $0 + "\n" }.joined())
      #expect(Self.apply(UnifiedDiff.text(from: a, to: b, file: "f"), to: old) == new)
    }
  }

  private static func apply(_ diff: String, to old: [String]) -> [String] {
    var result: [String] = []
    var place = 0
    for line in diff.split(separator: "\n").dropFirst(2) {
      if line.hasPrefix("@@") {
        let numbers = line.split(separator: " ")[1].dropFirst().split(separator: ",").compactMap { Int($0) }
        let start = numbers.count > 1 && numbers[1] == 0 ? numbers[0] : numbers[0] - 1
        result += old[place..<start]
        place = start
      } else if line.hasPrefix("+") {
        result.append(String(line.dropFirst()))
      } else {
        if line.hasPrefix(" ") { result.append(String(line.dropFirst())) }
        place += 1
      }
    }
    return diff.isEmpty ? old : result + old[place...]
  }
}
