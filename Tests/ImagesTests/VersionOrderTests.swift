import Bytes
import Images
import TestKit
import Testing

@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct PublishedVersionTests {
  private static let tables: [(file: String, ecosystem: String)] = [
    ("alpine", "Alpine"), ("cran", "CRAN"), ("debian", "Debian"), ("hackage", "Hackage"), ("maven", "Maven"),
    ("nuget", "NuGet"), ("packagist", "Packagist"), ("pub", "Pub"), ("pypi", "PyPI"), ("redhat", "Red Hat"),
    ("rubygems", "RubyGems"), ("semver", "npm"),
  ]

  @Test func tablesOfRealVersionsAgree() throws {
    var count = 0
    var wrong: [String] = []
    for (file, ecosystem) in Self.tables {
      let order = try #require(Ecosystem(ecosystem).order)
      for suffix in ["", "-generated"] {
        guard let bytes = try? SharedData.bytes("images/version-tables/osv-scalibr/\(file)-versions\(suffix).txt")
        else { continue }
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
          if line.hasPrefix("#") || line.hasPrefix("//") { continue }
          let words = line.split(separator: " ")
          guard words.count == 3 else { continue }
          count += 1
          let outcome = order.compare(String(words[0]), String(words[2]))
          if outcome?.symbol != String(words[1]) {
            wrong.append("\(ecosystem): \(line), not \(outcome?.symbol ?? "comparable")")
          }
        }
      }
    }
    print("version tables: \(count - wrong.count) of \(count) lines agree")
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(60).joined(separator: "\n"))")
    #expect(count > 71_000)
  }

  /// Comparisons of the VERS specification; ranges in other packages' own notation are not versions.
  private static let schemes = ["apk": "Alpine", "maven": "Maven", "nuget": "NuGet", "pypi": "PyPI", "npm": "npm"]

  @Test func versCasesAgree() throws {
    var count = 0
    var wrong: [String] = []
    for file in SharedData.files("images/version-tables/vers-spec/tests") {
      let document = try JSONReader.read(try Array(FileReaderForTests.text(file).utf8))
      for item in document["tests"]?.elements ?? [] {
        let type = item["test_type"]?.string
        guard type == "comparison" || type == "equality",
          let order = Self.schemes[item[path: "input", "input_scheme"]?.string ?? ""].flatMap({ Ecosystem($0).order })
        else { continue }
        let versions = item["input"]?["versions"]?.elements.compactMap(\.text) ?? []
        guard versions.count == 2, let outcome = order.compare(versions[0], versions[1]) else {
          wrong.append("\(versions) cannot be compared")
          continue
        }
        count += 1
        let agrees: Bool
        if type == "equality" {
          agrees = (outcome == .equal) == (item["expected_output"]?.bool ?? true)
        } else {
          let expected = item["expected_output"]?.elements.compactMap(\.text) ?? []
          // Some expectations are written in another case.
          agrees =
            outcome == .equal || (outcome == .less) == (order.compare(expected.first ?? "", versions[0]) == .equal)
        }
        if !agrees { wrong.append("\(order.name): \(versions[0]) \(outcome.symbol) \(versions[1])") }
      }
    }
    print("VERS comparisons: \(count - wrong.count) of \(count) agree")
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(40).joined(separator: "\n"))")
    #expect(count > 1_500)
  }
}
