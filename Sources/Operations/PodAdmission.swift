import Access
import Admission
package import Depth
import Findings
package import Kube

/// What the cluster's own admission policies and webhooks say of a pod that an attacker starts.
package struct PodAdmission: AdmissionVerdicts {
  private let input: AdmissionInput
  private let webhooks: [Webhook]

  private static let kinds = [
    "ValidatingAdmissionPolicy", "ValidatingWebhookConfiguration", "MutatingAdmissionPolicy",
  ].map { GroupKind("admissionregistration.k8s.io", $0) }

  /// Nil where the snapshot holds neither: nothing stands in the way of pods.
  package init?(_ snapshot: ClusterSnapshot) {
    guard Self.kinds.contains(where: { !snapshot.objects($0).isEmpty }) else { return nil }
    input = AdmissionInput(policies: nil, cluster: snapshot)
    webhooks = snapshot.objects(Self.kinds[1]).flatMap { Webhook.read($0.root) }
  }

  package func verdict(on pod: KubeObject, inNamespace namespace: String) -> AdmissionVerdict {
    // Somebody without a name: what depends on who asks is unknown.
    let sender = ObjectVerdicts.Sender(user: nil, namespace: namespace)
    guard case .request(let request) = AdmissionRequest.creation(of: pod, input.cluster.resources, sender) else {
      return .unknown("the kind Pod is not known")
    }
    let verdict = input.judge.judge(sent: request)
    let denying = Set(verdict.report.denials.map(\.policy)).sorted()
    if !denying.isEmpty {
      return .refused(
        denying.map {
          StandingControl(
            .admissionPolicy,
            at: .object(
              Subject(group: "admissionregistration.k8s.io", kind: "ValidatingAdmissionPolicy", name: $0)))
        })
    }
    if let refusal = verdict.mutationRefusal { return .unknown(refusal.message) }
    if let gap = verdict.notEvaluated.first { return .unknown("policy \(gap.policy): \(gap.reason)") }
    let authorizer = input.authorizer(for: request.user)
    for webhook in webhooks where !webhook.isMutating {
      switch Webhooks.call(webhook, request, input.cluster, authorizer) {
      case .no: continue
      case .yes: return .unknown("webhook \(webhook.name) decides")
      case .unknown(let reason): return .unknown("webhook \(webhook.name): \(reason)")
      case .refused: continue
      }
    }
    return .admitted
  }
}
