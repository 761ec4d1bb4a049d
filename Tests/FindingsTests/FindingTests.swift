import Findings
import Testing

@Suite struct FindingTests {
  static func finding(
    check: String = "a", severity: Severity = .low, name: String = "x", line: Int = 1, path: String = "spec"
  ) -> Finding {
    Finding(
      check: CheckID(check), severity: severity, title: "t", message: "m",
      subject: Subject(kind: "Pod", namespace: "n", name: name), location: Location(file: "f", line: line),
      evidence: [Evidence(path: path, value: nil, line: line, column: 1)], remediation: "r", references: [],
      controls: [])
  }

  @Test func theFingerprintSurvivesMovingAndTellsFindingsApart() {
    #expect(Self.finding(line: 1).fingerprint == Self.finding(line: 99).fingerprint)
    #expect(Self.finding().fingerprint != Self.finding(check: "b").fingerprint)
    #expect(Self.finding().fingerprint != Self.finding(name: "y").fingerprint)
    #expect(Self.finding().fingerprint != Self.finding(path: "spec.x").fingerprint)
    #expect(Fingerprint(["ab", "c"]) != Fingerprint(["a", "bc"]))
    #expect(Self.finding().fingerprint.text.count == 32)
  }

  @Test func worstComesFirst() {
    let sorted = [
      Self.finding(severity: .low), Self.finding(severity: .critical, name: "z"),
      Self.finding(check: "b", severity: .critical, name: "a"),
    ].sorted(by: Finding.isOrderedBefore)
    #expect(sorted.map(\.severity) == [.critical, .critical, .low])
    #expect(sorted.map(\.subject.name) == ["a", "z", "x"])
  }

  @Test func aScanThatMissedSomethingIsNotComplete() {
    func result(problems: [Problem], objects: Int) -> ScanResult {
      ScanResult(
        findings: [], problems: problems, notEvaluated: [], tally: .init(), objects: objects, workloads: 0,
        namespaces: 0, checks: 1)
    }
    let hidden = Problem(code: "syntax", location: Location(file: "f"), message: "m")
    let remark = Problem(code: "x", location: Location(file: "f"), message: "m", hidesInput: false)
    #expect(result(problems: [], objects: 1).status == .complete)
    #expect(result(problems: [remark], objects: 1).status == .complete)
    #expect(result(problems: [hidden], objects: 1).status == .partial)
    #expect(result(problems: [hidden], objects: 0).status == .failed)
  }
}
