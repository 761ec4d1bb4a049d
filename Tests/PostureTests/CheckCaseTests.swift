import Findings
import Images
import Kube
import PodSecurity
import Posture
import TestKit
import Testing

/// Each check has a folder of cases: `fail.yaml` holds exactly one finding, due at the line marked `# finding`;
/// `pass.yaml` holds none.
@Suite struct CheckCaseTests {
  static let checks = CheckCatalogue.checks.map(\.metadata.id.rawValue)
  static let folder = FileReaderForTests.repository + "/Tests/PostureTests/Cases"

  private func scan(_ check: any Check) -> PostureScan {
    PostureScan(
      checks: [check], trustedRegistries: ["registry.example.com"], images: Self.images,
      imageTrust: Self.imageTrust)
  }

  /// Of the cases that speak of signatures.
  private static let imageTrust = ImageTrustVerdicts([
    "registry.example.com/signed:1": .init(.verified), "registry.example.com/unsigned:1": .init(.unsigned),
    "registry.example.com/stranger:1": .init(.signedByOthers, reasons: ["signed by nobody known"]),
    "registry.example.com/unattested:1": .init(.attestationMissing, reasons: ["no valid attestation"]),
    "registry.example.com/elsewhere:1": .init(.verified, sourceMismatch: "its provenance names another source"),
    "registry.example.com/lost:1": .init(.unsigned, reasons: ["gone"], verifiedBefore: "2026-11-01T00:00:00Z"),
  ])

  /// Of the cases that speak of images.
  private static let images = ImageVerdicts([
    "registry.example.com/good:1": .read(ImageVerdict(vulnerablePackages: [])),
    "registry.example.com/ended:1": .read(ImageVerdict(vulnerablePackages: [], ended: ("Debian 9", "2022-06-30"))),
    "registry.example.com/old:1": .read(
      ImageVerdict(vulnerablePackages: [
        ImageVerdict.VulnerablePackage(
          package: "openssl", version: "1.1.0", fix: "1.1.1", advisories: 2, worst: "CVE-2022-0778", level: .high,
          reason: "CVSS 7.5")
      ])),
  ])

  @Test(arguments: checks) func oneCaseFiresAtTheMarkedLine(_ id: String) async throws {
    let text = try FileReaderForTests.text("\(Self.folder)/\(id)/fail.yaml")
    let marked = text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .filter { $0.element.hasSuffix("# finding") }.map { $0.offset + 1 }
    let check = try #require(CheckCatalogue.check(id))
    let result = await scan(check).run(Fixtures.snapshot(text))
    #expect(result.findings.map(\.location.line) == marked)
    #expect(marked.count == 1)
    #expect(result.findings.allSatisfy { !$0.message.isEmpty && !$0.evidence.isEmpty })
  }

  /// Nodes pull what volumes name as they pull what containers do.
  @Test(arguments: [
    ("vulnerable-image", "old:1"), ("unsupported-distribution", "ended:1"), ("unpinned-image", "good"),
    ("cached-mutable-image", "good:1"), ("unsigned-image", "unsigned:1"),
  ]) func imagesOfVolumesAreImages(_ id: String, _ image: String) async throws {
    let reference = "registry.example.com/" + image
    let check = try #require(CheckCatalogue.check(id))
    let result = await scan(check).run(Self.podWithVolume(reference))
    #expect(result.findings.flatMap(\.evidence).first?.path.hasPrefix("spec.volumes") == true, "\(id)")
    #expect(result.findings.count == 1)
  }

  @Test func anImageVolumeIsFromARegistry() async throws {
    let check = scan(try #require(CheckCatalogue.check("untrusted-registry")))
    #expect(await check.run(Self.podWithVolume("evil.example.org/app:1")).findings.count == 1)
    #expect(await check.run(Self.podWithVolume("registry.example.com/app:1")).findings.isEmpty)
  }

  private static func podWithVolume(_ reference: String) -> ClusterSnapshot {
    let own = "registry.example.com/signed:1@sha256:" + String(repeating: "a", count: 64)
    return Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: app}
      spec:
        containers: [{name: app, image: "\(own)"}]
        volumes: [{name: data, image: {reference: "\(reference)"}}]
      """)
  }

  @Test(arguments: checks) func oneCaseStaysQuiet(_ id: String) async throws {
    let text = try FileReaderForTests.text("\(Self.folder)/\(id)/pass.yaml")
    let check = try #require(CheckCatalogue.check(id))
    let result = await scan(check).run(Fixtures.snapshot(text))
    #expect(result.findings.isEmpty)
    #expect(result.problems.isEmpty && result.notEvaluated.isEmpty)
    #expect(result.tally.passed > 0, "the quiet case must be one that the check looks at")
  }
}
