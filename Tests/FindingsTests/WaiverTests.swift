import Findings
import Testing

@Suite struct WaiverTests {
  private static func result(_ findings: [Finding]) -> ScanResult {
    ScanResult(
      findings: findings, problems: [], notEvaluated: [], tally: .init(), objects: 1, workloads: 0, namespaces: 0,
      checks: 1)
  }

  private static func waiver(
    _ check: String = "a", kind: String? = nil, namespace: String? = nil, name: String? = nil, expires: String? = nil
  ) -> Waiver {
    Waiver(
      check: check, kind: kind, namespace: namespace, name: name, reason: "because", expires: expires,
      location: Location(file: "w.yaml", line: 2))
  }

  @Test(arguments: [
    (waiver(), true), (waiver("b"), false), (waiver("*"), true), (waiver(kind: "Pod"), true),
    (waiver(kind: "Job"), false),
    (waiver(namespace: "n", name: "x"), true), (waiver(namespace: "m"), false), (waiver(name: "x*"), true),
    (waiver(name: "y*"), false), (waiver(expires: "2026-01-01"), true), (waiver(expires: "2025-12-31"), false),
  ])
  func coverage(_ waiver: Waiver, _ expected: Bool) {
    var result = Self.result([FindingTests.finding()])
    let removed = result.apply([waiver], today: "2026-01-01") { _ in true }
    #expect((removed == 1) == expected)
    #expect(result.findings.contains { $0.check.rawValue == "a" } != expected)
  }

  @Test func unusedAndExpiredExceptionsAreFindings() {
    var result = Self.result([FindingTests.finding()])
    _ = result.apply(
      [Self.waiver(expires: "2020-01-01"), Self.waiver("gone"), Self.waiver("not-run")], today: "2026-01-01"
    ) { $0 != "not-run" }
    #expect(result.findings.map(\.check.rawValue).sorted() == ["a", "expired-exception", "unused-exception"])
    #expect(result.findings.first?.location == Location(file: "w.yaml", line: 2))
  }

  @Test(arguments: [
    ("2026-01-31", true), ("2026-1-31", false), ("2026-13-01", false), ("tomorrow", false), ("", false),
  ])
  func dates(_ text: String, _ expected: Bool) { #expect(Waiver.isDate(text) == expected) }

  @Test func aBaselineKnowsByCheckObjectAndFingerprint() {
    let finding = FindingTests.finding()
    let baseline = Baseline([Baseline.Entry(finding)])
    #expect(baseline.knows(FindingTests.finding(line: 70)))
    #expect(!baseline.knows(FindingTests.finding(path: "spec.other")))
    let forged = Baseline([.init(check: "other", subject: "n/Pod/x", fingerprint: finding.fingerprint.text)])
    #expect(!forged.knows(finding))
    // What got worse is not known: of a higher severity, with another credential, on another folder.
    let worse = finding.with(severity: .high)
    #expect(baseline.unknown(among: [worse]).count == 1)
    #expect(Baseline([Baseline.Entry(worse)]).unknown(among: [finding]).isEmpty)
    // The same object in two files is two: one entry stands for one finding.
    #expect(baseline.unknown(among: [finding, FindingTests.finding(line: 70)]).count == 1)
  }

  @Test(arguments: [
    (["(hidden, 12 characters)"], ["(hidden, 12 characters)"], true),
    (["(hidden, 12 characters)"], ["(hidden, 40 characters)"], false), (["/etc"], ["/"], false),
    (["/", "/etc"], ["/etc"], true),
    // An earlier version did not say what stands inside of a file, and other reports say nothing.
    (["(hidden, 90 characters)"], ["(hidden: … (12 characters))"], true),
    (["(hidden: … (12 characters))"], ["(hidden: … (12 characters), … (20 characters))"], false),
  ]) func aBaselineKnowsWhatAFindingIsAbout(_ known: [String], _ found: [String], _ isCovered: Bool) {
    let entry = Baseline.Entry(check: "a", subject: "s", fingerprint: "f", severity: .high, values: known)
    #expect(entry.covers(severity: .high, values: found) == isCovered)
    let silent = Baseline.Entry(check: "a", subject: "s", fingerprint: "f")
    #expect(silent.covers(severity: .critical, values: found))
  }
}
