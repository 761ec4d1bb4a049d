package import Bytes
package import Kube

/// What puts a policy in force: a ValidatingAdmissionPolicyBinding or MutatingAdmissionPolicyBinding.
package struct PolicyBinding: Sendable {
  /// An entry of `validationActions`: what happens to a request that the policy does not accept.
  package enum Action: String, Sendable, Hashable {
    case deny = "Deny"
    case warn = "Warn"
    case audit = "Audit"
  }

  /// `spec.paramRef`. `name` and `selector` exclude each other; the empty namespace is the request's own.
  /// `deniesWithout` is `parameterNotFoundAction: Deny`.
  package struct ParamReference: Sendable {
    package let name: String
    package let namespace: String
    package let selector: MatchResources.Selector?
    package let deniesWithout: Bool
  }

  package let name: String
  package let policyName: String
  /// Nil for a binding that was not read from a snapshot.
  package let object: KubeObject?
  /// Whether no object stands behind it.
  package let isImplied: Bool
  /// Nil where it takes what the policy takes.
  package let match: MatchResources?
  /// `validationActions`; empty for a binding of a mutating policy.
  package private(set) var actions: [Action]
  /// Nil where the binding has no `paramRef`.
  package let params: ParamReference?

  package init(_ object: KubeObject) { self.init(object.root, object) }

  func with(actions: [Action]) -> PolicyBinding {
    var other = self
    other.actions = actions
    return other
  }

  /// A binding that no object is: everything that the policy takes.
  package init(name: String, policyName: String, actions: [Action]) {
    self.name = name
    self.policyName = policyName
    self.actions = actions
    isImplied = true
    object = nil
    match = nil
    params = nil
  }

  package init(_ node: DocumentNode, _ object: KubeObject? = nil) {
    let newest =
      ServerObject.decoded(node).flatMap { Conversion.convert($0, to: "admissionregistration.k8s.io/v1") } ?? node
    self.object = object
    isImplied = false
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
