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

  @Test(arguments: ["no-such-check", "framework:x", "severity:dire"])
  func aTermThatCanMatchNothingIsRefused(_ term: String) throws {
    let term = try #require(FilterTerm(term))
    #expect(throws: BartizanError.self) { try FindingFilter(only: [term], exclude: []) }
    #expect(throws: BartizanError.self) { try FindingFilter(only: [], exclude: [term]) }
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
}
