import Findings
import Kube
import Posture
import TestKit
import Testing

/// A right that is limited to names is as severe as what they name.
@Suite struct NamedRightsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let check: String
    let rules: String
    let severity: Severity
    /// How the finding names what the right is limited to.
    let words: String

    var testDescription: String { "\(check) \(words)" }
  }

  private static func rule(_ group: String, _ resource: String, _ verbs: String, _ name: String = "") -> String {
    "{apiGroups: ['\(group)'], resources: ['\(resource)'], verbs: [\(verbs)]\(name.isEmpty ? "" : ", resourceNames: ['\(name)']")}"
  }

  private static let rbac = "rbac.authorization.k8s.io"
  private static let certificates = "certificates.k8s.io"

  private static func bind(_ name: String) -> String {
    rule(rbac, "clusterroles", "bind", name) + "," + rule(rbac, "clusterrolebindings", "create")
  }

  private static func sign(_ name: String) -> String {
    rule(certificates, "certificatesigningrequests", "create") + ","
      + rule(certificates, "certificatesigningrequests/approval", "update") + ","
      + rule(certificates, "signers", "approve", name)
  }

  static let cases: [Case] = [
    Case(
      check: "rbac-bind-roles", rules: bind("cluster-admin"), severity: .critical,
      words: "for ClusterRole cluster-admin"),
    Case(check: "rbac-bind-roles", rules: bind("view"), severity: .low, words: "for ClusterRole view"),
    Case(check: "rbac-bind-roles", rules: bind("reader"), severity: .high, words: "for ClusterRole reader"),
    Case(check: "rbac-bind-roles", rules: bind("not-there"), severity: .high, words: "for some names"),
    Case(
      check: "rbac-sign-certificates", rules: sign("kubernetes.io/kube-apiserver-client"), severity: .critical,
      words: "for signer kubernetes.io/kube-apiserver-client"),
    Case(check: "rbac-sign-certificates", rules: sign("example.com/own"), severity: .low, words: "for some names"),
    Case(
      check: "rbac-impersonate",
      rules: rule("", "groups", "impersonate", "system:masters") + "," + rule("", "users", "impersonate", "bob"),
      severity: .critical, words: "for Group system:masters, User bob"),
    Case(
      check: "rbac-impersonate", rules: rule("", "users", "impersonate", "bob"), severity: .high, words: "for User bob"),
    Case(
      check: "rbac-security-contexts",
      rules: rule("security.openshift.io", "securitycontextconstraints", "use", "privileged"), severity: .high,
      words: "for SecurityContextConstraints privileged"),
    Case(
      check: "rbac-security-contexts",
      rules: rule("security.openshift.io", "securitycontextconstraints", "use", "restricted-v2"), severity: .low,
      words: "for SecurityContextConstraints restricted-v2"),
  ]

  @Test(arguments: cases) func severity(_ test: Case) async throws {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: \(Self.rbac)/v1
      kind: ClusterRole
      metadata: {name: kims}
      rules: [\(test.rules)]
      ---
      apiVersion: \(Self.rbac)/v1
      kind: ClusterRole
      metadata: {name: reader}
      rules: [{apiGroups: [''], resources: [secrets], verbs: [get]}]
      ---
      apiVersion: \(Self.rbac)/v1
      kind: ClusterRoleBinding
      metadata: {name: kims}
      roleRef: {apiGroup: \(Self.rbac), kind: ClusterRole, name: kims}
      subjects: [{apiGroup: \(Self.rbac), kind: User, name: kim}]

      """)
    let findings = await PostureScan().run(snapshot).findings
    let finding = try #require(findings.first { $0.check.rawValue == test.check })
    #expect(finding.severity == test.severity)
    #expect(finding.message.contains(test.words), "\(finding.message)")
  }
}
