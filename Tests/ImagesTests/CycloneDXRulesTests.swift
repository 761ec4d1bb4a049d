import Bytes
import Images
import TestKit
import Testing

/// Documents that the format's own project keeps as right and as wrong.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct CycloneDXRulesTests {
  @Test func rightAndWrongDocumentsAreToldApart() throws {
    let folder = SharedData.root + "/images/sbom-formats/cyclonedx/tools/src/test/resources"
    var counts = (right: 0, wrong: 0)
    for file in SourceFiles.all(folder, suffix: ".json") {
      let name = file.split(separator: "/").last ?? ""
      let problems = CycloneDXRules.problems(try JSONReader.read(try FileReaderForTests.bytes(file)))
      if name.hasPrefix("valid") {
        counts.right += 1
        #expect(problems.isEmpty, "\(file): \(problems)")
      } else if name.hasPrefix("invalid") {
        counts.wrong += 1
        #expect(!problems.isEmpty, "\(file)")
      }
    }
    print("\(counts.right) right and \(counts.wrong) wrong CycloneDX documents were told apart")
    #expect(counts.right > 100 && counts.wrong > 60)
  }
}
