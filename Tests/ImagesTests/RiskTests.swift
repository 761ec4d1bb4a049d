import Bytes
import Findings
import Images
import TestKit
import Testing

@Suite struct RiskTests {
  private static func index() throws -> RiskIndex {
    var builder = RiskIndex.Builder()
    let kev =
      #"{"vulnerabilities":[{"cveID":"CVE-2021-44228","knownRansomwareCampaignUse":"Known"},{"cveID":"CVE-2023-4863"}]}"#
    #expect(try builder.add(Array(kev.utf8)) == 2)
    let epss =
      "#model_version:v2025,score_date:2026-11-24\ncve,epss,percentile\nCVE-2021-44228,0.97565,1\nCVE-2024-0001,0.25,0.9\nCVE-2024-0002,0.0004,0.1\n"
    #expect(try builder.add(Array(epss.utf8)) == 3)
    let ssvc =
      "cve,cvss31,ssvc_exploitation\nCVE-2024-0002,CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H,none\nCVE-2024-0003,,active\n"
    #expect(try builder.add(Array(ssvc.utf8)) == 2)
    return try RiskIndex(builder.bytes)
  }

  private static func advisory(_ id: String, _ severity: [String] = [], aliases: [String] = []) throws -> Advisory {
    let score = severity.map { "{\"type\":\"CVSS_V3\",\"score\":\"\($0)\"}" }.joined(separator: ",")
    let names = aliases.map { "\"\($0)\"" }.joined(separator: ",")
    let text =
      "{\"id\":\"\(id)\",\"modified\":\"2024-01-01T00:00:00Z\",\"aliases\":[\(names)],\"severity\":[\(score)],\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"x\"},\"versions\":[\"1\"]}]}"
    return try #require(try Advisory(JSONReader.read(Array(text.utf8))))
  }

  @Test(arguments: [
    ("CVE-2021-44228", [], "exploited", "exploited by ransomware (KEV), no score"),
    ("DEBIAN-CVE-2023-4863", [], "exploited", "exploited (KEV), no score"),
    ("CVE-2024-0003", [], "exploited", "exploited (SSVC), no score"),
    ("CVE-2024-0001", ["CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"], "likely", "EPSS 25 %, CVSS 1.8"),
    ("CVE-2024-0002", [], "critical", "CVSS 9.8"),
    // The advisory's own vector counts before what others say of the CVE.
    ("CVE-2024-0002", ["CVSS:3.1/AV:L/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N"], "low", "CVSS 1.8"),
    ("PYSEC-2024-1", ["not a vector"], "unknown", "no score"),
  ])
  func priorities(_ id: String, _ severity: [String], _ level: String, _ reason: String) throws {
    let priority = Priority(try Self.advisory(id, severity), try Self.index())
    #expect(priority.level.name == level)
    #expect(priority.reason == reason)
  }

  @Test func aliasesCount() throws {
    let priority = Priority(try Self.advisory("PYSEC-2021-1", aliases: ["GHSA-x", "CVE-2021-44228"]), try Self.index())
    #expect(priority.level == .exploited)
  }

  @Test func numbersComeBack() throws {
    let index = try Self.index()
    #expect(index.count == 5)
    let entry = try #require(index["CVE-2021-44228"])
    #expect(entry.isExploited && entry.isRansomware)
    #expect(abs((entry.likelihood ?? 0) - 0.97565) < 0.0001)
    #expect(index["CVE-2024-0002"]?.score == 9.8)
    #expect(index["CVE-1999-1"] == nil && index["GHSA-1"] == nil)
  }

  @Test(arguments: ["", "{}", "a,b\n1,2\n", "{\"vulnerabilities\":[]}", "cve\nCVE-2024-1\n"])
  func otherFilesAreRefused(_ text: String) {
    var builder = RiskIndex.Builder()
    if text.isEmpty { return }
    #expect(throws: DocumentError.self) { try builder.add(Array(text.utf8)) }
    #expect(throws: DocumentError.self) { try RiskIndex(Array(text.utf8)) }
  }

