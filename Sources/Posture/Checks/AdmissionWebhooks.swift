import Bytes
import Findings
import Kube

/// What the checks of admission webhooks have in common.
enum AdmissionWebhooks {
  static let kinds: [GroupKind] = [
    GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
  ]

  /// Fails for the webhooks of a configuration for which the closure returns true.
  ///
  /// - Parameters:
  ///   - keys: path to the field that the evidence points at.
  ///   - words: what such a webhook does; follows its name in the message.
  ///   - value: what the fix sets the field to; nil where no edit resolves it.
  static func failing(
    _ object: KubeObject, at keys: [String], _ words: String, setting value: Edit.Value? = nil,
    where isBad: (DocumentNode) -> Bool
  ) -> Outcome {
    let bad = (object.root["webhooks"]?.elements ?? []).enumerated().filter { isBad($0.element) }
    return .failing(
      on: bad.map { Evidence(in: $0.element, path: "webhooks[\($0.offset)]", keys) },
      "\(listed("webhook", bad.map { $0.element["name"]?.text ?? "" })) \(words)",
      fix: value.map { value in
        Fix(bad.map { Edit("webhooks[\($0.offset)].\(keys.joined(separator: "."))", .set(value)) })
      })
  }
}
