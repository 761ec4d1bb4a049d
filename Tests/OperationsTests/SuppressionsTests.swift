import Findings
import Operations
import TestKit
import Testing

@Suite struct SuppressionsTests {
  private static func result(_ checks: [String]) -> ScanResult {
    ScanResult(
      findings: checks.map { check in
        Finding(
          check: CheckID(check), severity: .medium, title: check, message: "m",
          subject: Subject(kind: "Pod", namespace: "shop", name: "web"), location: Location(file: "a.yaml", line: 1),
          evidence: [Evidence(path: check, value: nil, line: 1, column: 1)], remediation: "", references: [],
          controls: [])
      }, problems: [], notEvaluated: [], tally: .init(), objects: 1, workloads: 1, namespaces: 1, checks: 1)
  }

  /// - Returns: checks that are left, and what is said of unusable exceptions.
  private static func apply(
    _ yaml: String, to checks: [String], judged: Set<String> = []
  ) throws -> (left: [String], tally: Suppressions.Tally, problems: [Problem]) {
    let folder = try TemporaryFolder()
    try folder.write("exceptions.yaml", yaml)
    let suppressions = try Suppressions(exceptions: [folder.path + "/exceptions.yaml"])
    var result = Self.result(checks)
    let tally = suppressions.apply(to: &result, today: "2026-11-28", judged: judged.contains)
    return (result.findings.map(\.check.rawValue), tally, suppressions.problems)
  }

  /// A check, a point of a review and an advisory can be accepted; nothing else can.
  @Test(arguments: [
    ("pss-privileged", true), ("image-runs-as-root", true), ("CVE-2023-5363", true), ("GHSA-jfh8-c2jp-5v3q", true),
    ("*", false), ("no-such-check", false), ("cve-2023-5363", true), ("alsa-2023:5455", true),
    ("PSS-PRIVILEGED", false), ("Privileged", false),
  ]) func whatCanBeAccepted(_ id: String, _ isKnown: Bool) throws {
    let outcome = try Self.apply("exceptions: [{check: \"\(id)\", reason: agreed}]", to: [id == "*" ? "any" : id])
    #expect(outcome.problems.isEmpty == isKnown)
    #expect(outcome.tally.byExceptions == (isKnown ? 1 : 0))
    #expect(outcome.left.isEmpty == isKnown)
  }

  /// Ids of advisories are written in letters of any case.
  @Test(arguments: ["cve-2023-5363", "Cve-2023-5363", "CVE-2023-5363"]) func lettersOfAnyCase(_ id: String) throws {
    let outcome = try Self.apply("exceptions: [{check: \"\(id)\", reason: agreed}]", to: ["CVE-2023-5363"])
    #expect(outcome.left.isEmpty && outcome.tally.byExceptions == 1)
  }

  /// A check that is misspelt is named.
  @Test func aMisspeltCheckIsNamed() throws {
    let outcome = try Self.apply("exceptions: [{check: pss-priviledged, reason: agreed}]", to: ["pss-privileged"])
    #expect(
      outcome.problems.map(\.message) == [
        "there is no check \"pss-priviledged\" (did you mean pss-privileged?); the exception was left out"
      ])
  }

  /// Whoever accepts everything of an object names it: nothing would be found otherwise.
  @Test(arguments: [
    ("name: web", true), ("namespace: shop", true), ("name: w*", true), ("kind: Pod", false), ("name: \"*\"", false),
    ("namespace: \"\"", false), ("kind: Pod, name: web", true),
  ]) func everyCheckIsAcceptedOnlyForWhatIsNamed(_ fields: String, _ isFine: Bool) throws {
    let outcome = try Self.apply("exceptions: [{check: \"*\", \(fields), reason: agreed}]", to: ["any"])
    #expect(outcome.problems.isEmpty == isFine && outcome.left.isEmpty == isFine)
  }

  @Test func whatIsSuppressedIsKeptAsideWithItsReason() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "exceptions.yaml", "exceptions: [{check: a, name: web, reason: agreed}, {check: \"*\", name: web, reason: all}]")
    var result = Self.result(["CVE-1", "b"])
    _ = try Suppressions(exceptions: [folder.path + "/exceptions.yaml"]).apply(to: &result, today: "2026-11-28") { _ in
      true
    }
    #expect(result.findings.isEmpty && result.count(.exception) == 2)
    #expect(result.setAside.map(\.reason) == ["all", "all"])
  }

  @Test func anExceptionThatHasExpiredIsAFinding() throws {
    let yaml = "exceptions: [{check: pss-privileged, reason: agreed, expires: 2026-11-27}]"
    let outcome = try Self.apply(yaml, to: ["pss-privileged"])
    #expect(outcome.left.sorted() == ["expired-exception", "pss-privileged"])
  }

  /// What was not judged may be there all the same.
  @Test(arguments: [true, false]) func anExceptionIsUnusedOnlyWhereItsCheckRan(_ hasRun: Bool) throws {
    let yaml = "exceptions: [{check: pss-privileged, reason: agreed}]"
    let outcome = try Self.apply(yaml, to: [], judged: hasRun ? ["pss-privileged"] : [])
    #expect(outcome.left == (hasRun ? ["unused-exception"] : []))
  }

  @Test func aBaselineThatIsNoneIsRefused() throws {
    let folder = try TemporaryFolder()
    try folder.write("a.json", "{\"kind\":\"Something\"}")
    try folder.write("b.json", "{")
    for name in ["a.json", "b.json", "none.json"] {
      #expect(throws: BartizanError.self) { try Suppressions(baseline: folder.path + "/" + name) }
    }
  }
}
