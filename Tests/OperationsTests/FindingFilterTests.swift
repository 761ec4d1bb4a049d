import Findings
import Kube
import Operations
import TestKit
import Testing

@Suite struct FindingFilterTests {
  private static func finding(_ subject: Subject, _ severity: Severity = .high) -> Finding {
    Finding(
      check: CheckID("pss-privileged"), severity: severity, title: "t", message: "m", subject: subject,
      location: Location(file: "a.yaml", line: 1), evidence: [], remediation: "", references: [], controls: [])
  }

  private static let web = Subject(kind: "Pod", namespace: "shop", name: "web")
  private static let nameless = Subject(kind: "Pod", name: "web")
  private static let role = Subject(group: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "r")
  private static let namespace = Subject(kind: "Namespace", name: "shop")

  @Test(
    arguments: [
      (["namespace:shop"], [], web, true), (["namespace:shop"], [], nameless, false),
      (["namespace:default"], [], nameless, true), (["namespace:default"], [], role, false),
      (["namespace:shop"], [], namespace, true), (["kind:Pod", "kind:Job"], [], web, true),
      (["kind:Job"], [], web, false), ([], ["kind:Pod"], web, false), (["severity:high"], [], web, true),
      (["severity:HIGH"], [], web, true), ([], ["severity:High"], web, false), (["kind:pod"], [], web, true),
      (["kind:pods"], [], web, true), (["kind:deployment"], [], web, false),
      (["severity:low"], [], web, false), (["namespace:shop", "severity:low"], [], web, false),
      ([], ["severity:low"], web, true),
    ] as [([String], [String], Subject, Bool)])
  func termsOfOneDimensionAreAlternatives(
    _ only: [String], _ exclude: [String], _ subject: Subject, _ isKept: Bool
  ) throws {
    let filter = try FindingFilter(
      only: only.compactMap { FilterTerm($0) }, exclude: exclude.compactMap { FilterTerm($0) })
    #expect(filter.keeps(Self.finding(subject)) == isKept)
  }

  @Test(arguments: ["no-such-check", "framework:x", "severity:dire", "namespace:", "kind:", ""])
  func aTermThatCanMatchNothingIsRefused(_ term: String) throws {
    let term = try #require(FilterTerm(term))
    #expect(throws: BartizanError.self) { try FindingFilter(only: [term], exclude: []) }
    #expect(throws: BartizanError.self) { try FindingFilter(only: [], exclude: [term]) }
  }

  /// What is taken in and out again is nothing: a gate that judges nothing is no gate.
  @Test(arguments: [
    (["pss-privileged"], ["pss-privileged"]), (["pss-privileged"], ["KSV-0017"]),
    (["severity:high"], ["severity:HIGH"]), (["kind:Pod"], ["kind:pods"]), (["namespace:a"], ["namespace:a"]),
    (["framework:pss"], ["framework:pss"]),
    ([], ["severity:info", "severity:low", "severity:medium", "severity:high", "severity:critical"]),
  ]) func aFilterThatTakesOutAllIsRefused(_ only: [String], _ exclude: [String]) throws {
    let terms = (only.compactMap { FilterTerm($0) }, exclude.compactMap { FilterTerm($0) })
    #expect(throws: BartizanError.self) { try FindingFilter(only: terms.0, exclude: terms.1) }
    #expect(throws: Never.self) { try FindingFilter(only: terms.0, exclude: []) }
  }

  @Test func aTermWithAnUnknownDimensionIsNone() { #expect(FilterTerm("colour:red") == nil) }

  /// A gate that judges nothing, because a name is misspelt, must not be green.
  @Test(arguments: [
    ("namespace:shop", true), ("namespace:default", true), ("namespace:shpo", false), ("kind:Pod", true),
    ("kind:Deploymnt", false), ("severity:low", true),
  ]) func aFilterThatLeavesNothingIsRefused(_ term: String, _ isFine: Bool) throws {
    let snapshot = Fixtures.snapshot(
      """
      {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {containers: []}}
      ---
      {apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {containers: []}}
      """)
    let filter = try FindingFilter(only: [try #require(FilterTerm(term))], exclude: [])
    if isFine {
      try filter.validate(for: snapshot)
    } else {
      #expect(throws: BartizanError.self) { try filter.validate(for: snapshot) }
    }
  }

  private static let mixed = Fixtures.snapshot(
    """
    {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {containers: []}}
    ---
    {apiVersion: v1, kind: Service, metadata: {name: b, namespace: bank}, spec: {}}
    """)

  /// Each of the terms matches something, and both of them nothing.
  @Test func termsThatNoObjectMatchesTogetherAreRefused() throws {
    let fine = try FindingFilter(only: ["kind:Pod", "namespace:shop"].compactMap { FilterTerm($0) }, exclude: [])
    try fine.validate(for: Self.mixed)
    let empty = try FindingFilter(only: ["kind:Pod", "namespace:bank"].compactMap { FilterTerm($0) }, exclude: [])
    #expect(throws: BartizanError.self) { try empty.validate(for: Self.mixed) }
  }

  @Test func whatLeavesNothingOutIsTold() throws {
    let terms = ["kind:Podd", "kind:pod", "namespace:bnk", "namespace:bank", "severity:low"]
    let filter = try FindingFilter(only: [], exclude: terms.compactMap { FilterTerm($0) })
    #expect(
      filter.remarks(on: Self.mixed) == [
        "--exclude namespace:bnk leaves nothing out: no object is in it",
        "--exclude kind:Podd leaves nothing out: no object is of that kind",
      ])
  }

  @Test func aMisspeltCheckIsNamed() throws {
    let term = try #require(FilterTerm("pss-privilegd"))
    let error = #expect(throws: BartizanError.self) { try FindingFilter(only: [term], exclude: []) }
    #expect(error?.message == "there is no check \"pss-privilegd\"; did you mean pss-privileged?")
  }
}
