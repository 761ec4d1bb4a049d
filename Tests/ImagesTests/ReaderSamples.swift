import Bytes
import Images
import TestKit

/// Small samples of everything else that is read from images, registries and files of advisories, with what reads them.
enum ReaderSamples {
  struct Sample {
    let name: String
    let bytes: [UInt8]
    let read: @Sendable ([UInt8]) -> Void

    init(_ name: String, _ text: String, _ read: @escaping @Sendable ([UInt8]) -> Void) {
      self.init(name, Array(text.utf8), read)
    }

    init(_ name: String, _ bytes: [UInt8], _ read: @escaping @Sendable ([UInt8]) -> Void) {
      self.name = name
      self.bytes = bytes
      self.read = read
    }
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func document(_ bytes: [UInt8]) -> DocumentNode? { try? JSONReader.read(bytes) }

  private static let record =
    #"{"id":"GHSA-1","aliases":["CVE-2024-1"],"summary":"text","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],"published":"2024-01-01T00:00:00Z","affected":[{"package":{"ecosystem":"npm","name":"p"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.2.3-rc.1"}]}],"versions":["1.0.0"]},{"package":{"ecosystem":"Debian:12","name":"q"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1:2.3~rc1-4"}]}]}]}"#

  private static let store: [UInt8] = {
    var builder = AdvisoryStoreBuilder()
    if let advisory = document(Array(record.utf8)).flatMap({ Advisory($0) }) {
      for _ in 0..<3 { builder.add(advisory) }
    }
    return (try? builder.bytes(sources: [("test", 3)], built: "now")) ?? []
  }()

  private static let risks: [UInt8] = {
    var builder = RiskIndex.Builder()
    _ = try? builder.add(Array("cve,epss\nCVE-2024-1,0.5\nCVE-2024-2,0.25\nCVE-2023-9,1\n".utf8))
    return builder.bytes
  }()

  private static let layer = TarBuilder.archive([
    ("etc/os-release", "ID=debian\nVERSION_ID=12\n"), ("etc/shadow", "root::1\nx:!:2\n"),
    ("var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: 5.2-1\n\n"),
    ("app/.wh.old", ""), ("app/.env", "TOKEN=ghp_" + String(repeating: "aB3", count: 12) + "\n"),
  ])

  private static func scan(_ bytes: [UInt8]) {
    var limits = Limits()
    limits.layerBytes = 8 << 20
    let scanner = LayerScanner(limits: limits, secrets: true)
    let half = bytes.count / 2
    scanner.feed(Array(bytes[..<half]).span.bytes)
    scanner.feed(Array(bytes[half...]).span.bytes)
    let facts = scanner.finish().facts
    _ = LayerFacts(json: facts.json)
    var stack = LayerStack()
    stack.add(facts, layer: 0)
    stack.add(facts, layer: 1)
    _ = (stack.packages, stack.system, stack.exposures, stack.openAccounts)
  }

  private static func compare(_ bytes: [UInt8]) {
    let parts = text(bytes).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for name in Ecosystem.known {
      for (a, b) in zip(parts, parts.dropFirst()) { _ = Ecosystem(name).order?.compare(a, b) }
    }
  }

