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

/// The rules of pkg-version(8), and of its manual's examples.
@Suite struct FreeBSDVersionTests {
  @Test(arguments: [
    ("1.0", "<", "1.0_1"), ("1.0_1", "<", "1.0_2"), ("2.0_9", "<", "1.0,1"), ("1.0,1", "<", "1.0_1,1"),
    ("1.0", "=", "1"), ("10..1", "=", "10.1"), ("10", "<", "10a"), ("10a", "<", "10b"), ("10.a", "<", "10"),
    ("10alpha", "<", "10"), ("10a1b2", "=", "10a1.b2"), ("1.d2", "=", "1.Development2"), ("pl11", "<", "alpha3"),
    ("0.1beta2", "<", "0.1"), ("2.*", "<", "2pl1"), ("2pl1", "<", "2alpha3"), ("2.9f7", "<", "3.*"),
    ("1.0rc1", "<", "1.0"), ("1.0+1", ">", "1.0"), ("9.2.7z", ">", "9.2.7b"), ("18446744073709551617", ">", "2"),
    ("14.3-RELEASE-p2", ">", "14.3"), ("14.3-RELEASE", "=", "14.3"), ("14.3-p2", "=", "14.3_2"),
  ])
  func orders(_ a: String, _ symbol: String, _ b: String) throws {
    let order = try #require(Ecosystem("FreeBSD:ports").order)
    #expect(order.compare(a, b)?.symbol == symbol && order.compare(b, a)?.reversed.symbol == symbol)
  }

  @Test(arguments: ["", "1.0_x", "1.0,", "1.0-beta", "-p1", ".1", "latest version-2"])
  func areNone(_ text: String) throws {
    #expect(try #require(Ecosystem("FreeBSD").order).compare(text, "1.0") == nil)
  }
}
