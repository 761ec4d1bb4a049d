import Bytes
import Images
import TestKit
import Testing

/// What Trivy's and Clair's own tests expect of their sample databases, of ours over the same data.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct GoldenMatchTests {
  private static let trivy = "images/fixtures/trivy/integration/testdata"

  // MARK: Trivy's database

  /// What the buckets of distributions are called in OSV; languages by the word before their colons.
  private static func ecosystem(_ bucket: String) -> String? {
    if let colons = bucket.firstRange(of: "::") {
      return [
        "npm": "npm", "pip": "PyPI", "rubygems": "RubyGems", "composer": "Packagist", "cargo": "crates.io",
        "nuget": "NuGet", "maven": "Maven", "go": "Go", "pub": "Pub", "swift": "SwiftURL", "conan": "ConanCenter",
        "erlang": "Hex",
      ][String(bucket[..<colons.lowerBound])]
    }
    let last = bucket.split(separator: " ").last.map(String.init) ?? ""
    for (head, name) in [
      ("debian ", "Debian:"), ("ubuntu ", "Ubuntu:"), ("alma ", "AlmaLinux:"), ("rocky ", "Rocky Linux:"),
      ("Oracle Linux ", "Oracle Linux:"), ("Photon OS ", "Photon OS:"), ("CBL-Mariner ", "Azure Linux:"),
      ("amazon linux ", "Amazon Linux:"), ("openSUSE Leap ", "openSUSE:Leap "),
      ("SUSE Linux Enterprise Micro ", "SUSE:Linux Enterprise Micro "),
    ] where bucket.hasPrefix(head) {
      return name + last + (name == "Ubuntu:" ? ":LTS" : "")
    }
    switch bucket {
    case "openSUSE Tumbleweed": return "openSUSE:Tumbleweed"
    case "SUSE Linux Enterprise 15-SP3": return "SUSE:Linux Enterprise Server 15 SP3"
    default:
      guard bucket.hasPrefix("alpine ") else { return nil }
      return "Alpine:" + (last == "edge" ? last : "v" + last)
    }
  }

  /// `>= 1.0, < 2.0`, `[1.0,2.0)`, `<= 3`.
  private static func range(_ text: String) -> [Advisory.Event] {
    var events: [Advisory.Event] = []
    for part in text.split(separator: ",") {
      let bare = part.filter { !" []()".contains($0) }
      let version = String(bare.drop { "<>=".contains($0) }).replacing("v", with: "")
      switch (bare.prefix { "<>=".contains($0) }, part.first, part.last) {
      case (">=", _, _), ("", "[", _): events.append(.init(kind: .introduced, version: version))
      case ("<", _, _), ("", _, ")"): events.append(.init(kind: .fixed, version: version))
      case ("<=", _, _), ("", _, "]"): events.append(.init(kind: .lastAffected, version: version))
      default: Issue.record("\(text) is not understood")
      }
    }
    return events.first?.kind == .introduced ? events : [.init(kind: .introduced, version: "0")] + events
  }

  /// From versions that are patched: `>= 2.1.3, < 3.0.0`, the others are affected.
  private static func complement(_ texts: [String]) -> [Advisory.Event] {
    var events = [Advisory.Event(kind: .introduced, version: "0")]
    for text in texts.sorted() {
      for event in range(text) where event.version != "0" {
        events.append(.init(kind: event.kind == .introduced ? .fixed : .introduced, version: event.version))
      }
    }
    return events
  }

  private static func advisory(
    _ id: String, _ ecosystem: String, _ name: String, _ ranges: [[Advisory.Event]], cves: [String] = []
  ) -> Advisory {
    Advisory(
      id: id, aliases: cves, summary: "", severity: [], published: "", withdrawn: false,
      affected: [Advisory.Affected(ecosystem: Ecosystem(ecosystem), name: name, ranges: ranges, versions: [])])
  }

  private static func database() throws -> AdvisoryStore {
    var builder = AdvisoryStoreBuilder()
    for file in SharedData.files("\(trivy)/fixtures/db") {
      for document in DocumentReader.read(try FileReaderForTests.bytes(file)).documents {
        for bucket in document.elements {
          let title = bucket["bucket"]?.string ?? ""
          for package in bucket["pairs"]?.elements ?? [] {
            guard let name = package["bucket"]?.text else { continue }
            for pair in package["pairs"]?.elements ?? [] {
              guard let id = pair["key"]?.text?.filter({ $0 != " " }) else { continue }
              let value = pair["value"] ?? .null
              if title == "Red Hat" {
                for entry in value["Entries"]?.elements ?? [] {
                  let numbers = (entry["Affected"]?.elements ?? []).compactMap(\.int)
                  let cves = (entry["Cves"]?.elements ?? []).compactMap { $0["ID"]?.string }
                  for (number, major) in [(857, 6), (869, 7)] where numbers.contains(Int64(number)) {
                    builder.add(
                      advisory(
                        id, "Red Hat:enterprise_linux:\(major)::server", name,
                        [range(entry["FixedVersion"]?.text.map { "<" + $0 } ?? "")], cves: cves))
                  }
                }
                continue
              }
              guard let ecosystem = ecosystem(title) else { continue }
              let vulnerable = value["VulnerableVersions"]?.strings ?? []
              let patched = value["PatchedVersions"]?.strings ?? []
              let ranges =
                !vulnerable.isEmpty
                ? vulnerable.map(range)
                : !patched.isEmpty
                  ? [complement(patched)]
                  : [
                    [.init(kind: .introduced, version: "0")]
                      + (value["FixedVersion"]?.text.map { [.init(kind: .fixed, version: $0)] } ?? [])
                  ]
              builder.add(advisory(id, ecosystem, name, ranges))
            }
          }
        }
      }
    }
    #expect(builder.count > 60)
    return try AdvisoryStore(builder.bytes(sources: [], built: "now"))
  }

  /// Trivy's package URLs do not name the source package.
  private static func source(_ name: String) -> String? {
    switch name {
    case "libssl1.1", "libcrypto1.1", "libssl3": "openssl"
    case "libidn2-0": "libidn2"
    case "e2fslibs", "libcom-err2", "libcomerr2", "libext2fs2", "libss2": "e2fsprogs"
    case "musl-utils": "musl"
    case "libopenssl1_1": "openssl-1_1"
    case "curl-libs": "curl"
    default: nil
    }
  }

  /// The vulnerabilities of each package of a report, by its package URL.
  @Test func trivysReports() throws {
    let store = try Self.database()
    var compared: [String] = []
    var pairs = 0
    // Left out: reports of which something was taken away on purpose, and ecosystems whose versions have no order.
    // Of `alpine-distroless` Trivy takes the release from the list of repositories, which is not in the report.
    let partial = ["ignore", "medium", "high-critical", "skip", "vex", "kbom", "cocoapods", "alpine-distroless"]
    for file in SourceFiles.all(SharedData.root + "/" + Self.trivy, suffix: ".json.golden") {
      let name = String(file.split(separator: "/").last ?? "")
      guard !file.contains("/testdata/fixtures/"), !partial.contains(where: { name.contains($0) }),
        let document = try? JSONReader.read(try FileReaderForTests.bytes(file)), document["SchemaVersion"]?.int == 2
      else { continue }
      for result in document["Results"]?.elements ?? [] {
        var expected: [String: Set<String>] = [:]
        for package in result["Packages"]?.elements ?? [] where package["Relationship"]?.string != "root" {
          if let purl = package[path: "Identifier", "PURL"]?.string { expected[purl] = [] }
        }
        for item in result["Vulnerabilities"]?.elements ?? [] {
          guard let purl = item[path: "PkgIdentifier", "PURL"]?.string, let id = item["VulnerabilityID"]?.string else {
            continue
          }
          expected[purl, default: []].insert(id)
        }
        for (text, ids) in expected {
          guard let purl = try? PackageURL(text), var package = SoftwarePackage(purl: purl, path: "p") else { continue }
          if package.ecosystem.isDistribution { package.source = package.source ?? Self.source(package.name) }
          let found = try AdvisoryQuery(package).run(store)
          let ours = Set(
            found.matches.flatMap { $0.advisory.cves.isEmpty ? [$0.advisory.id] : $0.advisory.cves })
          #expect(ours == ids && found.undecided.isEmpty, "\(name): \(text)")
          pairs += ids.count
        }
        if !expected.isEmpty { compared.append(name) }
      }
    }
    print(
      "Trivy: \(pairs) findings agree in \(Set(compared).count) reports: \(Set(compared).sorted().joined(separator: " "))"
    )
    #expect(pairs > 90 && Set(compared).count > 40)
  }

  /// Bills of materials that Trivy's tests scan, in each of their forms.
  @Test(arguments: [
    ("centos-7-cyclonedx.json", "centos-7"), ("centos-7-spdx.json", "centos-7"), ("centos-7-spdx.txt", "centos-7"),
    ("centos-7-cyclonedx.intoto.jsonl", "centos-7"),
    ("fluentd-multiple-lockfiles-cyclonedx.json", "fluentd-multiple-lockfiles"),
  ])
  func trivysBills(_ file: String, _ golden: String) throws {
    let store = try Self.database()
    let bill = try #require(SBOMReader(try SharedData.bytes("\(Self.trivy)/fixtures/sbom/\(file)"), file: file))
    let report = try ImageReport(
      system: bill.system, packages: bill.packages, store: store, covered: store.ecosystems)
    let wanted = try JSONReader.read(try SharedData.bytes("\(Self.trivy)/\(golden).json.golden"))
    let theirs = Set(
      (wanted["Results"]?.elements ?? []).flatMap { $0["Vulnerabilities"]?.elements ?? [] }.map {
        "\($0["PkgName"]?.string ?? "") \($0["VulnerabilityID"]?.string ?? "")"
      })
    #expect(Set(report.findings.map { "\($0.package.name) \($0.vulnerability)" }) == theirs)
    #expect(!theirs.isEmpty && report.undecided.isEmpty)
  }
}
