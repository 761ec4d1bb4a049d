import Bytes
import Images
import TestKit
import Testing

/// What Grype's own tests expect of small databases in the forms of its sources, of ours over the same records.
///
/// Left out is what it takes from NVD's product names, which no record here speaks of; suppressions by a library's vendor; and
/// `python3` of the several streams of one erratum, which its source splits by minor releases.
@Suite(.enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)))
struct GrypeMatchTests {
  private static let root = "images/fixtures/grype/grype/matcher"

  // MARK: Records

  /// OSV's name of a namespace such as `debian:12`, `sles:15.6` or `rhel:9.4+eus`.
  private static func ecosystem(_ namespace: String) -> String? {
    let parts = namespace.split(separator: ":").map(String.init)
    guard parts.count == 2 else { return nil }
    let numbers = parts[1].split(separator: ".")
    switch parts[0] {
    case "alpine": return "Alpine:v" + parts[1]
    case "debian": return "Debian:" + parts[1]
    case "ubuntu" where parts[1].hasSuffix("+esm"): return "Ubuntu:Pro:" + parts[1].dropLast(4) + ":LTS"
    case "ubuntu": return "Ubuntu:" + parts[1] + ":LTS"
    case "wolfi": return "Wolfi"
    case "ol": return "Oracle Linux:" + parts[1]
    case "rhel" where parts[1].hasSuffix("+eus"): return "Red Hat:rhel_eus:" + parts[1].dropLast(4) + "::baseos"
    case "rhel": return "Red Hat:enterprise_linux:" + parts[1] + "::baseos"
    case "sles":
      return "SUSE:Linux Enterprise Server " + numbers[0] + (numbers.count > 1 ? " SP" + numbers[1] : "")
    case "github":
      return [
        "npm": "npm", "python": "PyPI", "gem": "RubyGems", "go": "Go", "java": "Maven",
      ][parts[1]]
    default: return nil
    }
  }

  /// `>= 1.0 < 2.0`, `<= 3`, with or without a comma.
  private static func events(_ range: String) -> [Advisory.Event] {
    let words = range.split { $0 == " " || $0 == "," }.map(String.init)
    var events: [Advisory.Event] = []
    for (sign, version) in zip(words, words.dropFirst()) {
      switch sign {
      case ">=": events.append(.init(kind: .introduced, version: version))
      case "<": events.append(.init(kind: .fixed, version: version))
      case "<=": events.append(.init(kind: .lastAffected, version: version))
      case "=": events += [.init(kind: .introduced, version: version), .init(kind: .lastAffected, version: version)]
      default: continue
      }
    }
    return events.first?.kind == .introduced ? events : [.init(kind: .introduced, version: "0")] + events
  }

  private static func advisory(_ item: DocumentNode) -> Advisory? {
    if let record = Advisory(item) { return record }
    var affected: [Advisory.Affected] = []
    if let own = item["Vulnerability"], let id = own["Name"]?.string {
      for fix in own["FixedIn"]?.elements ?? [] {
        // `0`: it never was affected.
        guard let name = fix["Name"]?.string, let version = fix["Version"]?.string, version != "0",
          let ecosystem = fix["NamespaceName"]?.string.flatMap(ecosystem)
        else { continue }
        let end = version == "None" ? [] : [Advisory.Event(kind: .fixed, version: version)]
        affected.append(
          Advisory.Affected(
            ecosystem: Ecosystem(ecosystem), name: name,
            ranges: [[.init(kind: .introduced, version: "0")] + end], versions: [],
            modules: fix["Module"]?.string.flatMap { $0.isEmpty ? nil : [$0] }))
      }
      return Advisory(
        id: id, aliases: [], summary: "", severity: [], published: "", withdrawn: false, affected: affected)
    }
    guard let own = item["Advisory"], let id = own["ghsaId"]?.string else { return nil }
    for fix in own["FixedIn"]?.elements ?? [] {
      guard let name = fix["name"]?.string, let range = fix["range"]?.string,
        let ecosystem = fix["namespace"]?.string.flatMap(ecosystem)
      else { continue }
      affected.append(
        Advisory.Affected(ecosystem: Ecosystem(ecosystem), name: name, ranges: [events(range)], versions: []))
    }
    return Advisory(
      id: id, aliases: own["CVE"]?.strings ?? [], summary: "", severity: [], published: "", withdrawn: false,
      affected: affected)
  }

