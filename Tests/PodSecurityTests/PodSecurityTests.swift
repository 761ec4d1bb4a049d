import Findings
import PodSecurity
import TestKit
import Testing

@Suite struct PodSecurityTests {
  @Test(
    arguments: [
      ("latest", nil), ("v1.0", 0), ("v1.33", 33), ("v1.99", 99),
    ] as [(String, Int?)])
  func versionsAreRead(_ text: String, _ minor: Int?) throws {
    #expect(try #require(PodSecurityVersion(text)).minor == minor)
  }

  @Test(arguments: ["foo", "", "v2.0", "v1", "1.1", "v1.01", "v1.-1", "v1.1.1", "Latest"])
  func otherVersionsAreRefused(_ text: String) { #expect(PodSecurityVersion(text) == nil) }

  @Test func laterVersionsAreJudgedByTheNewestKnown() {
    let newest = PodSecurityVersion(minor: PodSecurityVersion.newestKnown)
    let later = PodSecurityVersion(minor: PodSecurityVersion.newestKnown + 20)
    for level in PodSecurityLevel.allCases {
      let ids = PodSecurityStandard.activeControls(level: level, version: newest).map(\.id)
      #expect(PodSecurityStandard.activeControls(level: level, version: later).map(\.id) == ids)
      #expect(PodSecurityStandard.activeControls(level: level, version: .latest).map(\.id) == ids)
    }
  }

  @Test func labelsAreReadAsAdmissionReadsThem() {
    let prefix = NamespacePodSecurity.prefix
    let good = NamespacePodSecurity([prefix + "enforce": "baseline", prefix + "enforce-version": "v1.30"])
    #expect(good.enforce == .init(level: .baseline, version: .init(minor: 30)))
    #expect(good.invalid.isEmpty && good.warn == nil)
    let bad = NamespacePodSecurity([prefix + "enforce": "Baseline", prefix + "warn": "strict"])
    #expect(bad.enforce == .init(level: .restricted, version: .latest))
    #expect(bad.warn == .init(level: .privileged, version: .latest))
    #expect(bad.invalid.count == 2)
  }

  @Test func headroomNamesLevelVersionAndEdits() throws {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: a, namespace: probes}
      spec: {containers: [{name: c, image: "x:1", livenessProbe: {httpGet: {port: 1, host: other}}}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: b, namespace: bad}
      spec: {template: {spec: {containers: [{name: c, image: "x:1", securityContext: {privileged: true}}]}}}
      """)
    let rows = PodSecurityHeadroom.all(snapshot)
    #expect(rows.map(\.namespace) == ["bad", "probes"])
    #expect(rows[0].level == .privileged)
    #expect(rows[0].next?.level == .baseline)
    #expect(
      rows[0].needed.first?.edits == [
        Edit("spec.template.spec.containers[0].securityContext.privileged", .set(.bool(false)))
      ])
    #expect(rows[1].level == .baseline && rows[1].version == PodSecurityVersion(minor: 33))
  }
}
