import Bytes
import Images
import Testing

/// Bills of materials of ours: what they say beside the packages, in every format.
@Suite struct BillTests {
  private static let config = "sha256:" + String(repeating: "ab", count: 32)

  private static func bill(isPartial: Bool = false) -> BillOfMaterials {
    var identity = ImageIdentity()
    identity.add(name: "registry.test/team/app:1")
    identity.add(digest: config)
    var curl = SoftwarePackage(
      ecosystem: Ecosystem("Debian:12"), name: "curl", version: "7.88.1-10", path: "var/lib/dpkg/status")
    curl.supplier = "Curl Team <curl@debian.org>"
    curl.licenses = ["the words of its author", "more; words"]
    curl.requires = ["libc6"]
    var library = SoftwarePackage(
      ecosystem: Ecosystem("Debian:12"), name: "libc6", version: "2.36-9", path: "var/lib/dpkg/status")
    library.supplier = curl.supplier
    library.licenses = ["LGPL-2.1-or-later"]
    library.checksums = SoftwarePackage.Checksum(.sha256, String(repeating: "0f", count: 32)).map { [$0] } ?? []
    var module = SoftwarePackage(
      ecosystem: Ecosystem("PyPI"), name: "certifi", version: "1", path: "usr/lib/python3/certifi")
    module.owner = "curl"
    let jar = SoftwarePackage(ecosystem: Ecosystem("Maven"), name: "app", version: "1", path: "opt/app.jar")
    return BillOfMaterials(
      subject: "app.tar", identity: identity, system: OperatingSystem("ID=debian\nVERSION_ID=12"),
      packages: [curl, library, module, jar], isPartial: isPartial, created: nil, toolVersion: "1")
  }

  private static func format(_ name: String) throws -> SBOMFormat {
    try #require(SBOMFormat.all.first { $0.name == name })
  }

  /// A list that is not the whole says so, and whoever reads it hears of it.
  @Test(arguments: SBOMFormat.all.map(\.name), [true, false])
  func partsSaySo(_ name: String, _ isPartial: Bool) throws {
    let bytes = try Self.format(name).write(Self.bill(isPartial: isPartial))
    let read = try #require(SBOMReader(bytes, file: "bill"))
    #expect(read.isPartial == isPartial && read.problems.isEmpty, "\(read.problems)")
    #expect(SBOMReader(message: read.message)?.isPartial == isPartial)
  }

  /// Statements may name the image by what its own document does not have a word for.
  @Test(arguments: SBOMFormat.all.map(\.name))
  func digestsComeBack(_ name: String) throws {
    let read = try #require(SBOMReader(try Self.format(name).write(Self.bill()), file: "bill"))
    #expect(read.subject.isMeant(byName: Self.config) && read.subject.isMeant(byName: "registry.test/team/app:1"))
    #expect(read.packages.first { $0.name == "certifi" }?.owner == "curl")
    #expect(read.unresolved.isEmpty)
  }