  private static func store(_ folder: String) throws -> AdvisoryStore {
    var builder = AdvisoryStoreBuilder()
    for file in SourceFiles.all("\(SharedData.root)/\(folder)", suffix: ".json") where !file.contains("/nvd/") {
      guard let item = try JSONReader.read(try FileReaderForTests.bytes(file))["item"] else { continue }
      if let advisory = advisory(item) { builder.add(advisory) }
    }
    #expect(builder.count > 0, "\(folder)")
    return try AdvisoryStore(builder.bytes(sources: [], built: "now"))
  }

  // MARK: What is expected

  private struct Case {
    let database: String
    let purl: String
    let ids: Set<String>

    init(_ database: String, _ purl: String, _ ids: Set<String> = []) {
      self.database = database
      self.purl = purl
      self.ids = ids
    }
  }

  private static let alma = "?arch=x86_64&distro=almalinux-8.9"
  private static let rhel = "?arch=x86_64&distro=rhel-8.9"
  private static let cases: [Case] = [
    Case("apk/testdata/alpine318", "pkg:apk/alpine/openssl@3.1.4-r0?distro=alpine-3.18.4", ["CVE-2024-0727"]),
    Case(
      "apk/testdata/alpine318", "pkg:apk/alpine/libssl3@3.1.4-r0?distro=alpine-3.18.4&upstream=openssl",
      ["CVE-2024-0727"]),
    Case("apk/testdata/alpine318", "pkg:apk/alpine/openssl@3.1.4-r5?distro=alpine-3.18.4"),
    Case("apk/testdata/alpine318", "pkg:apk/alpine/libssl3@3.1.4-r5?distro=alpine-3.18.4&upstream=openssl"),
    Case("apk/testdata/alpine318", "pkg:apk/alpine/bind@9.16.0-r0?distro=alpine-3.18.4"),
    Case("apk/testdata/alpine318", "pkg:apk/alpine/bind-tools@9.16.0-r0?distro=alpine-3.18.4&upstream=bind"),
    Case("apk/testdata/alpine318", "pkg:apk/alpine/something-obscure@1.0.0-r0?distro=alpine-3.18.4"),
    Case("apk/testdata/wolfi-rolling", "pkg:apk/wolfi/openssl@3.1.0-r0?distro=wolfi-20230201", ["CVE-2024-0727"]),
    Case("apk/testdata/wolfi-rolling", "pkg:apk/wolfi/openssl@3.2.1-r0?distro=wolfi-20230201"),
    Case("apk/testdata/wolfi-rolling", "pkg:apk/wolfi/akhq@0.25.0-r0?distro=wolfi-20230201"),
    Case(
      "apk/testdata/chainguard-rolling", "pkg:apk/chainguard/langfuse-3-worker@3.152.0-r0?arch=x86_64",
      ["CGA-22hv-wp9q-4779"]),
    Case(
      "dpkg/testdata/rootio-ubuntu-2204", "pkg:deb/ubuntu/gnupg2@2.2.27-3ubuntu2.3?distro=ubuntu-22.04",
      ["CVE-2025-68973"]),
    Case("dpkg/testdata/rootio-ubuntu-2204", "pkg:deb/ubuntu/gnupg2@2.2.27-3ubuntu2.5?distro=ubuntu-22.04"),
    Case(
      "dpkg/testdata/ubuntu-esm", "pkg:deb/ubuntu/wayland@1.11.0-2?distro=ubuntu-16.04", ["CVE-2021-3782"]),
    Case(
      "dpkg/testdata/ubuntu-esm",
      "pkg:deb/ubuntu/libwayland-client0@1.11.0-2?distro=ubuntu-16.04&upstream=wayland", ["CVE-2021-3782"]),
    Case(
      "dpkg/testdata/ubuntu-esm", "pkg:deb/ubuntu/wayland@1.17.0-1ubuntu1?distro=ubuntu-20.04", ["CVE-2021-3782"]),
    Case("dpkg/testdata/ubuntu-esm", "pkg:deb/ubuntu/wayland@1.18.0-1ubuntu0.1?distro=ubuntu-20.04"),
    Case("dpkg/testdata/ubuntu-esm", "pkg:deb/ubuntu/curl@7.47.0-1ubuntu2?distro=ubuntu-16.04", ["CVE-2016-9586"]),
    Case(
      "dpkg/testdata/ubuntu-esm", "pkg:deb/ubuntu/openssh@1:8.2p1-4ubuntu0.12?distro=ubuntu-20.04",
      ["CVE-2023-38408", "CVE-2025-61985"]),
    Case("rpm/testdata/rhel8", "pkg:rpm/redhat/openssl@1.1.1b-1.el8\(rhel)&epoch=1", ["CVE-2018-0735"]),
    Case(
      "rpm/testdata/rhel8",
      "pkg:rpm/redhat/openssl-libs@1.1.1b-1.el8\(rhel)&epoch=1&upstream=openssl-1.1.1b-1.el8.src.rpm", ["CVE-2018-0735"]
    ),
    Case("rpm/testdata/rhel8", "pkg:rpm/redhat/openssl@1.1.1c-2.el8\(rhel)&epoch=1"),
    Case("rpm/testdata/rhel8", "pkg:rpm/redhat/openssl@1.1.1b-1.el8\(rhel)&epoch=2"),
    Case("rpm/testdata/rhel8", "pkg:rpm/redhat/openssl@1.1.1z-99.el8\(rhel)", ["CVE-2018-0735"]),
    Case("rpm/testdata/rhel8", "pkg:rpm/redhat/openssl@1.1.1c-2.el8\(rhel)&epoch=0", ["CVE-2018-0735"]),
    Case("rpm/testdata/rhel8", "pkg:rpm/redhat/glibc@2.28-500.el8\(rhel)"),
    Case(
      "rpm/testdata/rhel8", "pkg:rpm/redhat/httpd@2.4.37-30.module%2Bel8.3.0%2B1.el8\(rhel)&rpmmod=httpd:2.4:1:5",
      ["CVE-2018-17199"]),
    Case("rpm/testdata/rhel8", "pkg:rpm/redhat/httpd@2.4.37-30.module%2Bel8.3.0%2B1.el8\(rhel)&rpmmod=httpd:2.6:1:5"),
    Case(
      "rpm/testdata/alma8/alma", "pkg:rpm/almalinux/httpd@2.4.37-30.module_el8.3.0%2B1234\(alma)&rpmmod=httpd:2.4:1:5",
      ["ALSA-2021:4537"]),
    Case(
      "rpm/testdata/alma8/alma", "pkg:rpm/almalinux/httpd@2.4.37-30.module_el8.3.0%2B1234\(alma)&rpmmod=httpd:2.6:1:5"),
    Case(
      "rpm/testdata/alma8/alma",
      "pkg:rpm/almalinux/httpd@2.4.37-43.module_el8.5.0%2B2597%2Bc4b14997.alma\(alma)&rpmmod=httpd:2.4:1:5"),
    Case("rpm/testdata/alma8/alma", "pkg:rpm/almalinux/patch@2.7.6-10.el8\(alma)", ["ALSA-2020:1852"]),
    Case("rpm/testdata/alma8/alma", "pkg:rpm/almalinux/patch@2.7.6-11.el8\(alma)"),
    Case("rpm/testdata/alma8/alma", "pkg:rpm/almalinux/patch@2.7.6-12.el8\(alma)"),
    Case(
      "rpm/testdata/alma8/alma",
      "pkg:rpm/almalinux/mariadb@10.3.28-1.module_el8.3.0%2B2177%2B7adc332a\(alma)&epoch=3&rpmmod=mariadb:10.3:1:a"),
    Case(
      "rpm/testdata/alma8/alma",
      "pkg:rpm/almalinux/mariadb@10.3.27-3.module_el8.3.0%2B1234%2Babcdef\(alma)&epoch=3&rpmmod=mariadb:10.3:1:a",
      ["ALSA-2021:1242"]),
    Case("rpm/testdata/sles15", "pkg:rpm/suse/python311-Werkzeug@2.3.6-150400.6.12.1?distro=sles-15.6"),
    Case(
      "rpm/testdata/sles15", "pkg:rpm/suse/python311-Werkzeug@2.3.0-150400.6.1.1?distro=sles-15.6", ["CVE-2023-25577"]),
    Case("rpm/testdata/sles15", "pkg:rpm/suse/python311-Werkzeug@2.3.0-150700.6.1.1?distro=sles-15.7"),
    Case("rpm/testdata/sles15", "pkg:rpm/suse/glibc@2.36-150600.10.1.1?distro=sles-15.7", ["CVE-2024-2961"]),
    Case("rpm/testdata/sles15", "pkg:rpm/suse/python3-Werkzeug@0.16.1-150100.4.6.1?distro=sles-15"),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/spark@3.2.1", ["BIT-spark-2022-31777", "BIT-spark-2023-22946"]),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/spark@3.2.4", ["BIT-spark-2023-22946"]),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/spark@3.3.0", ["BIT-spark-2022-31777", "BIT-spark-2023-22946"]),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/spark@3.4.1"),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/apache@2.4.40", ["BIT-apache-2020-11984"]),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/apache@2.4.10", ["BIT-apache-2020-11985"]),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/apache@2.4.50"),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/node@12.18.0", ["BIT-node-2020-8201"]),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/node@12.18.4"),
    Case("bitnami/testdata/bitnami", "pkg:bitnami/redis@7.0.0"),
    Case("golang/testdata/govulndb-go", "pkg:golang/stdlib@go1.18.0", ["GO-2022-0969", "GO-2023-1840"]),
    Case("golang/testdata/govulndb-go", "pkg:golang/stdlib@go1.25.0"),
    Case(
      "golang/testdata/govulndb-go", "pkg:golang/golang.org/x/net@v0.0.0-20220225172249-27dd8689420f", ["GO-2022-0969"]),
    Case("golang/testdata/govulndb-go", "pkg:golang/golang.org/x/net@v0.17.0"),
    Case("javascript/testdata/npm-scope-handling", "pkg:npm/%40babel/traverse@7.20.0", ["GHSA-67hx-6x53-jw92"]),
    Case("javascript/testdata/npm-scope-handling", "pkg:npm/babel-traverse@7.20.0", ["GHSA-67hx-6x53-jw92"]),
    Case("javascript/testdata/npm-scope-handling", "pkg:npm/traverse@7.20.0"),
    Case("javascript/testdata/npm-scope-handling", "pkg:npm/%40octokit/request@9.0.0", ["GHSA-rmvr-2pp2-xj38"]),
    Case("javascript/testdata/npm-scope-handling", "pkg:npm/request@2.50.0", ["GHSA-7xfp-9c55-5vqj"]),
    Case("javascript/testdata/npm-scope-handling", "pkg:npm/%40babel/traverse@7.23.5"),
    Case("python/testdata/python-name-and-vex/github", "pkg:pypi/Django@1.2.5", ["GHSA-h95j-h2rv-qrg4"]),
    Case("python/testdata/python-name-and-vex/github", "pkg:pypi/django@1.3.5"),
    Case("python/testdata/python-name-and-vex/github", "pkg:pypi/oslo.utils@0.1.0", ["GHSA-v933-vx5p-j7w2"]),
    Case("python/testdata/python-name-and-vex/github", "pkg:pypi/oslo_utils@0.1.0", ["GHSA-v933-vx5p-j7w2"]),
    Case("ruby/testdata/rack", "pkg:gem/rack@2.2.18", ["GHSA-wpv5-97wm-hp9c"]),
    Case("ruby/testdata/rack", "pkg:gem/rack@2.2.19"),
  ]

  @Test func matchersAgree() throws {
    var stores: [String: AdvisoryStore] = [:]
    var pairs = 0
    for item in Self.cases {
      let store = try stores[item.database] ?? Self.store("\(Self.root)/\(item.database)")
      stores[item.database] = store
      let package = try #require(SoftwarePackage(purl: try PackageURL(item.purl), path: "bill"))
      let answer = try AdvisoryQuery(package).run(store)
      #expect(
        Set(answer.matches.map(\.advisory.id)) == item.ids && answer.undecided.isEmpty,
        "\(item.database): \(item.purl): \(answer.matches.map(\.advisory.id)) \(answer.undecided.map(\.id))")
      pairs += 1
    }
    print("Grype: \(pairs) questions of \(stores.count) databases: \(stores.keys.sorted().joined(separator: " "))")
  }
}
