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
