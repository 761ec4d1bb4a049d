package import Bytes
import Kube
package import Validation

extension CustomResourceDefinitionLint {
  /// What the server answers to the definition; nil for what is no definition of custom resources.
  package static func check(_ root: DocumentNode) -> PolicyLint.Outcome? {
    guard let errors = errors(root) else { return nil }
    var outcome = PolicyLint.Outcome(errors: errors, refusal: nil, object: root)
    guard !errors.isEmpty else { return outcome }
    outcome.refusal = AdmissionRefusal(
      .invalid,
      "CustomResourceDefinition.apiextensions.k8s.io \"\(root.metadataName)\" is invalid: "
        + FieldError.aggregate(errors),
      causes: errors.map { .init(reason: $0.kind.rawValue, message: $0.body, field: $0.path ?? "<nil>") })
    return outcome
  }
}
