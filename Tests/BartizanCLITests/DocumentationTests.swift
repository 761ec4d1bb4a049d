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
