package import Bytes
package import Kube

/// What puts a policy in force: a ValidatingAdmissionPolicyBinding or MutatingAdmissionPolicyBinding.
package struct PolicyBinding: Sendable {
  package enum Action: String, Sendable, Hashable {
    case deny = "Deny"
    case warn = "Warn"
    case audit = "Audit"
  }

  package struct ParamReference: Sendable {
    package let name: String
    package let namespace: String
    package let selector: MatchResources.Selector?
    package let deniesWithout: Bool
  }

  package let name: String
  package let policyName: String
  package let object: KubeObject?
  /// Nil where it takes what the policy takes.
  package let match: MatchResources?
  package let actions: [Action]
  package let params: ParamReference?

  package init(_ object: KubeObject) { self.init(object.root, object) }

  package init(_ node: DocumentNode, _ object: KubeObject? = nil) {
    let newest =
      ServerObject.decoded(node).flatMap { Conversion.convert($0, to: "admissionregistration.k8s.io/v1") } ?? node
    self.object = object
    name = newest.metadataName
    let spec = newest["spec"] ?? [:]
    policyName = spec["policyName"]?.string ?? ""
    match = spec["matchResources"].map { MatchResources($0) }
    actions = (spec["validationActions"]?.strings ?? []).compactMap(Action.init)
    params = spec["paramRef"].map { reference in
      ParamReference(
        name: reference["name"]?.string ?? "", namespace: reference["namespace"]?.string ?? "",
        selector: reference["selector"].map { node in
          do throws(LabelSelector.Invalid) {
            return .success(try LabelSelector(node))
          } catch {
            return .failure(error)
          }
        }, deniesWithout: reference["parameterNotFoundAction"]?.string == "Deny")
    }
  }
}