  static let all: [Sample] = [
    Sample("tar", layer, scan),
    Sample("tar.gz", TarBuilder.compressed(layer), scan),
    Sample(
      "ZIP", BinarySamples.zip([("a", Array("text".utf8)), ("b/c", Array("more".utf8))]),
      { bytes in
        guard let archive = try? ZipReader(bytes) else { return }
        for member in archive.members { _ = try? archive.content(member) }
      }),
    Sample(
      "SQLite", BinarySamples.sqlite(table: "Packages", [[1, 2, 3], [UInt8](repeating: 7, count: 300)]),
      { _ = try? SQLiteTable.rows($0, table: "Packages") }),
    Sample(
      "advisory store", store,
      { bytes in
        guard let store = try? AdvisoryStore(bytes) else { return }
        _ = try? AdvisoryQuery(ecosystem: Ecosystem("npm"), name: "p", version: "1.0.3").run(store)
        _ = try? store.advisories(id: "CVE-2024-1")
      }),
    Sample(
      "risks", risks,
      { bytes in
        guard let index = try? RiskIndex(bytes) else { return }
        _ = (index["CVE-2024-1"], index["CVE-2023-9"], index["CVE-9999-99999999"], index.count)
      }),
    Sample(
      "EPSS", "#model:v1\ncve,epss,percentile\nCVE-2024-1,0.5,0.9\nCVE-2024-2,0.25,0.8\n",
      { bytes in
        var builder = RiskIndex.Builder()
        _ = try? builder.add(bytes)
        _ = builder.bytes
      }),
    Sample(
      "exploited", #"{"vulnerabilities":[{"cveID":"CVE-2024-1","knownRansomwareCampaignUse":"Known"}]}"#,
      { bytes in
        var builder = RiskIndex.Builder()
        _ = try? builder.add(bytes)
        _ = builder.bytes
      }),
    Sample(
      "OSV", record,
      { bytes in
        guard let advisory = document(bytes).flatMap({ Advisory($0) }) else { return }
        for affected in advisory.affected { _ = affected.verdict(on: "1.2.2") }
        var builder = AdvisoryStoreBuilder()
        builder.add(advisory)
        _ = try? builder.bytes(sources: [], built: "now")
      }),
    Sample(
      "secdb",
      #"{"distroversion":"v3.18","reponame":"main","urlprefix":"https://dl-cdn.alpinelinux.org","packages":[{"pkg":{"name":"curl","secfixes":{"8.1.0-r0":["CVE-2024-1 CVE-2024-2"],"0":["CVE-2024-3"]}}}]}"#,
      { bytes in _ = document(bytes).flatMap { AdvisoryFormats.read($0) } }),
    Sample(
      "Debian tracker",
      #"{"openssl":{"CVE-2024-1":{"description":"x","releases":{"bookworm":{"status":"resolved","fixed_version":"3.0.1-1"},"trixie":{"status":"open"}}}}}"#,
      { bytes in _ = document(bytes).flatMap { AdvisoryFormats.read($0) } }),
    Sample(
      "OpenVEX",
      #"{"@context":"https://openvex.dev/ns/v0.2.0","timestamp":"2024-01-01T00:00:00Z","statements":[{"vulnerability":{"name":"CVE-2024-1"},"products":[{"@id":"pkg:oci/app@sha256:00","subcomponents":[{"@id":"pkg:npm/p@1.0.0"}]}],"status":"not_affected","justification":"component_not_present"}]}"#,
      vex),
    Sample(
      "CSAF",
      #"{"document":{"csaf_version":"2.0","tracking":{"current_release_date":"2024-01-01T00:00:00Z"}},"product_tree":{"branches":[{"branches":[{"product":{"product_id":"A","product_identification_helper":{"purl":"pkg:npm/p@1.0.0"}}}]}],"relationships":[{"product_reference":"A","full_product_name":{"product_id":"B"}}]},"vulnerabilities":[{"cve":"CVE-2024-1","product_status":{"known_not_affected":["A","B"]},"flags":[{"label":"x","product_ids":["A"]}]}]}"#,
      vex),
    Sample(
      "CycloneDX with analyses",
      #"{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"bom-ref":"r","purl":"pkg:npm/p@1.0.0"}],"vulnerabilities":[{"id":"CVE-2024-1","analysis":{"state":"not_affected"},"affects":[{"ref":"urn:cdx:0/1#r"}]}]}"#,
      vex),
    Sample(
      "CycloneDX",
      #"{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","metadata":{"timestamp":"2024-01-01T00:00:00Z"},"components":[{"type":"operating-system","name":"debian","version":"12"},{"type":"library","name":"p","purl":"pkg:deb/debian/curl@1.0?distro=debian-12&epoch=1&upstream=src%401","hashes":[{"alg":"MD5","content":"00"}],"licenses":[{"expression":"MIT OR (Apache-2.0 AND BSD-3-Clause)"}],"components":[{"type":"library","name":"q"}]}]}"#,
      { _ = SBOMReader($0, file: "f") }),
    Sample(
      "SPDX",
      #"{"spdxVersion":"SPDX-2.3","packages":[{"name":"p","versionInfo":"1","externalRefs":[{"referenceType":"purl","referenceLocator":"pkg:rpm/redhat/bash@5.1?epoch=1"}]}]}"#,
      { _ = SBOMReader($0, file: "f") }),
    Sample(
      "SPDX tags",
      "SPDXVersion: SPDX-2.3\nPackageName: p\nPackageVersion: 1\nExternalRef: PACKAGE-MANAGER purl pkg:npm/p@1\n",
      { _ = SBOMReader($0, file: "f") }),
    Sample(
      "Trivy",
      #"{"SchemaVersion":2,"ArtifactName":"app:1","Results":[{"Class":"os-pkgs","Type":"debian","Packages":[{"Name":"p","Version":"1","Epoch":9,"Release":"2"}],"Vulnerabilities":[{"VulnerabilityID":"CVE-2024-1","PkgName":"p","InstalledVersion":"1","CVSS":{"nvd":{"V3Vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}}]}]}"#,
      { _ = try? ScannerReport.read($0) }),
    Sample(
      "Grype",
      #"{"matches":[{"vulnerability":{"id":"GHSA-1","fix":{"versions":["2"]}},"artifact":{"name":"p","version":"1","locations":[{"path":"/x"}]}}],"descriptor":{"version":"1","timestamp":"2024-01-01T00:00:00Z"}}"#,
      { _ = try? ScannerReport.read($0) }),
    Sample(
      "Clair",
      #"{"manifest_hash":"sha256:bb","packages":{"1":{"name":"p","version":"1"}},"environments":{"1":[{"distribution_id":"1"}]},"distributions":{"1":{"did":"debian"}},"vulnerabilities":{"9":{"name":"CVE-2024-1 on X","links":"https://x/CVE-2024-1","fixed_in_version":"fixed=1.2&introduced=0"}},"package_vulnerabilities":{"1":["9"]}}"#,
      { _ = try? ScannerReport.read($0) }),
    Sample(
      "CVSS",
      "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H\nCVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:S\nAV:N/AC:L/Au:N/C:P/I:P/A:P/E:POC\n",
      { bytes in for line in text(bytes).split(separator: "\n") { _ = try? CVSS(String(line)) } }),
    Sample(
      "package URLs",
      "pkg:npm/%40a/b@1.0.0?x=y#sub/path\npkg:deb/debian/curl@7.0-1?distro=debian-12\npkg:golang/a.org/b@v1.2.3\npkg:rpm/redhat/a@1-2?epoch=1&upstream=b-1-2.src.rpm\n",
      { bytes in
        for line in text(bytes).split(separator: "\n", omittingEmptySubsequences: false) {
          guard let purl = try? PackageURL(String(line)) else { continue }
          _ = SoftwarePackage(purl: purl, path: "p")?.purl?.text
        }
      }),
    Sample(
      "names of images",
      "registry.example:5000/team/app:1.2@sha256:\(String(repeating: "0", count: 64))\ndebian\n[::1]:5000/a:b\n",
      { bytes in
        for line in text(bytes).split(separator: "\n", omittingEmptySubsequences: false) {
          _ = ImageReference(String(line))?.text
        }
      }),
    Sample(
      "os-release", "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME='Debian 12'\n",
      { bytes in
        for path in OperatingSystem.paths {
          guard let system = OperatingSystem(text(bytes), path: path) else { continue }
          _ = (system.ecosystem, EndOfLife.passed(system, today: "2026-11-27"))
        }
      }),
    Sample(
      "configuration",
      #"{"config":{"Env":["A=b","TOKEN=x"],"Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Test":["NONE"]}},"history":[{"created_by":"|1 A=b /bin/sh -c #(nop)  CMD [x] # buildkit"}],"rootfs":{"diff_ids":["sha256:00"]}}"#,
      { bytes in
        guard let document = document(bytes) else { return }
        let configuration = ImageConfiguration(document)
        _ = (ConfigurationSecrets.find(configuration), configuration.steps.map { BuildStep($0).commands })
      }),
    Sample(
      "facts of a layer",
      #"{"version":5,"entries":1,"size":9,"files":[{"path":"a","packages":[["npm","p","1","","","a"]]}],"links":["a","b"],"caches":[["var/cache/apt","1","9223372036854775807"]],"exposures":[["a","4755","file"]]}"#,
      { bytes in
        guard var facts = LayerFacts(json: bytes) else { return }
        facts.note("var/cache/apt/x", size: .max)
        _ = facts.json
      }),
    Sample(
      "versions",
      "1.2.3-rc.1+build\n1:2.3~rc1-4+deb12u1\n1.2.3a_rc1-r0\n2!1.0.post1.dev2+local.7\n1.0-alpha-2.SNAPSHOT\n5.1^git1-2.el9\nv1.0.0\n",
      compare),
    Sample(
      "secrets",
      "TOKEN=ghp_\(String(repeating: "aB3", count: 12))\n-----BEGIN RSA PRIVATE KEY-----\nAKIAK3JD9SLQ2XBV7NRW\n",
      { bytes in
        _ = SecretScanner.usual.scan(bytes, path: "p")
        for line in text(bytes).split(separator: "\n") {
          _ = (Credential.isCredential(argument: String(line)), Credential.isCredential(name: "x", value: String(line)))
        }
      }),
  ]

  private static let vex: @Sendable ([UInt8]) -> Void = { bytes in
    var said = VEX()
    _ = try? said.add(bytes, file: "f")
    guard let advisory = document(Array(record.utf8)).flatMap({ Advisory($0) }) else { return }
    _ = said.statement(
      advisory, SoftwarePackage(ecosystem: Ecosystem("npm"), name: "p", version: "1.0.0", path: "p"))
  }
}
