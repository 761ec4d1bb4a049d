import Bytes
import Findings
import Kube
import PodSecurity
import Posture
import TestKit
import Testing

@Suite struct FrameworkTests {
  @Test(arguments: Control.Framework.allCases) func everyControlOfACheckIsInItsFramework(_ framework: Control.Framework)
  {
    let known = FrameworkCatalogue.controls(framework).map(\.id)
    #expect(Set(known).count == known.count)
    for check in CheckCatalogue.checks.map(\.metadata) {
      for control in check.controls where control.framework == framework {
        #expect(known.contains(control.id), "\(check.id.rawValue) names \(control.text)")
      }
    }
  }

  private static let pod = """
    apiVersion: v1
    kind: Pod
    metadata: {name: a, namespace: n}
    spec: {hostPID: true, containers: [{name: c, image: "x:1"}]}
    """

  @Test func controlsFailPassOrStayOpen() async {
    let complete = await PostureScan().run(Fixtures.snapshot(Self.pod))
    func status(_ id: String, _ result: ScanResult) -> FrameworkReport.Status? {
      FrameworkReport(.cis, result).rows.first { $0.id == id }?.status
    }
    #expect(status("5.2.3", complete) == .failed)
    #expect(status("5.2.4", complete) == .passed)
    #expect(status("5.1.1", complete) == .notApplicable)
    #expect(status("5.3.1", complete) == .notAboutObjects)
    let partial = await PostureScan().run(Fixtures.snapshot(Self.pod + "\n---\na: [1\n"))
    #expect(status("5.2.3", partial) == .failed)
    #expect(status("5.2.4", partial) == .notEvaluated)
  }

  /// A control passes where nothing was found, not where what was found was left out.
  @Test(arguments: [Control.Framework.cis, .pss, .nsa]) func whatWasLeftOutIsNotPassed(
    _ framework: Control.Framework
  ) async throws {
    let whole = await PostureScan().run(Fixtures.snapshot(Self.pod))
    let failed = FrameworkReport(framework, whole).rows.filter { $0.status == .failed }.map(\.id)
    #expect(!failed.isEmpty)
    func statuses(_ cause: SetAside.Cause) -> Set<FrameworkReport.Status> {
      var result = whole
      result.findings = []
      result.setAside = whole.findings.map { SetAside($0, cause) }
      result.filters = ["--exclude kind:Pod"]
      let report = FrameworkReport(framework, result)
      #expect(!report.hasFailures && !report.hasGaps)
      return Set(report.rows.filter { failed.contains($0.id) }.map(\.status))
    }
    #expect(statuses(.exception) == [.accepted] && statuses(.baseline) == [.accepted])
    #expect(statuses(.filter) == [.notEvaluated])
    var unasked = whole
    unasked.findings = []
    unasked.checksLeftOut = Set(CheckCatalogue.checks.map(\.metadata.id))
    #expect(!FrameworkReport(framework, unasked).rows.contains { $0.status == .passed || $0.status == .accepted })
  }

  /// The benchmark judges over the same scan, and what was left out of that seems to pass there.
  @Test(arguments: [Control.Framework.cis, .nsa, .stig]) func theBenchmarkDoesNotPassWhatWasAccepted(
    _ framework: Control.Framework
  ) async throws {
    let snapshot = Fixtures.snapshot(Self.pod)
    let whole = await PostureScan().run(snapshot)
    func report(_ result: ScanResult) -> FrameworkReport {
      FrameworkReport(
        framework, result, BenchmarkReview(edition: .v12, records: [], snapshot: snapshot, scan: result))
    }
    var accepted = whole
    accepted.findings = []
    accepted.setAside = whole.findings.map { SetAside($0, .exception) }
    let failed = Set(report(whole).rows.filter { $0.status == .failed }.map(\.id))
    let rows = report(accepted).rows.filter { failed.contains($0.id) }
    #expect(
      !rows.contains { $0.status == .passed || $0.status == .notApplicable }, "\(rows.map { ($0.id, $0.status) })")
  }

  @Test func exceptionsWantACheckThatExistsAndAReason() throws {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Pod
      metadata:
        name: a
        annotations:
          bartizan.dev/ignore.pss-privileged: "needed until=2030-01-01"
          bartizan.dev/ignore.nothing: "reason"
          bartizan.dev/ignore.ssh-server: ""
      """)
    let annotated = Waivers.annotated(snapshot)
    #expect(annotated.waivers.map(\.expires) == ["2030-01-01"] && annotated.waivers.first?.reason == "needed")
    #expect(annotated.problems.map(\.location.line) == [7, 8])
    let stream = YAMLReader.readStream(
      "exceptions:\n  - {check: ssh-server, reason: x, expires: soon}\n  - {check: '*', reason: x, nmae: y}\n  - {check: ssh-server, reason: x}\n"
    )
    let file = Waivers.file(stream.documents, name: "e.yaml")
    #expect(file.waivers.count == 1 && file.problems.map(\.location.line) == [2, 3])
  }
}
