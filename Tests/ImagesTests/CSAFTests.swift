import Bytes
import Images
import TestKit
import Testing

@Suite struct CSAFTests {
  /// Two products of one component, on two platforms.
  private static func document(_ status: String) -> [UInt8] {
    Array(
      """
      {"document":{"csaf_version":"2.0","tracking":{"current_release_date":"2026-01-01T00:00:00Z"}},
       "product_tree":{"branches":[{"branches":[
         {"product":{"product_id":"old","product_identification_helper":{"purl":"pkg:pypi/x@1"}}},
         {"product":{"product_id":"new","product_identification_helper":{"purl":"pkg:pypi/x@2"}}},
         {"product":{"product_id":"any","product_identification_helper":{"purl":"pkg:pypi/x"}}},
         {"product":{"product_id":"platform","name":"registry.test/team/app:1"}}]}],
        "relationships":[{"product_reference":"any","relates_to_product_reference":"platform",
          "full_product_name":{"product_id":"platform:any"}}]},
       "vulnerabilities":[{"cve":"CVE-2026-1","product_status":\(status),
         "flags":[{"label":"component_not_present","product_ids":["platform:any","old","any"]}]}]}
      """.utf8)
  }

  @Test(arguments: [
    ("{\"known_not_affected\":[\"old\"]}", "not_affected"),
    ("{\"known_not_affected\":[\"platform:any\"]}", "not_affected"),
    // What is not affected on one platform and mended on another tells nothing of an older version.
    ("{\"known_not_affected\":[\"platform:any\"],\"fixed\":[\"new\"]}", ""),
    ("{\"known_not_affected\":[\"any\"],\"known_affected\":[\"old\"]}", "affected"),
    ("{\"fixed\":[\"new\"]}", ""), ("{\"fixed\":[\"any\"]}", ""), ("{\"fixed\":[\"old\"]}", "fixed"),
    ("{\"known_affected\":[\"old\"]}", "affected"), ("{\"under_investigation\":[\"old\"]}", "under_investigation"),
    ("{\"known_not_affected\":[\"unknown\"]}", ""),
  ])
  func statusesAreRead(_ status: String, _ expected: String) throws {
    var vex = VEX()
    _ = try vex.add(Self.document(status), file: "a.json")
    let advisory = try #require(
      Advisory(
        try JSONReader.read(
          Array(
            "{\"id\":\"CVE-2026-1\",\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"x\"}}]}".utf8))))
    let package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    let names = Set([advisory.id] + advisory.aliases)
    var subject = ImageIdentity()
    subject.add(name: "registry.test/team/app:1")
    #expect((vex.answer(names, in: package, of: subject).statement?.status ?? "") == expected)
  }

  /// Documents of Red Hat and others.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func publishedDocumentsAreRead() throws {
    var statements = 0
    for file in [
      "trivy/pkg/vex/testdata/csaf.json", "trivy/pkg/vex/testdata/csaf-relationships.json",
      "grype/grype/vex/testdata/vex-docs/csaf-demo1.json", "claircore/rhel/vex/testdata/cve-2023-38545.json",
    ] {
      var vex = VEX()
      let count = try vex.add(try SharedData.bytes("images/fixtures/" + file), file: file)
      #expect(count > 0, "\(file)")
      statements += count
    }
    print("\(statements) statements of published CSAF documents were read")
  }
}
