import Bytes
import Findings
import Images
import TestKit
import Testing

/// What an advisory speaks of: releases of distributions by their many names, streams of modules, the vulnerabilities that an erratum
/// bundles, and how bad the distribution calls them.
@Suite struct AdvisoryIdentityTests {
  /// A record of OSV about one package.
  static func record(
    _ id: String, _ ecosystem: String, _ name: String, fixed: String, more: String = ""
  ) throws -> Advisory {
    try #require(
      Advisory(
        try JSONReader.read(
          Array(
            #"{"id":"\#(id)","modified":"2026-01-01T00:00:00Z",\#(more)"affected":[{"package":{"ecosystem":"\#(ecosystem)","name":"\#(name)"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"\#(fixed)"}]}]}]}"#
              .utf8))))
  }

  static func store(_ advisories: [Advisory]) throws -> AdvisoryStore {
    var builder = AdvisoryStoreBuilder()
    for advisory in advisories { builder.add(advisory) }
    return try AdvisoryStore(try builder.bytes(sources: [], built: "now"))
  }

  static func report(
    _ packages: [SoftwarePackage], _ advisories: [Advisory], system: OperatingSystem? = nil, risks: RiskIndex = .empty
  ) throws -> ImageReport {
    let store = try store(advisories)
    return try ImageReport(
      system: system, packages: packages, store: store, covered: store.ecosystems, risks: risks)
  }

  /// What one release fixed says nothing of another one, and nobody knows which of them it is.
  @Test(arguments: [
    ("Debian:12", "3.5.0-1", [], false, AdvisoryExplanation.Outcome.undecided),
    ("Debian:12", "1.0-1", ["A-1"], false, .applies), ("Debian", "3.5.0-1", [], true, .doesNotApply),
  ])
  func releasesThatAreNotTold(
    _ ecosystem: String, _ version: String, _ found: [String], _ isJudged: Bool, _ outcome: AdvisoryExplanation.Outcome
  ) throws {
    let package = SoftwarePackage(
      ecosystem: Ecosystem("Debian"), name: "openssl", version: version, path: "var/lib/dpkg/status")
    let advisory = try Self.record("A-1", ecosystem, "openssl", fixed: "3.0.17-1~deb12u3")
    let report = try Self.report([package], [advisory])
    #expect(report.findings.map(\.id) == found)
    #expect(report.uncovered == (isJudged ? [:] : ["Debian of a release that is not told": 1]))
    #expect(try AdvisoryExplanation.all(of: package, in: Self.store([advisory])).map(\.outcome) == [outcome])
    // Those who remember images tell the same.
    var matcher = AdvisoryMatcher(try Self.store([advisory]), .empty)
    #expect(matcher.gap(package) == (isJudged ? nil : "Debian of a release that is not told"))
  }

  /// Source: OSV schema, "Defined ecosystems", for the names of advisories; os-release files of the distributions.
  @Test(arguments: [
    ("ID=ubuntu\nVERSION_ID=\"22.04\"", "Ubuntu:22.04:LTS", true),
    ("ID=ubuntu\nVERSION_ID=\"22.04\"", "Ubuntu:Pro:22.04:LTS", true),
    ("ID=ubuntu\nVERSION_ID=\"22.04\"", "Ubuntu:22.04", true),
    ("ID=ubuntu\nVERSION_ID=\"22.04\"", "Ubuntu:20.04:LTS", false),
    ("ID=ubuntu\nVERSION_ID=\"22.04\"", "Ubuntu:Pro:FIPS:22.04:LTS", false),
    ("ID=ubuntu\nVERSION_ID=\"24.10\"", "Ubuntu:24.10", true),
    ("ID=ubuntu\nVERSION_CODENAME=jammy", "Ubuntu:22.04:LTS", true),
    ("ID=rhel\nVERSION_ID=\"9.4\"", "Red Hat:enterprise_linux:9::baseos", true),
    ("ID=rhel\nVERSION_ID=\"9.4\"", "Red Hat:enterprise_linux:9::appstream", true),
    ("ID=rhel\nVERSION_ID=\"9.4\"", "Red Hat:enterprise_linux:8::baseos", false),
    ("ID=rhel\nVERSION_ID=\"9.4\"", "Red Hat:rhel_eus:9.2::baseos", false),
    ("ID=rhel\nVERSION_ID=\"9.4\"", "Red Hat:satellite:6.14::el9", false),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Server 15 SP5", true),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Server 15 SP5-LTSS", true),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", true),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Server 15 SP4", false),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Desktop 15 SP5", false),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Module for Python 3 15 SP5", true),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Module for Python 3 15 SP6", false),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise High Performance Computing 15 SP5-ESPOS", false),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Workstation Extension 15 SP5", true),
    ("ID=sles\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Micro 5.5", false),
    ("ID=sles\nVERSION_ID=\"12.5\"", "SUSE:Linux Enterprise Module for Web and Scripting 12", true),
    ("ID=sles\nVERSION_ID=\"12.5\"", "SUSE:Linux Enterprise Server LTSS Extended Security 12 SP5", true),
    ("ID=sles\nVERSION_ID=\"12.5\"", "SUSE:Linux Enterprise Server 12", false),
    ("ID=sles\nVERSION_ID=\"12.5\"", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", false),
    ("ID=sles_sap\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Server for SAP Applications 15 SP5", true),
    ("ID=sled\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Module for Basesystem 15 SP5", true),
    ("ID=sled\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Desktop 15 SP5", true),
    ("ID=sled\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise Server 15 SP5", false),
    ("ID=sle_hpc\nVERSION_ID=\"15.5\"", "SUSE:Linux Enterprise High Performance Computing 15 SP5-LTSS", true),
    ("ID=sles\nVERSION_ID=\"16.0\"", "SUSE:Linux Enterprise Server 16.0", true),
    ("ID=\"sle-micro\"\nVERSION_ID=\"5.5\"", "SUSE:Linux Enterprise Micro 5.5", true),
    ("ID=\"sl-micro\"\nVERSION_ID=\"6.0\"", "SUSE:Linux Micro 6.0", true),
    ("ID=\"opensuse-leap\"\nVERSION_ID=\"15.5\"", "openSUSE:Leap 15.5", true),
    ("ID=\"opensuse-leap\"\nVERSION_ID=\"15.5\"", "openSUSE:Tumbleweed", false),
    ("ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20260101\"", "openSUSE:Tumbleweed", true),
    ("ID=alpine\nVERSION_ID=3.18.4", "Alpine:v3.18", true), ("ID=alpine\nVERSION_ID=3.18.4", "Alpine:v3.19", false),
    ("ID=alpine\nVERSION_ID=3.24.0_alpha20260601", "Alpine:edge", true),
    ("ID=alpine\nVERSION_ID=3.24.0\nPRETTY_NAME=\"Alpine Linux edge\"", "Alpine:edge", true),
    ("ID=debian\nVERSION_ID=6.0.10", "Debian:6.0", true), ("ID=debian\nVERSION_ID=3.1", "Debian:3.1", true),
    ("ID=debian\nVERSION_ID=3.1", "Debian:3.0", false), ("ID=debian\nVERSION_ID=12.5", "Debian:12", true),
    ("ID=debian\nVERSION_ID=12", "Debian:12", true), ("ID=debian\nVERSION_CODENAME=bookworm", "Debian:12", true),
    ("ID=debian\nVERSION_ID=12", "Debian", true), ("ID=debian\nVERSION_ID=12", "Debian:11", false),
    ("ID=almalinux\nVERSION_ID=8.10", "AlmaLinux:8", true), ("ID=almalinux\nVERSION_ID=8.10", "AlmaLinux:9", false),
    ("ID=rocky\nVERSION_ID=9.3", "Rocky Linux:9", true), ("ID=photon\nVERSION_ID=5.0", "Photon OS:5.0", true),
    ("ID=mageia\nVERSION_ID=9", "Mageia:9", true), ("ID=wolfi\nVERSION_ID=20230201", "Wolfi", true),
    ("ID=openEuler\nVERSION_ID=24.03\nVERSION=\"24.03 (LTS-SP1)\"", "openEuler:24.03-LTS-SP1", true),
    ("ID=azurelinux\nVERSION_ID=3.0", "Azure Linux:3", true), ("ID=chainguard", "Chainguard", true),
    ("ID=minimos\nVERSION_ID=\"20241031\"", "MinimOS", true), ("ID=\"echo\"\nVERSION_ID=\"1\"", "Echo", true),
    ("ID=cleanstart", "CleanStart", true), ("ID=alpaquita\nVERSION_ID=23", "Alpaquita:23", true),
    ("ID=mariner\nVERSION_ID=2.0", "Azure Linux:2", true),
  ])
  func releasesOfDistributions(_ release: String, _ advisory: String, _ isSame: Bool) throws {
    let system = try #require(OperatingSystem(release))
    let package = SoftwarePackage(ecosystem: system.packageEcosystem, name: "x", version: "1.0-1", path: "db")
    let report = try Self.report([package], [Self.record("TEST-1", advisory, "x", fixed: "2.0-1")], system: system)
    #expect(!report.findings.isEmpty == isSame)
    #expect(report.uncovered.isEmpty == isSame)
    #expect(report.judged == (isSame ? 1 : 0))
    // By a package URL the same system has the same name.
    let back = try #require(package.purl.flatMap { SoftwarePackage(purl: $0, path: "db") })
    #expect(back.ecosystem.isSameRelease(package.ecosystem), "\(package.purl?.text ?? "")")
  }

  @Test(arguments: [
    ("pkg:deb/debian/x@1-1?distro=bookworm", "Debian:12"), ("pkg:deb/debian/x@1-1?distro=debian-12.5", "Debian:12"),
    ("pkg:deb/ubuntu/x@1-1?distro=jammy", "Ubuntu:22.04:LTS"),
    ("pkg:deb/ubuntu/x@1-1?distro=ubuntu-22.04", "Ubuntu:22.04:LTS"),
    ("pkg:rpm/redhat/x@1-1?distro=redhat-9.7", "Red Hat:enterprise_linux:9::baseos"),
    ("pkg:rpm/redhat/x@1-1?distro=rhel-9.7", "Red Hat:enterprise_linux:9::baseos"),
    ("pkg:rpm/suse/x@1-1?distro=sles-15.5", "SUSE:Linux Enterprise Server 15 SP5"),
    ("pkg:rpm/opensuse/x@1-1?distro=opensuse-leap-15.5", "openSUSE:Leap 15.5"),
    ("pkg:apk/alpine/x@1-r1?distro=3.18.4", "Alpine:v3.18"),
    ("pkg:apk/alpine/x@1-r1?distro=alpine-3.18", "Alpine:v3.18"),
    ("pkg:rpm/almalinux/x@1-1?distro=almalinux-8.10", "AlmaLinux:8"),
    ("pkg:rpm/amzn/x@1-1?distro=amzn-2023", "Amazon Linux:2023"),
    ("pkg:rpm/rocky/x@1-1?distro=rocky-9.3", "Rocky Linux:9"), ("pkg:rpm/oracle/x@1-1?distro=ol-8.9", "Oracle Linux:8"),
  ])
  func releasesInPackageURLs(_ purl: String, _ advisory: String) throws {
    let package = try #require(SoftwarePackage(purl: try PackageURL(purl), path: "bill"))
    #expect(package.ecosystem.isSameRelease(Ecosystem(advisory)), "\(package.ecosystem.text)")
  }

  /// Source: OSV schema, "related field": errata of AlmaLinux name there the CVEs that they fix, and their severity in the summary.
  @Test func anErratumIsWhatItFixes() throws {
    let more = #""related":["CVE-2023-4527","CVE-2023-4911"],"summary":"Important: glibc security update","#
    let advisory = try Self.record("ALSA-2023:5455", "AlmaLinux:8", "glibc", fixed: "2.28-225.el8_8.6", more: more)
    #expect(advisory.cves == ["CVE-2023-4527", "CVE-2023-4911"])
    #expect(advisory.rating == .init("important", isVendors: true))
    var risks = RiskIndex.Builder()
    _ = try risks.add(
      Array(#"{"vulnerabilities":[{"cveID":"CVE-2023-4911","dateAdded":"2023-11-21"}],"catalogVersion":"1"}"#.utf8))
    let package = SoftwarePackage(
      ecosystem: Ecosystem("AlmaLinux:8"), name: "glibc", version: "2.28-225.el8", path: "var/lib/rpm/rpmdb.sqlite")
    let report = try Self.report([package], [advisory], risks: try RiskIndex(risks.bytes))
    #expect(report.findings.map(\.vulnerability) == ["CVE-2023-4911", "CVE-2023-4527"])
    #expect(report.findings.map(\.priority.level) == [.exploited, .high])
    // An exception by the CVE, and one by the erratum.
    let findings = report.findings.map { $0.finding(image: "app") }
    for (check, covered) in [("CVE-2023-4911", [true, false]), ("ALSA-2023:5455", [true, true])] {
      let waiver = Waiver(check: check, reason: "known", expires: nil, location: Location(file: "ex.yaml"))
      #expect(findings.map { waiver.covers($0) } == covered, "\(check)")
    }
    // Elsewhere what is related is no other name.
    let other = try Self.record("PYSEC-1", "PyPI", "x", fixed: "2", more: #""related":["CVE-2020-1"],"#)
    #expect(other.cves.isEmpty)
  }

  /// The vendor's word before a score before what somebody else says.
  @Test(arguments: [
    (
      #""summary":"Moderate: x","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"#,
      Priority.Level.medium
    ),
    (#""severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"#, .critical),
    (#""severity":[{"type":"Ubuntu","score":"low"}],"#, .low), (#""database_specific":{"severity":"HIGH"},"#, .high),
    ("", .unknown),
  ])
  func severityInOrder(_ more: String, _ level: Priority.Level) throws {
    #expect(Priority(try Self.record("T-1", "AlmaLinux:8", "x", fixed: "2-1", more: more), .empty).level == level)
  }

  /// Source: rpm, `ModularityLabel`; purl-spec, type rpm, `rpmmod`: what is said of a stream is said of no other.
  @Test(arguments: [
    ("pkg:rpm/almalinux/nodejs@16.20.2-8.module_el8?distro=almalinux-8.10&epoch=1&rpmmod=nodejs%3A16", false),
    ("pkg:rpm/almalinux/nodejs@18.1.0-1.module_el8?distro=almalinux-8.10&epoch=1&rpmmod=nodejs%3A18", true),
    ("pkg:rpm/almalinux/nodejs@18.1.0-1.module_el8?distro=almalinux-8.10&epoch=1&rpmmod=nodejs%3A18%3A806%3Aabc", true),
    ("pkg:rpm/almalinux/nodejs@10.1.0-1.el8?distro=almalinux-8.10&epoch=1", false),
  ])
  func streamsOfModules(_ purl: String, _ applies: Bool) throws {
    let advisory = try Self.record(
      "ALSA-1", "AlmaLinux:8", "nodejs", fixed: "1:18.20.2-1.module_el8.9.0+1+a",
      more: #""summary":"Important: nodejs:18 security update","#)
    let package = try #require(SoftwarePackage(purl: try PackageURL(purl), path: "bill"))
    let report = try Self.report([package], [advisory])
    #expect(!report.findings.isEmpty == applies)
    #expect(report.undecided.isEmpty)
  }

  @Test func aStreamThatNobodyNamesIsUndecided() throws {
    let advisory = try Self.record(
      "ALSA-1", "AlmaLinux:8", "nodejs", fixed: "1:18.20.2-1.module_el8.9.0+1+a",
      more: #""summary":"Important: nodejs:18 security update","#)
    let package = SoftwarePackage(
      ecosystem: Ecosystem("AlmaLinux:8"), name: "nodejs", version: "1:16.1.0-1.module_el8", path: "bill")
    let report = try Self.report([package], [advisory])
    #expect(report.findings.isEmpty && report.undecided.count == 1 && report.judgedInPart == 1)
  }
}

/// Layers, read as an image has them.
private func stack(_ files: [(String, String)]) -> LayerStack {
  let scanner = LayerScanner()
  scanner.feed(TarBuilder.archive(files).span.bytes)
  var stack = LayerStack()
  // As they are kept: what is lost on the way is lost for every later scan.
  if let facts = LayerFacts(json: scanner.finish().facts.json) { stack.add(facts, layer: 0) }
  return stack
}

/// Whose package an installed one is, and who speaks for what it brought.
@Suite struct PackageOwnerTests {
  private static let release = "ID=debian\nVERSION_ID=12\n"
  private static let urllib = try? AdvisoryIdentityTests.record("PYSEC-9", "PyPI", "urllib3", fixed: "2.0.0")
  private static let curl = try? AdvisoryIdentityTests.record("CVE-2026-9", "Debian:12", "curl", fixed: "9.0-1")

  private static func findings(_ files: [(String, String)]) throws -> [String] {
    let stack = stack(files)
    return try AdvisoryIdentityTests.report(
      stack.packages, [urllib, curl].compactMap { $0 }, system: stack.system
    ).findings.map { "\($0.package.name) \($0.package.version)" }
  }

  private static func files(_ control: String, folder: String) -> [(String, String)] {
    let metadata = "\(folder)/urllib3-1.24.1.dist-info/METADATA"
    return [
      ("etc/os-release", release), ("var/lib/dpkg/status", control),
      (metadata, "Metadata-Version: 2.1\nName: urllib3\nVersion: 1.24.1\n"),
      ("var/lib/dpkg/info/agent.list", "/.\n/\(metadata)\n"),
    ]
  }

  @Test func ofTheDistributionAndOfOthers() throws {
    let status = "Package: agent\nStatus: install ok installed\nVersion: 1.0-1\n"
    let debian = status + "Maintainer: Debian Python Team <team+python@tracker.debian.org>\n"
    #expect(try Self.findings(Self.files(debian, folder: "usr/lib/python3/dist-packages")).isEmpty)
    let vendors = status + "Maintainer: Acme <package@acme.test>\nVendor: Acme\n"
    #expect(try Self.findings(Self.files(vendors, folder: "usr/lib/acme")) == ["urllib3 1.24.1"])
    let optional = status + "Maintainer: Somebody <a@b.test>\n"
    #expect(try Self.findings(Self.files(optional, folder: "opt/acme/embedded")) == ["urllib3 1.24.1"])
  }

  @Test func anothersBuildIsNotJudgedByTheDistribution() throws {
    let stack = stack([
      ("etc/os-release", Self.release),
      (
        "var/lib/dpkg/status",
        "Package: curl\nStatus: install ok installed\nVersion: 7.80.0-1acme\nMaintainer: Acme <package@acme.test>\n\nPackage: libcurl4\nStatus: install ok installed\nSource: curl\nVersion: 7.88.1-10+deb12u5\nMaintainer: Alessandro Ghedini <ghedo@debian.org>\n"
      ),
    ])
    let report = try AdvisoryIdentityTests.report(
      stack.packages, [Self.curl].compactMap { $0 }, system: stack.system)
    #expect(report.findings.map(\.package.name) == ["libcurl4"])
    #expect(report.uncovered == ["Debian:12 by Acme": 1])
  }

  /// What archives of single persons write into their versions.
  @Test(arguments: [
    ("7.88.1-10~ppa1", true), ("7.88.1-10+ppa2", true), ("7.88.1-10.pgdg120+1", true), ("7.88.1-10+deb12u5", false),
  ])
  func marksOfBuilders(_ version: String, _ isOthers: Bool) throws {
    let stack = stack([
      ("etc/os-release", Self.release),
      ("var/lib/dpkg/status", "Package: curl\nStatus: install ok installed\nVersion: \(version)\n"),
    ])
    #expect((stack.packages.first?.vendor != nil) == isOthers)
  }

  /// Headers and documentation stay, lower and with the reason.
  @Test(arguments: [
    "/usr/share/doc/curl.txt", "/usr/include/linux/tcp.h", "/usr/lib/linux/uapi/x86/asm/ptrace.h",
    "/usr/share/locale/de/LC_MESSAGES/curl.mo",
  ])
  func packagesWithoutCode(_ file: String) throws {
    let stack = stack([
      ("etc/os-release", Self.release),
      (
        "var/lib/dpkg/status", "Package: libcurl4-doc\nStatus: install ok installed\nSource: curl\nVersion: 7.88.1-10\n"
      ),
      ("var/lib/dpkg/info/libcurl4-doc.list", "/.\n/usr\n\(file)\n"),
    ])
    let report = try AdvisoryIdentityTests.report(stack.packages, [Self.curl].compactMap { $0 }, system: stack.system)
    #expect(report.findings.map(\.priority.level) == [.low])
    #expect(report.findings.first?.priority.reason.contains("no code") == true)
  }

  /// The bill of materials of an image gives the answer of the image, in every format.
  @Test(arguments: SBOMFormat.all.map(\.name))
  func billsGiveTheSameAnswer(_ name: String) throws {
    let format = try #require(SBOMFormat.all.first { $0.name == name })
    let stack = stack(
      Self.files(
        "Package: agent\nStatus: install ok installed\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: Debian <a@debian.org>\nDepends: libcurl4 (>= 7)\n\nPackage: curl\nStatus: install ok installed\nVersion: 7.80.0-1acme\nMaintainer: Acme <package@acme.test>\n\nPackage: libcurl4\nStatus: install ok installed\nSource: curl (7.88.1-10)\nVersion: 7.88.1-10+b1\n",
        folder: "usr/share/python"))
    let advisories = [Self.urllib, Self.curl].compactMap { $0 }
    let image = try AdvisoryIdentityTests.report(stack.packages, advisories, system: stack.system)
    var identity = ImageIdentity()
    identity.add(name: "registry.test/team/app:1")
    let bill = BillOfMaterials(
      subject: "app", identity: identity, system: stack.system, packages: stack.packages, layers: ["sha256:00"],
      created: nil, toolVersion: "1")
    let read = try #require(SBOMReader(format.write(bill), file: "bill"))
    let again = try AdvisoryIdentityTests.report(read.packages, advisories, system: read.system)
    func text(_ report: ImageReport) -> [String] {
      report.findings.map { "\($0.vulnerability) \($0.package.name) \($0.package.path) \($0.priority.reason)" }
        + report.uncovered.map { "\($0.key) \($0.value)" }.sorted()
        + report.packages.map { "\($0.name) \($0.version) \($0.owner ?? "") \($0.architecture ?? "")" }
    }
    #expect(text(again) == text(image))
    #expect(read.unresolved.isEmpty && read.sourceless == 0)
    #expect(read.subject.isMeant(byName: "registry.test/team/app:1"))
  }
}

/// Documents of other tools, each by its own words.
@Suite struct ForeignBillTests {
  private static func read(_ text: String) throws -> SBOMReader {
    try #require(SBOMReader(Array(text.utf8), file: "bill"))
  }

  private static func asked(_ bill: SBOMReader) -> [String] {
    bill.packages.map { package in
      "\(package.ecosystem.text) "
        + AdvisoryQuery(package).names.map { "\($0.text) \($0.version ?? "")" }.joined(separator: ", ")
    }
  }

  /// Trivy's source package stands in properties, and in SPDX in a sentence.
  @Test func trivy() throws {
    let markup = #"""
      {"bomFormat":"CycloneDX","specVersion":"1.6","version":1,"metadata":{"component":{"type":"container","name":"x"}},"components":[
      {"type":"operating-system","name":"debian","version":"12.5"},
      {"type":"library","name":"libssl3","version":"3.0.9-1","purl":"pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&distro=debian-12.5","properties":[{"name":"aquasecurity:trivy:SrcName","value":"openssl"},{"name":"aquasecurity:trivy:SrcVersion","value":"3.0.9"},{"name":"aquasecurity:trivy:SrcRelease","value":"1"},{"name":"aquasecurity:trivy:SrcEpoch","value":"1"}]}]}
      """#
    let bill = try Self.read(markup)
    #expect(Self.asked(bill) == ["Debian:12 openssl 1:3.0.9-1"])
    #expect(bill.packages.first?.architecture == "amd64" && bill.sourceless == 0)
    let spdx = #"""
      {"spdxVersion":"SPDX-2.3","creationInfo":{"creators":["Tool: trivy-0.50"]},"packages":[
      {"name":"debian","SPDXID":"SPDXRef-OS","versionInfo":"12.5","primaryPackagePurpose":"OPERATING-SYSTEM"},
      {"name":"libssl3","SPDXID":"SPDXRef-P","versionInfo":"3.0.9-1","sourceInfo":"built package from: openssl 3.0.9-1","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:deb/debian/libssl3@3.0.9-1?distro=debian-12.5"}]}]}
      """#
    #expect(Self.asked(try Self.read(spdx)) == ["Debian:12 openssl 3.0.9-1"])
    #expect(try Self.read(spdx).system?.id == "debian")
  }

  /// Source: purl-spec, `epoch`; the version may stand in the component with its epoch.
  @Test(arguments: [
    ("pkg:deb/debian/git@2.39.5-0%2Bdeb12u9?distro=debian-12&epoch=1", "", "1:2.39.5-0+deb12u9"),
    ("pkg:deb/debian/git@2.39.5-0%2Bdeb12u9?distro=debian-12", "1:2.39.5-0+deb12u9", "1:2.39.5-0+deb12u9"),
    ("pkg:deb/debian/git@1%3A2.39.5-0%2Bdeb12u9?distro=debian-12&epoch=1", "", "1:2.39.5-0+deb12u9"),
    ("pkg:rpm/almalinux/git@2-1?distro=almalinux-8&epoch=2", "", "2:2-1"),
    ("pkg:rpm/almalinux/git@2-1?distro=almalinux-8&epoch=0", "", "2-1"),
    ("pkg:deb/debian/git?distro=debian-12", "2-1", "2-1"), ("pkg:npm/a@1.0.0", "v1.0.0", "1.0.0"),
  ])
  func epochs(_ purl: String, _ version: String, _ expected: String) throws {
    let bill = try Self.read(
      #"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"git","version":"\#(version)","purl":"\#(purl)"}]}"#
    )
    #expect(bill.packages.map(\.version) == [expected])
  }

  /// The document's distribution is that of packages that name none; without any source package nobody knows what was missed.
  @Test func distributionOfTheDocument() throws {
    let bill = try Self.read(
      #"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"operating-system","name":"debian","version":"12.5","purl":"pkg:generic/debian@12.5"},{"type":"library","name":"curl","version":"7.88.1-10","purl":"pkg:deb/debian/curl@7.88.1-10"}]}"#
    )
    #expect(Self.asked(bill) == ["Debian:12 curl 7.88.1-10"])
    #expect(bill.sourceless == 1)
  }

  /// A vendor is somebody else's beside packages of the distribution; where nothing is the distribution's, whoever built the system is
  /// the one that its os-release speaks for.
  @Test(arguments: [
    (["Acme Corp", "Acme Corp", "Acme Corp"], [nil, nil, nil]),
    (["Red Hat, Inc.", "Acme Corp", "Acme Corp"], [nil, "Acme Corp", "Acme Corp"]),
    (["Acme Corp", "Acme Corp", "Other"], [nil, nil, "Other"]),
    (["Acme Corp", "Other", "Third"], ["Acme Corp", "Other", "Third"]),
  ])
  func whoBuiltTheSystem(_ suppliers: [String], _ vendors: [String?]) throws {
    let components = suppliers.enumerated().map { index, supplier in
      #"{"type":"library","name":"p\#(index)","version":"1-1.el9","supplier":{"name":"\#(supplier)"},"purl":"pkg:rpm/redhat/p\#(index)@1-1.el9?distro=rhel-9.4"}"#
    }
    let bill = try Self.read(
      #"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"operating-system","name":"rhel","version":"9.4"},"#
        + components.joined(separator: ",") + "]}")
    #expect(bill.packages.map(\.vendor) == vendors)
  }

  /// Package URLs that agree name the distribution, where the document has no words for it.
  @Test(arguments: [
    (["debian-12", "debian-12"], "debian"), (["debian-12", "debian-11"], nil), (["bookworm"], "debian"), ([], nil),
  ])
  func distributionOfPackageURLs(_ distros: [String], _ id: String?) throws {
    let components = distros.map {
      #"{"type":"library","name":"curl","version":"1","purl":"pkg:deb/debian/curl@1?distro=\#($0)"}"#
    }
    let bill = try Self.read(
      #"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[\#(components.joined(separator: ","))]}"#)
    #expect(bill.system?.id == id)
  }

  @Test func syft() throws {
    let bill = try Self.read(
      #"""
      {"artifacts":[
      {"id":"a","name":"python3-certifi","version":"2022.9.24-1","type":"deb","locations":[{"path":"/var/lib/dpkg/status"}],"purl":"pkg:deb/debian/python3-certifi@2022.9.24-1?distro=debian-12","metadata":{"source":"python-certifi","sourceVersion":"2022.9.24-1","architecture":"all"}},
      {"id":"b","name":"certifi","version":"2022.9.24","type":"python","locations":[{"path":"/usr/share/python/certifi/METADATA"}],"licenses":[{"value":"MPL-2.0","spdxExpression":"MPL-2.0"}],"purl":"pkg:pypi/certifi@2022.9.24"}],
      "artifactRelationships":[{"parent":"a","child":"b","type":"ownership-by-file-overlap"}],
      "distro":{"id":"debian","versionID":"12"},"source":{"type":"image","metadata":{"userInput":"app:1","manifestDigest":"sha256:261e230db3d87f3d2df65182c3f0b2fdba02a93a319078641f2cb2168513b3c1"}},
      "descriptor":{"name":"syft","version":"1.18.1"}}
      """#)
    #expect(Self.asked(bill) == ["Debian:12 python-certifi 2022.9.24-1", "PyPI certifi 2022.9.24"])
    #expect(bill.packages.map(\.owner) == [nil, "python3-certifi"])
    #expect(bill.packages.map(\.licenses) == [[], ["MPL-2.0"]])
    #expect(bill.subject.digests.count == 1)
  }

  /// What lies where only Debian's own packages put it is Debian's.
  @Test func pythonOfDebian() throws {
    func owner(_ path: String) throws -> String? {
      try Self.read(
        #"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"python3-certifi","version":"1-1","purl":"pkg:deb/debian/python3-certifi@1-1?distro=debian-12"},{"type":"library","name":"certifi","version":"1","purl":"pkg:pypi/certifi@1","properties":[{"name":"syft:location:0:path","value":"\#(path)"}]}]}"#
      ).packages.first { $0.name == "certifi" }?.owner
    }
    #expect(try owner("/usr/lib/python3/dist-packages/certifi-1.dist-info/METADATA") == "python3-certifi")
    #expect(try owner("/usr/local/lib/python3.11/dist-packages/certifi-1.dist-info/METADATA") == nil)
  }

  @Test func cycloneDXInXML() throws {
    for version in ["1.2", "1.4", "1.6", "1.7"] {
      let bill = try Self.read(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!-- a bill -->
        <bom xmlns="http://cyclonedx.org/schema/bom/\(version)" version="1">
          <metadata><component type="container"><name>registry.test/app</name><version>1</version></component></metadata>
          <components>
            <component type="operating-system"><name>alpine</name><version>3.18.4</version></component>
            <component type="library" bom-ref="a"><name>libssl3</name><version>3.1.4-r5</version>
              <licenses><license><id>Apache-2.0</id></license></licenses>
              <purl>pkg:apk/alpine/libssl3@3.1.4-r5?arch=x86_64&amp;upstream=openssl&amp;distro=alpine-3.18.4</purl></component>
          </components></bom>
        """)
      #expect(Self.asked(bill) == ["Alpine:v3.18 openssl 3.1.4-r5"])
      #expect(bill.packages.first?.licenses == ["Apache-2.0"] && bill.problems.isEmpty)
      #expect(bill.subject.isMeant(byName: "registry.test/app:1"))
    }
  }

  @Test func spdx3() throws {
    let bill = try Self.read(
      #"""
      {"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[
      {"type":"SpdxDocument","spdxId":"urn:d","rootElement":["urn:s"]},
      {"type":"software_Sbom","spdxId":"urn:s","rootElement":["urn:app"]},
      {"type":"software_Package","spdxId":"urn:app","name":"registry.test/app:1"},
      {"type":"software_Package","spdxId":"urn:a","name":"lodash","software_packageVersion":"4.17.4","software_packageUrl":"pkg:npm/lodash@4.17.4"},
      {"type":"software_Package","spdxId":"urn:b","name":"x","software_packageVersion":"1","externalIdentifier":[{"type":"ExternalIdentifier","externalIdentifierType":"packageUrl","identifier":"pkg:pypi/x@1"}]},
      {"type":"simplelicensing_LicenseExpression","spdxId":"urn:l","simplelicensing_licenseExpression":"MIT"},
      {"type":"Relationship","spdxId":"urn:r","from":"urn:a","relationshipType":"hasDeclaredLicense","to":["urn:l"]}]}
      """#)
    #expect(Self.asked(bill) == ["npm lodash 4.17.4", "PyPI x 1"])
    #expect(bill.packages.first?.licenses == ["MIT"])
    #expect(bill.subject.isMeant(byName: "registry.test/app:1"))
  }

  @Test func inEnvelopes() throws {
    let inner =
      #"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"library","name":"x","version":"1","purl":"pkg:pypi/x@1"}]}"#
    let statement =
      #"{"_type":"https://in-toto.io/Statement/v1","predicateType":"https://cyclonedx.org/bom","predicate":\#(inner)}"#
    let envelope =
      #"{"payloadType":"application/vnd.in-toto+json","payload":"\#(Base64.encode(Array(statement.utf8)))","signatures":[]}"#
    for text in [
      inner, statement, envelope,
      #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","dsseEnvelope":\#(envelope)}"#,
    ] {
      #expect(Self.asked(try Self.read(text)) == ["PyPI x 1"])
    }
    #expect(
      SBOMReader(Array(#"{"predicateType":"x","predicate":{"predicateType":"x","predicate":{}}}"#.utf8), file: "x")
        == nil)
  }

  /// A statement about another architecture or distribution is about another package.
  @Test(arguments: [
    ("pkg:deb/debian/curl@7.88.1-10?arch=arm64", false), ("pkg:deb/debian/curl@7.88.1-10?arch=amd64", true),
    ("pkg:deb/debian/curl?distro=debian-12", true), ("pkg:deb/debian/curl?distro=bookworm", true),
    ("pkg:deb/debian/curl?distro=debian-11", false), ("pkg:deb/curl", true), ("pkg:deb/ubuntu/curl", false),
  ])
  func productsOfStatements(_ product: String, _ isMeant: Bool) throws {
    var vex = VEX()
    _ = try vex.add(
      Array(
        #"{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"\#(product)"}],"status":"not_affected","justification":"component_not_present"}]}"#
          .utf8), file: "v")
    let package = try #require(
      SoftwarePackage(purl: try PackageURL("pkg:deb/debian/curl@7.88.1-10?arch=amd64&distro=debian-12"), path: "bill"))
    #expect((vex.answer(["CVE-1"], in: package, of: ImageIdentity()).statement != nil) == isMeant)
  }

  /// A document of CycloneDX speaks of what it is about, and a link into another one of what that is about.
  ///
  /// Source: CycloneDX 1.6, `metadata.component`, `vulnerabilities[].affects[].ref`; "BOM-Link".
  @Test(arguments: [
    ("", #""ref":"a""#, true),
    (#""metadata":{"component":{"type":"container","name":"registry.test/team/app:1"}},"#, #""ref":"a""#, true),
    (#""metadata":{"component":{"type":"container","name":"registry.test/team/other:1"}},"#, #""ref":"a""#, false),
    (#""metadata":{"component":{"type":"application","name":"acme","version":"2"}},"#, #""ref":"a""#, false),
    (#""metadata":{"component":{"bom-ref":"r","purl":"pkg:pypi/x@1","name":"x"}},"#, #""ref":"r""#, true),
    (#""metadata":{"component":{"bom-ref":"r","purl":"pkg:pypi/y@1","name":"y"}},"#, #""ref":"r""#, false),
    (#""metadata":{"component":{"bom-ref":"r","purl":"pkg:oci/app","name":"app"}},"#, #""ref":"r""#, true),
    (#""metadata":{"component":{"bom-ref":"r","purl":"pkg:oci/other","name":"o"}},"#, #""ref":"r""#, false),
    ("", #""ref":"urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:pypi/x@1""#, true),
    ("", #""ref":"urn:cdx:00000000-395b-41f5-a30f-a58921a69b79/1#pkg:pypi/x@1""#, false),
    (
      #""serialNumber":"urn:uuid:00000000-395b-41f5-a30f-a58921a69b79","#,
      #""ref":"urn:cdx:00000000-395b-41f5-a30f-a58921a69b79/1#a""#, true
    ),
  ])
  func documentsAreAboutSomething(_ head: String, _ reference: String, _ isMeant: Bool) throws {
    var vex = VEX()
    _ = try vex.add(
      Array(
        #"{"bomFormat":"CycloneDX",\#(head)"components":[{"bom-ref":"a","purl":"pkg:pypi/x@1"}],"vulnerabilities":[{"id":"CVE-1","analysis":{"state":"not_affected"},"affects":[{\#(reference)}]}]}"#
          .utf8), file: "v")
    var subject = ImageIdentity()
    subject.add(name: "registry.test/team/app:1")
    subject.add(serial: "urn:uuid:3E671687-395b-41f5-a30f-a58921a69b79")
    let package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    let answer = vex.answer(["CVE-1"], in: package, of: subject)
    #expect((answer.statement?.clears == true) == isMeant, "\(answer.unapplied)")
  }

  /// A record that knows of no CVE has those of the record that it is another name of, wherever that is from.
  @Test func namesOfNames() throws {
    let first = try AdvisoryIdentityTests.record("PYSEC-1", "PyPI", "x", fixed: "2", more: #""aliases":["GHSA-1"],"#)
    let second = try AdvisoryIdentityTests.record(
      "GHSA-1", "PyPI", "x", fixed: "2", more: #""aliases":["CVE-2024-1"],"#)
    let package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    let report = try AdvisoryIdentityTests.report([package], [first, second])
    #expect(report.findings.map(\.vulnerability) == ["CVE-2024-1"])
    #expect(report.findings.first?.names == ["PYSEC-1", "GHSA-1", "CVE-2024-1"])
    // An erratum of several does not lend them.
    let bundle = try AdvisoryIdentityTests.record(
      "RHSA-1", "PyPI", "x", fixed: "2", more: #""aliases":["CVE-2024-1","CVE-2024-2","E-1"],"#)
    let other = try AdvisoryIdentityTests.record("OTHER-1", "PyPI", "x", fixed: "2", more: #""aliases":["E-1"],"#)
    let both = try AdvisoryIdentityTests.report([package], [bundle, other])
    #expect(both.findings.map(\.vulnerability).contains("OTHER-1"))
  }

  /// A statement about a part of something else is told, and does not count.
  @Test func otherProductsAreTold() throws {
    var vex = VEX()
    _ = try vex.add(
      Array(
        #"{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2026-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-1"},"products":[{"@id":"pkg:oci/other","subcomponents":[{"@id":"pkg:pypi/x"}]}],"status":"not_affected","justification":"component_not_present"}]}"#
          .utf8), file: "v")
    let package = SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: "x", version: "1", path: "p")
    let answer = vex.answer(["CVE-1"], in: package, of: ImageIdentity())
    #expect(answer.statement == nil && answer.unapplied.map(\.obstacle) == [.otherProduct("pkg:oci/other")])
  }
}
