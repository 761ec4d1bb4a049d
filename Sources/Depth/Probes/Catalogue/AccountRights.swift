import Access
import Bytes
import Findings

extension Probe {
  static let accountRights = Probe(
    id: "account-rights", kind: .rights, title: "Rights of the account, as the API server tells them",
    rationale: "Whoever gets into the pod has them.",
    remediation:
      "Withhold the token (automountServiceAccountToken: false), or grant what is used (`bartizan rbac least-privilege`).",
    reference: Reference(
      "Kubernetes: SelfSubjectRulesReview",
      "https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-rules-review-v1/"),
    claim: .rightsOfAccount,
    requests: { target in
      func review(_ group: String, _ kind: String, _ resource: String, namespace: String?) -> ProbeRequest {
        var writer = JSONWriter(pretty: false)
        writer.object { writer in
          writer.field("apiVersion", group + "/v1")
          writer.field("kind", kind)
          guard let namespace else { return }
          writer.key("spec")
          writer.object { $0.field("namespace", namespace) }
        }
        return ProbeRequest(target, "/apis/\(group)/v1/\(resource)").posting(
          String(decoding: writer.bytes, as: UTF8.self)
        ).with(.identity)
      }
      return [
        review("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews", namespace: nil),
        review(
          "authorization.k8s.io", "SelfSubjectRulesReview", "selfsubjectrulesreviews", namespace: target.namespace),
      ]
    },
    judge: { responses in
      guard responses.count == 2, let answer = responses[1].answer else {
        return responses.last?.common ?? .notAsked
      }
      guard (200..<300).contains(answer.status), let rights = AccountRights(responses) else {
        return responses[1].common ?? .unanswered("the server answered \(answer.status)")
      }
      let namespace = rights.namespace
      let grave = rights.risks(of: rights.rules).map { ($0.severity, $0.risk.deed) }
        .sorted { ($1.0, $0.1) < ($0.0, $1.1) }
      let rest = rights.isIncomplete ? "; the server does not know all of its rights" : ""
      guard let worst = grave.first else {
        return rights.isIncomplete
          ? .unanswered("no grave right is among those that the server tells, and it does not know all")
          : .closed("holds no grave right in namespace \(namespace)")
      }
      let more = grave.count > 1 ? ", and \(grave.count - 1) more" : ""
      return .open(worst.0, "in namespace \(namespace): \(worst.1)\(more)\(rest)")
    })
}

/// What the API server says of an account.
struct AccountRights {
  /// Nil where the server does not tell.
  let subject: AccessSubject?
  let rules: [PolicyRule]
  let isIncomplete: Bool
  let namespace: String

  /// - Parameter responses: of a SelfSubjectReview and of a SelfSubjectRulesReview. Nil where there are no rules.
  init?(_ responses: [ProbeResponse]) {
    guard responses.count == 2, let review = responses[1].answer?.document, let status = review["status"],
      status["resourceRules"] != nil || status["nonResourceRules"] != nil
    else { return nil }
    let who = responses[0].answer?.document?["status"]?["userInfo"]?["username"]?.string
    subject = who.map { AccessSubject.account(ofUser: $0) ?? .user($0) }
    rules =
      (status["resourceRules"]?.elements ?? []).map { PolicyRule($0) }
      + (status["nonResourceRules"]?.elements ?? []).map { PolicyRule($0) }
    isIncomplete = status["incomplete"]?.bool ?? false
    namespace = review["spec"]?["namespace"]?.string ?? "default"
  }

  /// What somebody with some of the rules can do that is grave.
  ///
  /// Rights to what stands beside namespaces are among those of a namespace, and hold by the server's word. Those that are grave in
  /// kube-system only, are not known there from an answer about another namespace.
  func risks(of rules: [PolicyRule]) -> [(risk: AccessRisk, severity: Severity)] {
    let set = CapabilitySet(rules)
    return AccessRiskCatalogue.risks.compactMap { risk in
      guard risk.scope == .cluster || risk.applies(toNamespace: namespace) else { return nil }
      let match = risk.match(set)
      return match == .no ? nil : (risk, risk.severity(match, namespace: namespace))
    }
  }
}
