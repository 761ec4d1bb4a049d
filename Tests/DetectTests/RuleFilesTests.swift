import Bytes
import Detect
import Events
import Findings
import TestKit
import Testing

/// The rules that come with the program.
@Suite struct RuleFilesTests {
  static let set = RuleSet(BuiltInRules.sources)

  @Test func allAreReadWithFullMetadata() {
    #expect(Self.set.errors.isEmpty, "\(Self.set.errors.map(\.text))")
    let infos =
      Self.set.rules.filter { !$0.isQuiet }.map(\.info)
      + Self.set.correlations.map(\.info).filter { !$0.message.isEmpty }
    #expect(infos.count > 90)
    #expect(Set(infos.map(\.id)).count == infos.count)
    for info in infos {
      #expect(!info.techniques.isEmpty, "\(info.id)")
      #expect(!info.tactics.isEmpty, "\(info.id)")
      #expect(!info.description.isEmpty && !info.message.isEmpty, "\(info.id)")
      #expect(!info.falsePositives.isEmpty, "\(info.id)")
      #expect(info.location.file == "built-in/\(info.id).yml")
    }
  }

  /// The list in `rules.c` and the folder agree.
  @Test func listAndFolderAgree() {
    let folder = FileReaderForTests.repository + "/Sources/DetectionRules/rules"
    let files = SourceFiles.all(folder, suffix: ".yml").map { String($0.dropFirst(folder.count + 1)) }
    let listed = (BuiltInRules.sources + BuiltInRules.tests).map { String($0.path.dropFirst("built-in/".count)) }
    #expect(Set(files) == Set(listed))
    #expect(files.count == listed.count)
    let rules = files.filter { !$0.hasSuffix(".test.yml") }
    #expect(Set(rules.map { $0.dropLast(4) + ".test.yml" }) == Set(files.filter { $0.hasSuffix(".test.yml") }))
  }

  @Test(arguments: BuiltInRules.tests.map(\.path))
  func unitTests(_ path: String) throws {
    let test = try #require(BuiltInRules.tests.first { $0.path == path })
    let name = path.dropFirst("built-in/".count).dropLast(".test.yml".count)
    let results = RuleTests.run(test, rule: String(name), RuleFilesTests.set)
    #expect(results.contains { $0.wanted > 0 } && results.contains { $0.wanted == 0 })
    for result in results {
      #expect(result.isPassed, "\(name): \(result.name): \(result.found) instead of \(result.wanted)")
    }
  }
}
