import Bytes
import Findings
import Images
import TestKit
import Testing

@Suite struct PackageURLTests {
  /// The cases that package-url/purl-spec publishes, by type.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func publishedCases() throws {
    var count = 0
    var bad: [String] = []
    for file in SharedData.files("images/purl-spec/tests") where file.hasSuffix(".json") {
      for test in try JSONReader.read(FileReaderForTests.bytes(file))["tests"]?.elements ?? [] {
        count += 1
        let fails = test["expected_failure"]?.bool == true
        func parts(_ node: DocumentNode?) -> PackageURL? {
          try? PackageURL(
            type: node?["type"]?.string ?? "", namespace: node?["namespace"]?.string, name: node?["name"]?.string ?? "",
            version: node?["version"]?.string, qualifiers: node?["qualifiers"]?.stringMap ?? [:],
            subpath: node?["subpath"]?.string)
        }
        let input = test["input"]?.string
        let read = input.map { try? PackageURL($0) } ?? parts(test["input"])
        let what =
          "\(test["test_type"]?.string ?? "") \(input ?? test["expected_output"]?.string ?? "") (\(test["description"]?.string ?? ""))"
        guard let read else {
          if !fails { bad.append(what + ": refused") }
          continue
        }
        if fails {
          bad.append(what + ": taken as \(read.text)")
          continue
        }
        if let expected = test["expected_output"]?.string {
          if read.text != expected { bad.append(what + ": \(read.text), not \(expected)") }
        } else {
          let expected = test["expected_output"]
          func same(_ ours: String?, _ key: String) -> Bool { ours == expected?[key]?.string }
          let qualifiers = expected?["qualifiers"]?.stringMap ?? [:]
          if !(same(read.type, "type") && same(read.namespace, "namespace") && same(read.name, "name")
            && same(read.version, "version") && same(read.subpath, "subpath") && read.qualifiers == qualifiers)
          {
            bad.append(what + ": \(read)")
          }
        }
      }
    }
    print("purl cases: \(count - bad.count) of \(count) agree")
    let unexpected = bad.filter { line in !Self.known.contains { line.contains($0) } }
    #expect(unexpected.isEmpty, "\(unexpected.prefix(12).joined(separator: "\n"))")
    #expect(count == 586)
  }

  /// Keys in capitals: cases beside these want the same texts read and written in lower case.
  private static let known = [
    "parse pkg:gem/jruby-launcher@1.1.2?Platform=java",
    "parse pkg:Rpm/fedora/curl@7.50.3-1.fc25?Arch=i386&Distro=fedora-25",
  ]
}
