import Bytes
import Report
import TestKit
import Testing

/// The list of answers, the folder that they stand in and the schema agree.
@Suite struct AnswerKindsTests {
  private static let repository = FileReaderForTests.repository

  @Test func everyKindHasABranchInTheSchema() throws {
    let document = try JSONReader.read(FileReaderForTests.bytes(Self.repository + "/docs/schemas/answers.v1.json"))
    let branches = try JSONSchema(document).kinds
    let kinds = AnswerKinds.all.map { $0.kind }
    #expect(Set(kinds).count == kinds.count, "a kind stands in the list twice")
    #expect(Set(branches) == Set(kinds))
  }

  @Test func everyFileOfAnAnswerIsInTheList() throws {
    let listed = Set(AnswerKinds.all.map { String(describing: $0) })
    for folder in ["Answers", "Image"] {
      for file in SourceFiles.all("\(Self.repository)/Sources/Report/\(folder)", suffix: ".swift") {
        let name = String(file.split(separator: "/").last?.dropLast(6) ?? "")
        guard try FileReaderForTests.text(file).contains("struct \(name): KindOfAnswer") else { continue }
        #expect(listed.contains(name), "\(name) is not in AnswerKinds")
      }
    }
  }

  /// What an answer is called in JSON is what its file is called.
  @Test func filesBearTheNamesOfTheirKinds() {
    for kind in AnswerKinds.all {
      let name = String(describing: kind)
      let isNamed = name == kind.kind || name == kind.kind + "Answer" || kind.kind == "ImageReport"
      #expect(isNamed, "\(name) answers as \(kind.kind)")
      #expect(kind.formats.contains(.json) && kind.formats.first == .table)
    }
  }

  @Test func everyFormatIsUsed() {
    let known = AnswerKinds.all.flatMap { $0.formats } + ScanReport.formats + ManifestsAnswer.formats
    let used = Set(known + NetworkMapAnswer.formats + BillOfMaterialsAnswer.formats)
    #expect(used == Set(OutputFormat.allCases))
  }
}