  /// What others say of their own completeness. Source: ECMA-424, `compositions`.
  @Test(arguments: [
    (#""compositions":[{"aggregate":"incomplete","assemblies":["me"]}]"#, true),
    (#""compositions":[{"aggregate":"incomplete_first_party_only"}]"#, true),
    (#""compositions":[{"aggregate":"complete","assemblies":["me"]}]"#, false),
    (#""compositions":[{"aggregate":"incomplete","assemblies":["a"]}]"#, false),
    (#""compositions":[{"aggregate":"incomplete","dependencies":["a"]}]"#, false),
  ])
  func compositions(_ text: String, _ isPartial: Bool) throws {
    let document =
      #"{"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"application","name":"x","bom-ref":"me"}},"components":[{"type":"library","bom-ref":"a","name":"a","version":"1","purl":"pkg:pypi/a@1"}],"#
      + text + "}"
    #expect(try #require(SBOMReader(Array(document.utf8), file: "bill")).isPartial == isPartial)
  }

  /// Elements of SPDX 3 name each other; each name is that of an element, and each element has what all have.
  ///
  /// Source: SPDX 3.0.1, class `Element`, properties `spdxId` and `creationInfo`; annex "Serialization".
  @Test func everyElementIsThere() throws {
    let document = try JSONReader.read(try Self.format("spdx3-json").write(Self.bill(isPartial: true)))
    #expect(document["@context"]?.string == "https://spdx.org/rdf/3.0.1/spdx-context.jsonld")
    let graph = document["@graph"]?.elements ?? []
    let info = graph.filter { $0["type"]?.string == "CreationInfo" }
    #expect(info.count == 1 && info.first?["specVersion"]?.string == "3.0.1")
    let elements = graph.filter { $0["type"]?.string != "CreationInfo" }
    let ids = elements.compactMap { $0["spdxId"]?.string }
    #expect(ids.count == elements.count && Set(ids).count == ids.count)
    #expect(
      elements.allSatisfy { $0["creationInfo"] != nil && $0["creationInfo"]?.string == info.first?["@id"]?.string })
    var named: [String] = []
    for element in graph {
      for key in ["from", "suppliedBy", "dataLicense"] { named += [element[key]?.string].compactMap { $0 } }
      for key in ["to", "element", "rootElement", "createdBy", "createdUsing"] { named += element[key]?.strings ?? [] }
      for entry in element["simplelicensing_customIdToUri"]?.elements ?? [] { named += [entry["value"]?.string ?? ""] }
    }
    #expect(Set(named).subtracting(ids) == [])
    #expect(elements.count { $0["type"]?.string == "SpdxDocument" } == 1)
    let kinds = elements.compactMap { $0["relationshipType"]?.string }
    #expect(Set(kinds) == ["contains", "dependsOn", "hasDeclaredLicense"])
    #expect(elements.contains { $0["simplelicensing_licenseText"]?.string == "the words of its author; more; words" })
    #expect(elements.contains { $0[path: "verifiedUsing"]?.elements.first?["algorithm"]?.string == "sha256" })
  }

  /// Licences that are no identifiers come back as words.
  @Test func wordsOfLicences() throws {
    let read = try #require(SBOMReader(try Self.format("spdx3-json").write(Self.bill()), file: "bill"))
    let licenses = Dictionary(uniqueKeysWithValues: read.packages.map { ($0.name, $0.licenses) })
    #expect(licenses["libc6"] == ["LGPL-2.1-or-later"])
    #expect(licenses["curl"] == ["the words of its author; more; words"])
    #expect(read.packages.first { $0.name == "curl" }?.supplier == "Curl Team <curl@debian.org>")
  }

  /// Package URLs of ecosystems that have advisories of their own.
  @Test(arguments: [
    ("pkg:githubactions/actions/checkout@v3", "GitHub Actions actions/checkout v3"),
    ("pkg:bioconductor/limma@3.0", "Bioconductor limma 3.0"),
    ("pkg:vscode-extension/redhat/java@1.0", "VSCode redhat.java 1.0"),
  ])
  func typesOfPackageURLs(_ text: String, _ expected: String) throws {
    let package = try #require(SoftwarePackage(purl: try PackageURL(text), path: "x"))
    #expect("\(package.ecosystem.text) \(package.name) \(package.version)" == expected)
  }
}

/// What nobody rated is not harmless, and what nobody can tell is not clean.
@Suite struct UnratedTests {
  @Test func unratedCountsAsMedium() {
    #expect(Priority.Level.unknown.reaches(.unknown) && Priority.Level.unknown.reaches(.low))
    #expect(Priority.Level.unknown.reaches(.medium) && !Priority.Level.unknown.reaches(.high))
    #expect(Priority.Level.low.reaches(.low) && !Priority.Level.low.reaches(.medium))
    #expect(Priority.Level.exploited.reaches(.critical) && !Priority.Level.critical.reaches(.likely))
  }

  /// A record without a rating has that of another record about the same vulnerability.
  @Test func anotherRecordRates() throws {
    let first = try AdvisoryIdentityTests.record(
      "PYSEC-1", "PyPI", "x", fixed: "2", more: #""aliases":["CVE-2024-1"],"#)
    let second = try AdvisoryIdentityTests.record(
      "GHSA-1", "PyPI", "x", fixed: "2",
      more: #""aliases":["CVE-2024-1"],"database_specific":{"severity":"CRITICAL"},"#)
    let package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    for order in [[first, second], [second, first]] {
      let report = try AdvisoryIdentityTests.report([package], order)
      #expect(report.findings.map(\.priority.level) == [.critical])
    }
  }

  /// What a package of a distribution brought is spoken for by nobody where the distribution is not told.
  @Test func brought() throws {
    var package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    package.owner = "python3-x"
    let advisory = try AdvisoryIdentityTests.record("PYSEC-1", "PyPI", "x", fixed: "2")
    let report = try AdvisoryIdentityTests.report([package], [advisory])
    #expect(report.judged == 0 && report.uncovered.values.reduce(0, +) == 1)
  }

  /// Which questions on exploitation a store can answer at all.
  @Test(arguments: [
    (#"{"vulnerabilities":[{"cveID":"CVE-2024-1"}]}"#, true, false),
    ("cve,epss,percentile\nCVE-2024-1,0.5,0.9\n", false, true),
    ("cve,cvss31,ssvc_exploitation\nCVE-2024-1,,active\n", true, false),
    ("cve,cvss31,ssvc_exploitation\nCVE-2024-1,CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H,none\n", false, false),
  ])
  func whatIsKnownOfRisks(_ source: String, _ exploitation: Bool, _ likelihood: Bool) throws {
    var builder = RiskIndex.Builder()
    _ = try builder.add(Array(source.utf8))
    let index = try RiskIndex(builder.bytes)
    #expect(index.knowsExploitation == exploitation && index.knowsLikelihood == likelihood)
    #expect(!RiskIndex.empty.knowsExploitation && !RiskIndex.empty.knowsLikelihood)
  }

  /// A name with the sum of another build is another product.
  @Test(arguments: [
    ("registry.test/team/app:1", "ab", true), ("registry.test/team/app:1", "cd", false),
    ("pkg:oci/app?repository_url=registry.test/team/app", "cd", false),
    ("pkg:oci/app?repository_url=registry.test/team/app", "ab", true),
  ])
  func sumsOfProducts(_ name: String, _ byte: String, _ clears: Bool) throws {
    var subject = ImageIdentity()
    subject.add(name: "registry.test/team/app:1")
    subject.add(digest: "sha256:" + String(repeating: "ab", count: 32))
    var vex = VEX()
    let hash = String(repeating: byte, count: 32)
    _ = try vex.add(
      Array(
        #"{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"\#(name)","hashes":{"sha-256":"\#(hash)"},"subcomponents":[{"@id":"pkg:pypi/x"}]}],"status":"not_affected","justification":"component_not_present"}]}"#
          .utf8), file: "v")
    let package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    let answer = vex.answer(["CVE-1"], in: package, of: subject)
    #expect((answer.statement?.clears == true) == clears)
    #expect(answer.unapplied.isEmpty == clears)
  }

  /// The name of an erratum stands for all that it fixes: a statement on one of them does not bear it.
  @Test func otherNames() throws {
    let erratum = try AdvisoryIdentityTests.record(
      "ALSA-2024:1", "AlmaLinux:8", "x", fixed: "2-1.el8", more: #""related":["CVE-2024-1","CVE-2024-2"],"#)
    let single = try AdvisoryIdentityTests.record(
      "PYSEC-3", "PyPI", "x", fixed: "2", more: #""aliases":["CVE-2024-3"],"#)
    let packages = [("AlmaLinux:8", "1-1.el8"), ("PyPI", "1")].map { ecosystem, version in
      SoftwarePackage(ecosystem: Ecosystem(ecosystem), name: "x", version: version, path: "p")
    }
    let report = try AdvisoryIdentityTests.report(packages, [erratum, single])
    let names = Dictionary(uniqueKeysWithValues: report.findings.map { ($0.vulnerability, $0.otherNames) })
    #expect(names == ["CVE-2024-1": [], "CVE-2024-2": [], "CVE-2024-3": ["PYSEC-3"]])
  }
}
