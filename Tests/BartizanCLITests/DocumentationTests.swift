import BartizanCLI
import TestKit
import Testing

@Suite struct DocumentationTests {
  @Test func pagesAreCurrent() throws {
    for page in Documentation.pages() {
      let path = FileReaderForTests.repository + "/docs/" + page.name
      let text = try? FileReaderForTests.text(path)
      #expect(text == page.text, "docs/\(page.name) is stale: run `swift run bartizan documentation docs`")
    }
  }

  /// Pages for man hold each command and each of its options, and no line that roff would take for a command of its own.
  @Test func pagesForManAreWhole() {
    let pages = ManualPages.all(day: "2026-11-29")
    #expect(Set(pages.map(\.name)).count == pages.count)
    #expect(pages.contains { $0.name == "bartizan.1" } && !pages.contains { $0.name.contains("documentation") })
    let known: Set<Substring> = [".TH", ".SH", ".B", ".TP", ".nf", ".fi", ".PP", ".BR"]
    for page in pages {
      for line in page.text.split(separator: "\n") where line.hasPrefix(".") || line.hasPrefix("'") {
        #expect(known.contains(line.prefix { $0 != " " }), "\(page.name): \(line)")
      }
      #expect(page.text.hasPrefix(".TH BARTIZAN") && page.text.utf8.allSatisfy { $0 < 0x80 }, "\(page.name)")
    }
    let scan = pages.first { $0.name == "bartizan-image-secrets.1" }?.text ?? ""
    #expect(scan.contains("\\fB\\-\\-secret\\-rules\\fR \\fI") && scan.contains("\\fB\\-\\-fail\\-on\\fR"))
    #expect(scan.contains(".BR bartizan\\-image (1)"))
  }

  @Test func noPageIsLeftOver() {
    let known = Set(Documentation.pages().map(\.name))
    for folder in ["checks", "commands"] {
      for file in SourceFiles.all(FileReaderForTests.repository + "/docs/" + folder, suffix: ".md") {
        let name = folder + "/" + String(file.split(separator: "/").last ?? "")
        #expect(known.contains(name), "docs/\(name) describes nothing")
      }
    }
  }
}
