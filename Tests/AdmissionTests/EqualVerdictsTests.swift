import Bytes
import Findings
import Kube
import PodSecurity
import TestKit
import Testing

@testable import Admission

/// The same objects get the same verdicts before they are made, as admission reviews, and once they are stored.
@Suite struct EqualVerdictsTests {
  static let binding = """
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: NAME}
    spec:
      policyName: NAME
      validationActions: [Deny]
      paramRef: {name: basic-control-configuration, parameterNotFoundAction: Deny}
    """

  /// Some of Kubescape's policies, and ours for Pod Security, all in force.
  static func judge() throws -> PolicyJudge {
    var documents =
      try KubescapePolicyTests.documents("configuration/policy-configuration-definition.yaml")
      + KubescapePolicyTests.documents("configuration/basic-control-configuration.yaml")
    // One in six: all of them on all the objects take a minute.
    for (index, control) in KubescapePolicyTests.controls().enumerated() where index % 6 == 0 {
      for policy in try KubescapePolicyTests.documents("controls/\(control)/policy.yaml") {
        documents.append(policy)
        documents += try AdmissionChainTests.objects(binding.replacing("NAME", with: policy.metadataName))
      }
    }
    for level in [PodSecurityLevel.baseline, .restricted] {
      documents += PodSecurityPolicies.documents(level: level, action: .warn, exempt: [])
    }
    let set = PolicySet(documents.compactMap { KubeObject($0, file: "policies") })
    #expect(set.refused.map(\.refusal.message) == [])
    #expect(set.unbound.isEmpty && set.dangling.isEmpty)
    return PolicyJudge(set, AdmissionCluster(documents, ignorance: "a test")) { KubescapePolicyTests.authorizer($0) }
  }

  static func said(_ report: PolicyReport) -> [String] {
    report.violations.map { "\($0.policy): \($0.message)" }.sorted()
      + report.notEvaluated.map { "\($0.policy) not evaluated" }.sorted()
  }

  @Test(.enabled(if: SharedData.isPresent)) func objects() throws {
    let judge = try Self.judge()
    let rows =
      try RecordedRows.read("admission/defaulting-more.jsonl").filter { $0["kind"]?.string == "dry-run" }
      + RecordedRows.read("vap-kubescape-real-world.jsonl")
    var judged = 0
    var violations = 0
    var others: [String] = []
    for row in rows {
      guard let sent = row["submitted"] ?? row["object"], let object = KubeObject(sent, file: "sent") else { continue }
      guard case .request(let request) = AdmissionRequest.creation(of: object, judge.cluster.resources, .init()) else {
        continue
      }
      // As a webhook would get it: past defaults and built-in plugins.
      let check = judge.judge(sent: request)
      var review = request
      review.object = check.object
      let text = JSONWriter.compact(
        WebhookReview.request(review, request.kind, request.resource, "v1"), escapesHTML: false)
      let reviewed = judge.judge(try AdmissionRequest(json: Array(text.utf8)))
      guard let stored = KubeObject(check.object, file: "stored"),
        case .request(let again) = AdmissionRequest.creation(of: stored, judge.cluster.resources, .init())
      else { continue }
      let audit = judge.judge(sent: again)
      judged += 1
      violations += check.report.violations.count
      let answers = [check, reviewed, audit].map { Self.said($0.report) }
      if Set(answers).count > 1 { others.append("\(object.subject.text): \(answers)") }
    }
    print("equal verdicts: \(judged) objects, \(violations) violations, \(others.count) differ")
    for line in others.prefix(10) { print(line.prefix(600)) }
    #expect(others.isEmpty)
    #expect(judged >= 500)
    #expect(violations > 300)
  }
}
