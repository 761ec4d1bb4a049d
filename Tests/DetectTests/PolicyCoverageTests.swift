import Bytes
import Detect
import TestKit
import Testing

/// Which rules can fire under an audit policy, against what a real server wrote under it.
@Suite struct PolicyCoverageTests {
  /// For each labelled attack, the rule that stands for it.
  static let rules: [String: String] = [
    "anon-discovery": "kubernetes-anonymous-discovery", "spray-one-address": "kubernetes-credential-spraying",
    "ssrr-enumeration": "kubernetes-permission-enumeration", "secrets-one-by-one": "kubernetes-secrets-read-one-by-one",
    "secrets-watch": "kubernetes-secrets-listed-outside-pod",
    "secrets-fieldselector": "kubernetes-secret-by-field-selector",
    "secrets-raw": "kubernetes-secrets-listed-by-person",
    "tokenrequest-stronger": "kubernetes-token-requested",
    "rolebinding-cluster-admin": "kubernetes-cluster-admin-bound",
    "binding-patched": "kubernetes-binding-subject-added",
    "escalate-bind-verbs": "kubernetes-role-with-escalation-verbs",
    "exec-websocket": "kubernetes-exec", "exec-post-spdy": "kubernetes-exec", "attach": "kubernetes-attach",
    "port-forward-database": "kubernetes-port-forward", "ephemeral-container": "kubernetes-ephemeral-container",
    "pod-hostpath": "kubernetes-host-path-pod", "pod-control-plane-pinned": "kubernetes-pod-pinned-to-control-plane",
    "token-secret-longlived": "kubernetes-token-secret", "resourcequota-raised": "kubernetes-quota-changed",
    "crd-conversion-webhook": "kubernetes-conversion-webhook", "apiservice-registered": "kubernetes-api-service",
    "coredns-hijack": "kubernetes-coredns-rewrite",
    "validating-webhook-deleted": "kubernetes-admission-control-removed",
    "vap-binding-deleted": "kubernetes-admission-control-removed", "pvcs-deleted": "kubernetes-data-deleted",
    "namespaces-deleted-in-bulk": "kubernetes-mass-deletion", "crypto-miner": "kubernetes-crypto-miner",
    "dryrun-probe": "kubernetes-dry-run-probe", "serviceaccount-pull-secret": "kubernetes-service-account-pull-secret",
    "impersonate-masters-allowed": "kubernetes-impersonates-masters",
    "impersonate-user": "kubernetes-impersonates-user",
    "impersonate-serviceaccount": "kubernetes-impersonates-service-account",
    "deleted-pod-token": "kubernetes-rejected-credentials", "spray-success": "kubernetes-login-after-spraying",
    "tokenrequest-use": "kubernetes-token-outside-pod", "auditid-reused": "kubernetes-audit-id-reused",
    "admin-at-odd-client": "kubernetes-break-glass-used", "pull-secret-reused": "kubernetes-pull-secret-copied",
    "bootstrap-token": "kubernetes-secret-in-system-namespace-created",
  ]

  /// What an attack's requests were told to be is named beforehand: nothing of an invisible attack is called full.
  @Test(
    .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.skipMessage)), arguments: ["a", "b", "c"])
  func whatAPolicyHidesIsNamed(_ run: String) throws {
    let folder = AttackRecordingTests.folder
    let policy = try AuditPolicy(SharedData.bytes(folder + "policy-\(run).yaml"), file: "policy")
    let coverage = Dictionary(uniqueKeysWithValues: RuleFilesTests.set.coverage(policy).map { ($0.rule, $0.coverage) })
    var different: [String] = []
    var wrong: [String] = []
    let labels = DocumentReader.read(try SharedData.bytes(folder + "coverage.jsonl")).documents
    #expect(labels.count >= 40)
    for label in labels {
      guard let id = label["id"]?.text, let truth = label[run]?["verdict"]?.text else { continue }
      guard let rule = Self.rules[id], let found = coverage[rule] else {
        wrong.append("\(id): no rule")
        continue
      }
      if found.status.rawValue != truth { different.append("\(id): \(truth), \(rule) is \(found.status.rawValue)") }
      // A rule that reads no body sees what is logged without one.
      let parts = RuleFilesTests.set.only(rule)?.rules ?? []
      let needsBody = parts.contains { part in
        RuleNeeds(part.tree, part.info.logSource)?.needs.contains { $0.level > .metadata } ?? false
      }
      if truth == "absent" || truth == "no-body" && needsBody, found.status == .full {
        wrong.append("\(id): \(truth), \(rule) is full")
      }
      if found.status != .full { #expect(!found.because.isEmpty) }
    }
    print("policy \(run): \(labels.count - different.count) of \(labels.count) as recorded; other: \(different)")
    #expect(wrong.isEmpty, "\(wrong)")
  }

  static let policy = """
    apiVersion: audit.k8s.io/v1
    kind: Policy
    rules:
      - {level: None, users: [quiet]}
      - {level: None, nonResourceURLs: ["/healthz*"]}
      - {level: Metadata, resources: [{group: "", resources: ["pods/exec", secrets]}]}
      - {level: Request, verbs: [create], resources: [{group: "", resources: [pods]}]}
      - {level: RequestResponse, namespaces: [apps]}
      - {level: None, userGroups: ["system:nodes"]}
    """

  @Test func firstRuleThatFitsHolds() throws {
    let policy = try AuditPolicy(Array(Self.policy.utf8), file: "p")
    func level(_ verb: String, _ resource: String, _ change: (inout AuditPolicy.Request) -> Void = { _ in }) -> String {
      var request = AuditPolicy.Request(verb: verb, resource: resource)
      change(&request)
      return policy.level(of: request).level.rawValue
    }
    #expect(level("get", "secrets") == "Metadata")
    #expect(level("get", "secrets") { $0.user = "quiet" } == "None")
    #expect(level("get", "pods") { $0.subresource = "exec" } == "Metadata")
    #expect(level("create", "pods") == "Request")
    #expect(level("get", "pods") { $0.namespace = "apps" } == "RequestResponse")
    #expect(level("get", "pods") == "None")
    #expect(level("get", "") { $0.path = "/healthz/etcd" } == "None")
    #expect(policy.level(of: AuditPolicy.Request(verb: "get", resource: "nodes")).rule == nil)
  }

  /// Under the policy that is made for them, all rules can fire.
  @Test func smallestPolicyIsEnough() throws {
    let node = AuditPolicy.smallest(for: RuleFilesTests.set)
    let text = JSONWriter.compact(node, escapesHTML: false)
    let policy = try AuditPolicy(Array(text.utf8), file: "made")
    for (rule, coverage) in RuleFilesTests.set.coverage(policy) {
      #expect(coverage.status == .full || coverage.status == .notAudit, "\(rule): \(coverage.because)")
    }
    #expect(!text.contains("RequestResponse") || policy.rules.count > 3)
  }

  @Test(arguments: ["kind: Pod", "kind: Policy", "kind: Policy\nrules: [{level: All}]", "a: [", ""])
  func noPolicy(_ text: String) {
    #expect(throws: RuleError.self) { try AuditPolicy(Array(text.utf8), file: "p") }
  }
}
