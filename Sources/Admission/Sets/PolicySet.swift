import Bytes
package import Findings
package import Kube
import Validation

/// Policies and what puts them in force, out of objects that somebody gave: what the server would take of them, and what it would
/// not.
package struct PolicySet: Sendable {
  /// What becomes of a policy that no binding names.
  package enum Unbound: Sendable {
    /// As in the server: nothing.
    case isNotInForce
    /// It judges everything that its rules match, and denies; for who tries a policy before there is a binding.
    case deniesEverywhere
  }

  /// An object that the server would refuse when it is made.
  package struct Refused: Sendable {
    package let object: KubeObject
    package let refusal: AdmissionRefusal
  }

  /// A policy of another tool that has no equal here, or a binding whose policy was not given: what it says is not known.
  package struct Untranslated: Sendable {
    package let object: KubeObject
    package let reason: String
  }

  /// A field of a policy or binding that the server drops, since its type has none of the name: it has no effect.
  package struct DroppedField: Sendable {
    package let location: Location
    package let path: String
  }

  package let validating: ValidatingPolicies
  package let mutating: MutatingPolicies
  package let refused: [Refused]
  /// Policies that no binding names.
  package let unbound: [KubeObject]
  /// Bindings of policies that are not here.
  package let dangling: [KubeObject]
  package let untranslated: [Untranslated]
  /// Objects of the same kind and name as a later one, which counts.
  package let overridden: [KubeObject]
  package let dropped: [DroppedField]
  /// Policies of other engines of which something is judged by: their expressions are the server's language, their engine is not.
  package let translated: [KubeObject]
  /// Policies and bindings of a version that a server serves only where it is told to, with what to tell it.
  package let provisional: [Untranslated]
  /// How many policies there are, refused ones left out.
  package let count: Int
  /// Whether anything among the objects is a policy, understood or not.
  package var holdsAny: Bool { count > 0 || !refused.isEmpty || !untranslated.isEmpty }
  /// What no request is judged by, since the server would refuse it or nothing is known of it.
  package let notJudged: [PolicyReport.NotEvaluated]
  /// Where each policy stands, by kind and name.
  private let sources: [GroupKind: [String: KubeObject]]

  package static let group = "admissionregistration.k8s.io"

  package static func isPolicyObject(_ kind: GroupKind) -> Bool {
    [
      "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy",
      "MutatingAdmissionPolicyBinding",
    ].contains(kind.kind) && kind.group == group
  }

  /// Whether objects of a kind are judged by policies: policies are not, nor are files of our own, which no server stores.
  package static func judges(_ kind: GroupKind) -> Bool { !isPolicyObject(kind) && kind.group != "bartizan.dev" }

  /// - Parameters:
  ///   - objects: of any kind; others than policies and bindings are passed over.
  ///   - isCluster: whether the objects are all of a cluster, in which a binding without its policy does nothing.
  ///   - modes: what is done about violations instead of what bindings say, by name of the policy; one that has a mode and no
  ///     binding is in force everywhere.
  package init(
    _ objects: [KubeObject], unbound: Unbound = .isNotInForce, isCluster: Bool = false,
    modes: [String: PolicyMode] = [:]
  ) {
    var refused: [Refused] = []
    var untranslated: [Untranslated] = []
    var overridden: [KubeObject] = []
    var kept: [GroupKind: [String: KubeObject]] = [:]
    var dropped: [DroppedField] = []
    var ready: [String: ValidatingPolicy] = [:]
    let translation = ForeignPolicies.translated(objects)
    untranslated += translation.untranslated
    let foreign = ForeignRefusals(translation.objects)
    untranslated += foreign.untranslated
    let own = objects.filter { Self.isPolicyObject($0.groupKind) }.map { (object: $0, isNew: $0.uid == nil) }
    for (object, isNew) in own + foreign.taken.map({ (object: $0.object, isNew: false) }) {
      // What a server has stored it took once: it is asked no more, and fails on requests where an expression is none any more.
      var policy: ValidatingPolicy?
      if object.groupKind == GroupKind(Self.group, "ValidatingAdmissionPolicy") { policy = ValidatingPolicy(object) }
      if isNew, let refusal = PolicyLint.check(object.root, compiled: policy)?.refusal {
        refused.append(Refused(object: object, refusal: refusal))
        continue
      }
      for fault in isNew ? ObjectValidator.decodingFaults(object) : [] where fault.kind == .unknownField {
        dropped.append(
          DroppedField(
            location: Location(file: object.location.file, line: Int(fault.line), column: Int(fault.column)),
            path: fault.path))
      }
      if let policy { ready[object.name] = policy }
      if let earlier = kept[object.groupKind]?.updateValue(object, forKey: object.name) {
        overridden.append(earlier)
      } else if kept[object.groupKind] == nil {
        kept[object.groupKind] = [object.name: object]
      }
    }
    func all(_ kind: String) -> [KubeObject] {
      (kept[GroupKind(Self.group, kind)] ?? [:]).values.sorted { $0.name < $1.name }
    }
    var validatingBindings = all("ValidatingAdmissionPolicyBinding").map { PolicyBinding($0) }
    var mutatingBindings = all("MutatingAdmissionPolicyBinding").map { PolicyBinding($0) }
    let validatingPolicies = all("ValidatingAdmissionPolicy").map { ready[$0.name] ?? ValidatingPolicy($0) }
    let mutatingPolicies = all("MutatingAdmissionPolicy").map { MutatingPolicy($0) }
    var withoutBinding: [KubeObject] = []
    var dangling: [KubeObject] = []
    func sort(_ kind: String, _ bindings: inout [PolicyBinding]) {
      let policies = all(kind)
      let bound = Set(bindings.map(\.policyName))
      bindings = bindings.compactMap { binding in
        guard let mode = modes[binding.policyName] else { return binding }
        return mode.actions.map { binding.actions.isEmpty ? binding : binding.with(actions: $0) }
      }
      let own = policies.filter { !bound.contains($0.name) }
      bindings += own.compactMap { policy in
        modes[policy.name]?.actions.map { PolicyBinding(name: "", policyName: policy.name, actions: $0) }
      }
      let loose = own.filter { modes[$0.name] == nil }
      // A policy that is refused is here, and told of as refused.
      let names = Set((policies + refused.map(\.object).filter { $0.kind == kind }).map(\.name))
      dangling += bindings.filter { !names.contains($0.policyName) }.compactMap(\.object)
      withoutBinding += loose
      if unbound == .deniesEverywhere { bindings += loose.map { PolicyBinding(impliedFor: $0.name) } }
    }
    sort("ValidatingAdmissionPolicy", &validatingBindings)
    sort("MutatingAdmissionPolicy", &mutatingBindings)
    if !isCluster {
      untranslated += dangling.map {
        Untranslated(
          object: $0, reason: "its policy \"\($0.spec?["policyName"]?.string ?? "")\" is not in the input")
      }
    }
    validating = ValidatingPolicies(validatingPolicies, validatingBindings)
    mutating = MutatingPolicies(mutatingPolicies, mutatingBindings)
    count = validatingPolicies.count + mutatingPolicies.count
    sources = kept
    self.refused = refused
    self.unbound = withoutBinding
    self.dangling = dangling
    self.untranslated = untranslated
    self.overridden = overridden
    self.dropped = dropped
    translated = foreign.sources
    provisional = (kept.values.flatMap(\.values) + refused.map(\.object)).sorted { $0.location < $1.location }
      .compactMap { object in PolicyVersions.remark(object).map { Untranslated(object: object, reason: $0) } }
    notJudged =
      refused.map {
        .init(policy: $0.object.name, binding: nil, reason: "the server would refuse it: \($0.refusal.message)")
      } + untranslated.map { .init(policy: $0.object.name, binding: nil, reason: $0.reason) }
  }

  /// The object that a validating policy was read from.
  package func source(validating name: String) -> KubeObject? {
    sources[GroupKind(Self.group, "ValidatingAdmissionPolicy")]?[name]
  }

  /// Names of all policies, also of those that are not judged by.
  package var names: [String] {
    (sources.values.flatMap(\.keys) + refused.map(\.object.name) + untranslated.map(\.object.name)).sorted()
  }

  /// Whether some policy's rules are about a request, whatever its object holds.
  package func concerns(_ request: AdmissionRequest, _ resources: ResourceTable) -> Bool {
    let forms = forms(of: request, resources)
    let matches = validating.hooks.compactMap(\.policy.match) + mutating.hooks.compactMap(\.policy.match)
    return matches.contains { match in
      match.rules.contains { rule in forms.contains { rule.matches($0, request) } && rule.allowsName(request.name) }
    }
  }

  /// What happens to a request that a policy could not be asked about: nothing where the policy's failures are passed over, else
  /// what its bindings do.
  ///
  /// - Parameter binding: nil where it is all of them.
  package func actions(onFailureOf policy: String, binding: String?) -> Set<PolicyBinding.Action> {
    for hook in validating.hooks where hook.policy.name == policy && !hook.policy.ignoresFailures {
      return Set(hook.bindings.filter { binding == nil || $0.name == binding }.flatMap(\.actions))
    }
    for hook in mutating.hooks where hook.policy.name == policy && !hook.policy.ignoresFailures { return [.deny] }
    return []
  }

  /// Names of policies whose rules are about a request, and that deny what they could not be asked about.
  func failingClosed(
    on request: AdmissionRequest, _ phase: PolicyJudge.Phase, _ resources: ResourceTable
  ) -> [String] {
    let forms = forms(of: request, resources)
    func isConcerned(_ match: MatchResources?) -> Bool {
      match.map { match in
        match.rules.contains { rule in forms.contains { rule.matches($0, request) } && rule.allowsName(request.name) }
      } ?? false
    }
    var names: [String] = []
    if phase != .validation {
      names += mutating.hooks.filter { !$0.policy.ignoresFailures && isConcerned($0.policy.match) }.map(\.policy.name)
    }
    if phase != .mutation {
      names += validating.hooks.filter { hook in
        !hook.policy.ignoresFailures && hook.bindings.contains { $0.actions.contains(.deny) }
          && isConcerned(hook.policy.match)
      }.map(\.policy.name)
    }
    return names
  }

  private func forms(of request: AdmissionRequest, _ resources: ResourceTable) -> [AdmissionRequest.Resource] {
    [request.resource]
      + resources.equivalents(of: request.resource, subresource: request.subresource).map {
        AdmissionRequest.Resource(group: $0.group, version: $0.version, resource: $0.resource)
      }
  }

  /// Groups of the API that some policy's rules are about; nil when one is about all of them.
  package var groups: Set<String>? {
    var groups = Set<String>()
    for match in validating.hooks.compactMap(\.policy.match) + mutating.hooks.compactMap(\.policy.match) {
      for rule in match.rules { groups.formUnion(rule.groups) }
    }
    return groups.contains("*") ? nil : groups
  }
}

extension PolicyBinding {
  /// The binding of a policy that has none: everything that the policy takes, denied.
  init(impliedFor policy: String) {
    self.init(name: "", policyName: policy, actions: [.deny])
  }
}