  /// What is written as an SBOM is read back as the same packages, in every format.
  @Test(arguments: SBOMFormat.all.map(\.name))
  func billsComeBack(_ name: String) throws {
    let format = try #require(SBOMFormat.all.first { $0.name == name })
    let packages = [
      SoftwarePackage(
        ecosystem: Ecosystem("Debian:12"), name: "libc6", version: "2.36-9+deb12u4", source: "glibc",
        sourceVersion: nil,
        path: "var/lib/dpkg/status"),
      SoftwarePackage(
        ecosystem: Ecosystem("Alpine:v3.19"), name: "libssl3", version: "3.1.4-r5", source: "openssl", path: "x"),
      SoftwarePackage(ecosystem: Ecosystem("AlmaLinux:8"), name: "bind", version: "32:9.11.36-8.el8", path: "x"),
      SoftwarePackage(ecosystem: Ecosystem("npm"), name: "@babel/core", version: "7.0.0", path: "x"),
      SoftwarePackage(ecosystem: Ecosystem("Go"), name: "golang.org/x/net", version: "0.17.0", path: "x"),
      SoftwarePackage(ecosystem: Ecosystem("Maven"), name: "org.apache:log4j", version: "2.17", path: "x"),
      SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "django", version: "4.2", path: "a\nb"),
      SoftwarePackage(ecosystem: Ecosystem("Packagist"), name: "symfony/http", version: "v5.0", path: "x"),
    ]
    let bill = BillOfMaterials(
      subject: "app", system: OperatingSystem("ID=debian\nVERSION_ID=12"), packages: packages, created: nil,
      toolVersion: "1")
    let bytes = format.write(bill)
    #expect(bytes == format.write(bill))
    let back = try #require(SBOMReader(bytes, file: "bill"))
    func text(_ packages: [SoftwarePackage]) -> [String] {
      packages.map { package in
        let asked = AdvisoryQuery(package).names.map { "\($0.text) \($0.version ?? "")" }
        return "\(package.ecosystem.text) \(package.name) \(package.version) \(asked)"
      }.sorted()
    }
    #expect(text(back.packages) == text(packages))
    #expect(back.unresolved.isEmpty)
  }

  /// Others' documents, and what is none.
  @Test(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
  func billsOfOthers() throws {
    let bytes = try Gzip.decompress(
      SharedData.bytes("images/real-images/debian12-debootstrap/image-pywh.syft-1.18.1.cdx.json.gz"))
    let bill = try #require(SBOMReader(bytes, file: "syft"))
    #expect(bill.system?.id == "debian" && bill.packages.count > 90)
    #expect(bill.packages.contains { $0.name == "pillow" && $0.version == "9.4.0" })
    #expect(SBOMReader(Array("{\"a\":1}".utf8), file: "x") == nil && SBOMReader(Array("text".utf8), file: "x") == nil)
  }

  /// Each advisory of a package is told with the comparison that decides it, as the query decides it.
  @Test func advisoriesAreExplained() throws {
    var builder = AdvisoryStoreBuilder()
    for (id, ecosystem, events) in [
      ("CVE-1", "Debian:12", #"{"introduced":"0"},{"fixed":"1.2-3"}"#),
      ("CVE-2", "Debian:12", #"{"introduced":"2.0-1"}"#),
      ("CVE-3", "Debian:11", #"{"introduced":"0"}"#),
    ] {
      let text =
        "{\"id\":\"\(id)\",\"modified\":\"2024-01-01T00:00:00Z\",\"affected\":[{\"package\":{\"ecosystem\":\"\(ecosystem)\",\"name\":\"x\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[\(events)]}]}]}"
      builder.add(try #require(try Advisory(JSONReader.read(Array(text.utf8)))))
    }
    let store = try AdvisoryStore(builder.bytes(sources: [], built: "now"))
    let package = SoftwarePackage(ecosystem: Ecosystem("Debian:12"), name: "x", version: "1.2-2", path: "status")
    let told = try AdvisoryExplanation.all(of: package, in: store)
    #expect(
      told.map { "\($0.advisory.id) \($0.outcome.rawValue)" } == [
        "CVE-1 applies", "CVE-2 does not apply", "CVE-3 is for another release",
      ])
    #expect(told[0].comparisons == ["introduced 0, fixed 1.2-3: 1.2-2 < 1.2-3"] && told[0].fix == "1.2-3")
    #expect(told[1].comparisons == ["introduced 2.0-1: 1.2-2 < 2.0-1"])
  }

  @Test(arguments: [
    // What is said of the package, of all its versions, of another version, of another package, and of a part of an image.
    ("pkg:pypi/x@1", "", "not_affected", true), ("pkg:pypi/x@1", "", "fixed", true),
    // What is fixed is a version.
    ("pkg:pypi/x", "", "fixed", false),
    ("pkg:pypi/x@2", "", "not_affected", false),
    ("pkg:pypi/y@1", "", "not_affected", false), ("pkg:oci/app", "pkg:pypi/x@1", "not_affected", true),
    // An image as a whole, and another image.
    ("pkg:oci/app", "", "not_affected", true), ("pkg:oci/other", "pkg:pypi/x@1", "not_affected", false),
    ("pkg:oci/app?tag=2", "pkg:pypi/x@1", "not_affected", false),
    ("pkg:oci/app?tag=1", "pkg:pypi/x", "not_affected", true),
    ("pkg:oci/app?repository_url=registry.test/team/app", "pkg:pypi/x", "not_affected", true),
    ("pkg:oci/app?repository_url=registry.test/other/app", "pkg:pypi/x", "not_affected", false),
    ("registry.test/team/app:1", "pkg:pypi/x", "not_affected", true),
    ("registry.test/team/app:2", "pkg:pypi/x", "not_affected", false),
    (
      "pkg:oci/app@sha256%3A0000000000000000000000000000000000000000000000000000000000000000", "pkg:pypi/x",
      "not_affected", false
    ),
    (
      "pkg:oci/app@sha256%3A261e230db3d87f3d2df65182c3f0b2fdba02a93a319078641f2cb2168513b3c1", "pkg:pypi/x",
      "not_affected", true
    ),
    ("pkg:oci/app", "pkg:pypi/y", "not_affected", false), ("pkg:oci/other", "", "not_affected", false),
    ("pkg:pypi/x@1", "", "affected", false),
    ("pkg:pypi/x@1", "", "under_investigation", false),
  ])
  func statementsClear(_ product: String, _ part: String, _ status: String, _ expected: Bool) throws {
    let parts = part.isEmpty ? "" : ",\"subcomponents\":[{\"@id\":\"\(part)\"}]"
    let text =
      "{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"timestamp\":\"2024-01-01T00:00:00Z\",\"statements\":[{\"vulnerability\":{\"name\":\"CVE-2021-44228\"},\"products\":[{\"@id\":\"\(product)\"\(parts)}],\"status\":\"\(status)\",\"justification\":\"component_not_present\"}]}"
    var vex = VEX()
    #expect(try vex.add(Array(text.utf8), file: "a.json") == 1)
    let package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    let advisory = try Self.advisory("PYSEC-1", aliases: ["CVE-2021-44228"])
    var subject = ImageIdentity()
    subject.add(name: "registry.test/team/app:1")
    subject.add(digest: "sha256:261e230db3d87f3d2df65182c3f0b2fdba02a93a319078641f2cb2168513b3c1")
    let names = Set([advisory.id] + advisory.aliases)
    #expect((vex.answer(names, in: package, of: subject).statement?.clears ?? false) == expected)
    // A later word counts.
    let later = text.replacing("2024-01-01", with: "2025-01-01").replacing("\"\(status)\"", with: "\"affected\"")
    #expect(try vex.add(Array(later.utf8), file: "b.json") == 1)
    #expect(vex.answer(names, in: package, of: subject).statement?.clears != true)
    #expect(vex.answer(["PYSEC-2"], in: package, of: subject).statement == nil)
  }

  @Test func cycloneDXClears() throws {
    let text = #"""
      {"bomFormat":"CycloneDX","components":[{"bom-ref":"a","purl":"pkg:pypi/x@1"}],"vulnerabilities":[
      {"id":"CVE-1","analysis":{"state":"not_affected","justification":"code_not_reachable"},"affects":[{"ref":"a"}]},
      {"id":"CVE-2","analysis":{"state":"exploitable"},"affects":[{"ref":"a"}]},{"id":"CVE-3","affects":[{"ref":"a"}]}]}
      """#
    var vex = VEX()
    #expect(try vex.add(Array(text.utf8), file: "v") == 2)
    let package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    #expect(vex.answer(["CVE-1"], in: package, of: ImageIdentity()).statement?.justification == "code_not_reachable")
    #expect(vex.answer(["CVE-1"], in: package, of: ImageIdentity()).statement?.clears == true)
    #expect(vex.answer(["CVE-2"], in: package, of: ImageIdentity()).statement?.clears == false)
    for other in ["{}", "[]", "{\"bomFormat\":\"CycloneDX\"}"] {
      #expect(throws: DocumentError.self) { try vex.add(Array(other.utf8), file: "o") }
    }
  }

  /// What is known of an image stays known when its tag changes, and a new flaw does not.
  @Test func findingsOfImagesOutliveTheirTags() throws {
    var builder = AdvisoryStoreBuilder()
    for id in ["PYSEC-1", "PYSEC-2"] {
      let text =
        "{\"id\":\"\(id)\",\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"x\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}]}]}]}"
      builder.add(try #require(Advisory(try JSONReader.read(Array(text.utf8)))))
    }
    let report = try ImageReport(
      system: nil, packages: [SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")],
      store: try AdvisoryStore(try builder.bytes(sources: [], built: "now")), covered: ["PyPI"])
    #expect(report.findings.count == 2)
    let known = Baseline([Baseline.Entry(report.findings[0].finding(image: "app:1"))])
    #expect(known.knows(report.findings[0].finding(image: "registry.example/app:2")))
    #expect(!known.knows(report.findings[1].finding(image: "app:1")))
  }
}

@Suite struct ImageAdviceTests {
  /// A package is upgraded once, to what mends all that can be mended; what nothing mends is told apart.
  @Test func adviceIsTheSmallest() throws {
    var builder = AdvisoryStoreBuilder()
    for (id, name, fix) in [
      ("PYSEC-1", "x", "1.2"), ("PYSEC-2", "x", "1.10"), ("PYSEC-3", "y", "2.0"), ("PYSEC-4", "z", ""),
    ] {
      let fixed = fix.isEmpty ? "" : ",{\"fixed\":\"\(fix)\"}"
      let text =
        "{\"id\":\"\(id)\",\"affected\":[{\"package\":{\"ecosystem\":\"PyPI\",\"name\":\"\(name)\"},\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[{\"introduced\":\"0\"}\(fixed)]}]}]}"
      builder.add(try #require(Advisory(try JSONReader.read(Array(text.utf8)))))
    }
    let packages = [("x", 0), ("y", 1), ("z", 0)].map { name, layer in
      var package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: "1.0", path: name)
      package.layer = layer
      return package
    }
    let report = try ImageReport(
      system: nil, packages: packages, store: try AdvisoryStore(try builder.bytes(sources: [], built: "now")),
      covered: ["PyPI"])
    let advice = ImageAdvice(report.findings, layers: 2)
    #expect(advice.steps.map { "\($0.package) \($0.version) \($0.removes)" } == ["x 1.10 2", "y 2.0 1"])
    #expect(advice.steps.first?.command == "pip install 'x>=1.10'")
    #expect(advice.removals.map(\.package) == ["z"] && advice.fromBase == 3 && advice.fixableInBase == 2)
    #expect(ImageAdvice(report.findings, layers: 1).fromBase == 0)
  }
}
