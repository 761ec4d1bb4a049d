import Bytes
import Findings
import Images
import TestKit
import Testing

/// Reports of other scanners are read as they write them, merged and compared.
@Suite struct ScannerReportTests {
  static let trivy = #"""
    {"SchemaVersion":2,"Trivy":{"Version":"0.60.0"},"CreatedAt":"2024-05-01T00:00:00Z","ArtifactName":"app:1","Metadata":{"ImageID":"sha256:aa","RepoDigests":["app@sha256:bb"]},
     "Results":[{"Target":"app:1 (debian 12.5)","Class":"os-pkgs","Type":"debian",
       "Packages":[{"Name":"openssl","Version":"3.0.11","Release":"1~deb12u2","Identifier":{"PURL":"pkg:deb/debian/openssl@3.0.11-1~deb12u2?distro=debian-12.5"}},{"Name":"perl","Version":"5.36","Epoch":1}],
       "Vulnerabilities":[{"VulnerabilityID":"CVE-2024-1","PkgName":"openssl","InstalledVersion":"3.0.11-1~deb12u2","FixedVersion":"3.0.13-1~deb12u1","Severity":"HIGH","Title":"a flaw","PkgIdentifier":{"PURL":"pkg:deb/debian/openssl@3.0.11-1~deb12u2?distro=debian-12.5"},"CVSS":{"nvd":{"V3Vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}},
                          {"VulnerabilityID":"CVE-2024-2","PkgName":"perl","InstalledVersion":"1:5.36","Severity":"LOW"}]}]}
    """#
  static let grype = #"""
    {"matches":[{"vulnerability":{"id":"GHSA-x","severity":"Critical","fix":{"versions":["2.0.1"],"state":"fixed"},"description":"d"},"relatedVulnerabilities":[{"id":"CVE-2024-3","cvss":[{"vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}]}],"artifact":{"name":"left-pad","version":"1.2.3","type":"npm","purl":"pkg:npm/left-pad@1.2.3","locations":[{"path":"/app/package.json"}]}}],
     "source":{"type":"image","target":{"userInput":"app:1","imageID":"sha256:aa","manifestDigest":"sha256:bb"}},"descriptor":{"name":"grype","version":"0.80.0","timestamp":"2024-05-01T00:00:00Z"}}
    """#
  static let anchore = #"""
    {"imageDigest":"sha256:bb","vulnerability_type":"all","vulnerabilities":[{"feed":"vulnerabilities","feed_group":"debian:12","fix":"None","package":"perl-5.36","package_name":"perl","package_path":"pkgdb","package_type":"dpkg","package_version":"5.36","severity":"Negligible","url":"https://security-tracker.debian.org/tracker/CVE-2024-2","vuln":"CVE-2024-2"}]}
    """#
  static let clair = #"""
    {"manifest_hash":"sha256:bb","packages":{"1":{"id":"1","name":"openssl","version":"3.0.11","kind":"binary"},"2":{"id":"2","name":"bash","version":"5"}},
     "distributions":{"9":{"id":"9","did":"debian","version_id":"12"}},"environments":{"1":[{"package_db":"var/lib/dpkg/status","distribution_id":"9"}]},
     "vulnerabilities":{"7":{"id":"7","name":"CVE-2024-1 on Debian 12","normalized_severity":"High","fixed_in_version":"3.0.13","links":"https://x/CVE-2024-1 https://x/CVE-2024-9"},"8":{"id":"8","name":"GHSA-y","severity":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","fixed_in_version":"fixed=2.9&introduced=0"}},
     "package_vulnerabilities":{"1":["7","8"]}}
    """#

  @Test func eachScannersReportIsRead() throws {
    let trivy = try ScannerReport.read(Array(Self.trivy.utf8))
    #expect(trivy.tool == "Trivy 0.60.0" && trivy.identifier == "sha256:aa" && trivy.digest == "sha256:bb")
    #expect(trivy.findings.map(\.id) == ["CVE-2024-1", "CVE-2024-2"])
    #expect(trivy.findings[0].fix == "3.0.13-1~deb12u1" && trivy.findings[1].fix == nil)
    #expect(trivy.findings[0].softwarePackage.ecosystem.text == "Debian:12")
    #expect(trivy.packages?.map(\.version) == ["3.0.11-1~deb12u2", "1:5.36"])
    let grype = try ScannerReport.read(Array(Self.grype.utf8))
    #expect(grype.findings.map(\.vulnerabilities) == [["GHSA-x", "CVE-2024-3"]] && grype.findings[0].fix == "2.0.1")
    #expect(grype.packages == nil && grype.created == "2024-05-01T00:00:00Z")
    let anchore = try ScannerReport.read(Array(Self.anchore.utf8))
    #expect(anchore.findings.map(\.severity) == ["negligible"] && anchore.findings[0].fix == nil)
    #expect(anchore.findings[0].package.path.isEmpty)
    let clair = try ScannerReport.read(Array(Self.clair.utf8))
    #expect(clair.findings.map(\.id) == ["CVE-2024-1", "GHSA-y"] && clair.findings.map(\.fix) == ["3.0.13", "2.9"])
    #expect(clair.findings[0].aliases == ["CVE-2024-9"] && clair.findings[0].package.kind == "debian")
    #expect(clair.packages?.map(\.name) == ["bash", "openssl"])
  }

  @Test(arguments: ["", "{}", "[]", "null", #"{"SchemaVersion":1,"Results":[]}"#, #"{"matches":[]}"#, "not json"])
  func whatIsNoReportIsRefused(_ text: String) {
    #expect(throws: DocumentError.self) { try ScannerReport.read(Array(text.utf8)) }
  }

  @Test func brokenReportsDoNoHarm() {
    var random = SeededRandom(seed: 12)
    for text in [Self.trivy, Self.grype, Self.anchore, Self.clair] {
      for _ in 0..<300 {
        guard let report = try? ScannerReport.read(random.mutated(Array(text.utf8))) else { continue }
        for finding in report.findings { _ = finding.imageFinding(tool: report.tool, .empty) }
      }
    }
  }

  // MARK: Comparing

  static func store(_ records: [String]) throws -> AdvisoryStore {
    var builder = AdvisoryStoreBuilder()
    for record in records { builder.add(try #require(Advisory(try JSONReader.read(record)))) }
    return try AdvisoryStore(try builder.bytes(sources: [], built: "now"))
  }

  static func record(
    _ id: String, _ ecosystem: String, _ name: String, fixed: String?, aliases: [String] = [],
    published: String = "2023-01-01"
  ) -> String {
    let names = aliases.map { "\"\($0)\"" }.joined(separator: ",")
    return
      #"{"id":"\#(id)","aliases":[\#(names)],"published":"\#(published)","affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"\#(name)"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}\#(fixed.map { #",{"fixed":"\#($0)"}"# } ?? "")]}]}]}"#
  }

  static func package(_ ecosystem: String, _ name: String, _ version: String, owner: String? = nil) -> SoftwarePackage {
    var package = SoftwarePackage(ecosystem: Ecosystem(ecosystem), name: name, version: version, path: "p")
    package.owner = owner
    return package
  }

  static func theirs(_ findings: [(id: String, package: String, version: String)], seeing: [String]? = nil)
    -> ScannerReport
  {
    ScannerReport(
      tool: "Other", subject: "app", created: "2024-05-01T00:00:00Z",
      findings: findings.map {
        ScannerReport.Finding(
          id: $0.id, aliases: [], package: ScannerReport.Package(name: $0.package, version: $0.version), fix: nil,
          severity: "high", vectors: [], title: "told")
      }, packages: seeing.map { $0.map { ScannerReport.Package(name: $0, version: "1") } })
  }

  @Test func everyDifferenceHasItsReason() throws {
    let store = try Self.store([
      Self.record("PYSEC-1", "PyPI", "flask", fixed: "2.0", aliases: ["CVE-1"]),
      Self.record("PYSEC-2", "PyPI", "flask", fixed: "0.9", aliases: ["CVE-2"]),
      Self.record("PYSEC-3", "PyPI", "flask", fixed: nil, aliases: ["CVE-3"]),
      Self.record("PYSEC-4", "PyPI", "flask", fixed: "3.0", aliases: ["CVE-4"], published: "2024-06-01"),
      Self.record("PYSEC-5", "PyPI", "jinja2", fixed: "3.0", aliases: ["CVE-5"]),
      Self.record("DEB-6", "Debian:11", "bash", fixed: "5", aliases: ["CVE-6"]),
      Self.record("DEB-7", "Debian:12", "zsh", fixed: "5", aliases: ["CVE-7"]),
    ])
    let covered = Set(store.header["ecosystems"]?.strings ?? [])
    let ours = try ImageReport(
      system: nil,
      packages: [
        Self.package("PyPI", "flask", "1.0"), Self.package("PyPI", "jinja2", "2.0"),
        Self.package("Debian:12", "bash", "4"),
        Self.package("npm", "left-pad", "1.0"), Self.package("PyPI", "requests", "1.0", owner: "python3-requests"),
      ], store: store, covered: covered)
    let report = Self.theirs(
      [
        ("CVE-1", "Flask", "1.0"), ("CVE-2", "flask", "1.0"), ("CVE-6", "bash", "4"), ("CVE-8", "flask", "1.0"),
        ("CVE-9", "left-pad", "1.0"), ("CVE-10", "nowhere", "1"), ("CVE-11", "flask", "0.5"),
        ("CVE-12", "requests", "1.0"), ("CVE-7", "flask", "1.0"),
      ])
    let comparison = try ScannerComparison(ours, report, store: store, covered: covered)
    #expect(comparison.both.map(\.ours.advisory.id) == ["PYSEC-1"])
    let reasons = Dictionary(uniqueKeysWithValues: comparison.theirsAlone.map { ($0.finding.id, $0.reason) })
    #expect(
      reasons == [
        "CVE-2": "PYSEC-2: introduced 0, fixed 0.9: 1.0 > 0.9", "CVE-6": "DEB-6 is for another release: for Debian:11",
        "CVE-8": "no advisory of the store tells of it", "CVE-9": "the store holds no advisories for npm",
        "CVE-10": "no package of this name was found here", "CVE-11": "found here as 1.0, not 0.5",
        "CVE-12": "it came with python3-requests of the distribution, whose advisories speak for it",
        "CVE-7": "advisories of it name other packages: zsh (Debian:12)",
      ])
    let own = Dictionary(uniqueKeysWithValues: comparison.oursAlone.map { ($0.finding.advisory.id, $0.reason) })
    #expect(
      own == [
        "PYSEC-3": "it saw the package; there is no fixed version yet, and it may leave such vulnerabilities out",
        "PYSEC-4": "published on 2024-06-01, after the report",
        "PYSEC-5": "it tells nothing of the package, which it may not have seen",
      ])
    let blind = try ScannerComparison(ours, Self.theirs([], seeing: ["flask"]), store: store, covered: covered)
    #expect(
      blind.oursAlone.filter { $0.finding.package.name == "jinja2" }.map(\.reason) == ["it did not see the package"])
  }

  @Test func whatOthersSayAloneIsTakenIn() throws {
    let store = try Self.store([Self.record("PYSEC-1", "PyPI", "flask", fixed: "2.0", aliases: ["CVE-1"])])
    let covered: Set<String> = ["PyPI"]
    var ours = try ImageReport(
      system: nil, packages: [Self.package("PyPI", "flask", "1.0")], store: store, covered: covered)
    for _ in 0..<2 {
      let report = Self.theirs([("CVE-1", "flask", "1.0"), ("CVE-2", "flask", "1.0")])
      let comparison = try ScannerComparison(ours, report, store: store, covered: covered)
      _ = ours.merge(report, comparison, .empty)
    }
    #expect(ours.findings.map(\.advisory.id) == ["CVE-2", "PYSEC-1"])
    #expect(ours.findings.map(\.sources) == [["Other"], ["Other"]])
    #expect(ours.findings.map(\.isToldByOthers) == [true, false])
    // What the other found in a package that is not ours is one of more, and none of ours counts twice.
    let other = Self.theirs([("CVE-3", "jinja2", "1.0"), ("CVE-4", "jinja2", "1.0")])
    _ = ours.merge(other, try ScannerComparison(ours, other, store: store, covered: covered), .empty)
    #expect(ours.share(of: ours.findings) == (2, 2) && ours.share(of: []) == (0, 1))
    ours = try ImageReport(
      system: nil, packages: [Self.package("PyPI", "flask", "1.0")], store: store, covered: covered)
    let again = Self.theirs([("CVE-1", "flask", "1.0"), ("CVE-2", "flask", "1.0")])
    _ = ours.merge(again, try ScannerComparison(ours, again, store: store, covered: covered), .empty)
    #expect(ours.findings[0].priority.level == .high)
    #expect(ours.findings[0].finding(image: "app").message.contains("told by Other"))
  }

  /// Of several lines of releases the command names one version.
  @Test(arguments: [
    ("1.5", "2.0.3, 1.6.1", "1.6.1"), ("2.0.1", "2.0.3, 1.6.1", "2.0.3"), ("9", "2.0.3, 1.6.1", "1.6.1"),
    ("1", "2.0", "2.0"),
  ])
  func theNearestFixIsTaken(_ version: String, _ told: String, _ expected: String) {
    let finding = ScannerReport.Finding(
      id: "CVE-1", aliases: [],
      package: ScannerReport.Package(name: "left-pad", version: version, purl: "pkg:npm/left-pad@\(version)"),
      fix: told,
      severity: "high", vectors: [], title: "")
    #expect(finding.imageFinding(tool: "Other", .empty).fix == expected)
  }

  // MARK: Published reports

  @Test(.enabled(if: SharedData.isPresent, "the shared data is not beside this checkout"))
  func publishedReportsOfTrivyAreReadWhole() throws {
    var reports = 0
    var findings = 0
    for file in SourceFiles.all(SharedData.root + "/images/fixtures/trivy/integration/testdata", suffix: ".json.golden")
    {
      let bytes = Array(try FileReaderForTests.text(file).utf8)
      guard let document = try? JSONReader.read(bytes), document["SchemaVersion"]?.int == 2 else { continue }
      let report = try ScannerReport.read(bytes)
      // Counted apart from how they are read.
      let wanted = (document["Results"]?.elements ?? []).flatMap { $0["Vulnerabilities"]?.elements ?? [] }
      let distinct = Set(
        wanted.map {
          "\($0["VulnerabilityID"]?.string ?? "")|\($0["PkgName"]?.string ?? "")|\($0["InstalledVersion"]?.string ?? "")"
        })
      #expect(
        Set(report.findings.map { "\($0.id)|\($0.package.name)|\($0.package.version)" }) == distinct, "\(file)")
      #expect(report.findings.allSatisfy { !$0.package.name.isEmpty && !$0.severity.isEmpty }, "\(file)")
      reports += 1
      findings += report.findings.count
    }
    #expect(reports > 60 && findings > 100, "\(reports) reports, \(findings) findings")
  }

  @Test(.enabled(if: SharedData.isPresent, "the shared data is not beside this checkout"))
  func publishedReportsOfGrypeAreReadWhole() throws {
    let files = SharedData.files("images/fixtures/grype/grype/presenter/explain/testdata")
    for file in files where file.hasSuffix(".json") {
      let bytes = Array(try FileReaderForTests.text(file).utf8)
      let report = try ScannerReport.read(bytes)
      let matches = try JSONReader.read(bytes)["matches"]?.elements ?? []
      #expect(
        !matches.isEmpty
          && Set(report.findings.map(\.id)) == Set(matches.compactMap { $0["vulnerability"]?["id"]?.string }))
      #expect(report.tool.hasPrefix("Grype") && report.findings.allSatisfy { !$0.package.version.isEmpty })
    }
  }

  /// Clair's own tests write their reports in parts that name each other.
  @Test(
    .enabled(if: SharedData.isPresent, "the shared data is not beside this checkout"),
    arguments: [
      "java/testdata/matcher/Jackson-Databind.txtar", "nodejs/testdata/matcher/Splunk.txtar",
      "ruby/testdata/matcher/BullseyeRuby.txtar",
    ])
  func publishedReportsOfClairAreRead(_ name: String) throws {
    let text = try FileReaderForTests.text(SharedData.root + "/images/fixtures/claircore/" + name)
    var parts: [String: String] = [:]
    var part = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("-- "), line.hasSuffix(" --") {
        part = String(line.dropFirst(3).dropLast(3))
      } else {
        parts[part, default: ""] += line + "\n"
      }
    }
    func resolved(_ node: DocumentNode) throws -> DocumentNode {
      if let reference = node["$ref"]?.string {
        return try resolved(try JSONReader.read(try #require(parts[String(reference.dropFirst(5))])))
      }
      if case .object = node.content {
        return DocumentNode(
          .object(Mapping(try node.entries.map { Mapping.Entry(key: $0.key, value: try resolved($0.value)) })))
      }
      if case .array = node.content { return DocumentNode(.array(try node.elements.map(resolved))) }
      return node
    }
    let document = try resolved(try JSONReader.read(try #require(parts["Want"])))
    var writer = JSONWriter(pretty: false)
    writer.value(document)
    let report = try ScannerReport.read(writer.bytes)
    let pairs = (document["package_vulnerabilities"]?.entries ?? []).flatMap(\.value.elements)
    #expect(!pairs.isEmpty && !report.findings.isEmpty && report.findings.count <= pairs.count)
    #expect(report.tool == "Clair" && (report.packages?.count ?? 0) > 0)
  }
}
