import Bytes
package import Findings
package import Kube

/// What can talk to what under the policies of a snapshot.
package struct ReachModel: Sendable {
  /// The whole input; the cluster's own snapshot lacks what its plugin does not enforce.
  private(set) var input: ClusterSnapshot
  package private(set) var cluster: ReachCluster
  /// What is odd about the policies, as far as reading them tells.
  package let remarks: [PolicyRemark]
  package let profile: ReachProfile
  let dialects: [any PolicyDialect.Type]
  private(set) var program: PolicyProgram
  private(set) var governing: PerDirection<GoverningPolicies>
  private var compiler: PolicyCompiler
  /// Pods among which connections pass within a tunnel.
  let tunnelled: PeerSet
  private let relevance: Relevance
  /// What the source did not hand out though answers rest on it.
  package let notSeen: [NotSeen]
  /// The same of an answer about every workload.
  package let notSeenOfAll: [NotSeen]

  /// - Parameter dialects: those that are understood.
  package init(
    _ snapshot: ClusterSnapshot, profile: ReachProfile = .spec,
    dialects: [any PolicyDialect.Type] = PolicyDialects.all
  ) {
    self.init(snapshot, profile: profile, dialects: dialects, extra: [])
  }

  /// - Parameters:
  ///   - extra: pods that the input does not hold.
  ///   - namespaceLabels: of namespaces that only those are in.
  init(
    _ input: ClusterSnapshot, profile: ReachProfile, dialects: [any PolicyDialect.Type] = PolicyDialects.all,
    extra: [Endpoint], namespaceLabels: [String: [String: String]] = [:]
  ) {
    self.input = input
    notSeen = Self.notSeen(in: input)
    self.dialects = dialects
    self.profile = profile
    let enforcement = Self.enforcement(input, profile, dialects)
    let idle = enforcement.filter { $0.value == .notEnforced }.keys.sorted()
    let snapshot = idle.isEmpty ? input : input.without(idle)
    notSeenOfAll = Self.notSeen(ofAllIn: input) + ForeignPolicies.notEvaluated(in: snapshot)
    let present = dialects.filter { $0.isPresent(in: snapshot) }
    var relevance = Relevance()
    relevance.addresses = profile.ipBlockMatchesPods || profile.ipBlockOnPodsIsOpen
    for dialect in present {
      for object in dialect.kinds.flatMap(snapshot.objects) {
        relevance.gather(object.root, by: dialect.vocabulary)
      }
      dialect.gather(snapshot, profile, into: &relevance)
    }
    let isAmbient = !present.isEmpty && AmbientTunnel.isShown(in: snapshot)
    if isAmbient { relevance.mesh = true }
    if relevance.services { relevance.addServices(snapshot) }
    cluster = ReachCluster(snapshot, relevance: relevance, extra: extra, namespaceLabels: namespaceLabels)
    self.relevance = relevance
    var compiler = PolicyCompiler(cluster, profile)
    tunnelled = isAmbient ? IstioProxies(compiler).ztunnel : compiler.none
    var program = PolicyProgram(dialects.flatMap { $0.compile(&compiler) })
    program.doubt(enforcement)
    program.doubt(compiler.strange)
    self.program = program
    remarks =
      compiler.remarks + Self.ties(program, dialects) + Self.withoutPods(snapshot)
      + Self.unenforced(enforcement, input, profile)
    self.compiler = compiler
    let count = cluster.podClasses.count
    governing = PerDirection { GoverningPolicies(program, $0, podClassCount: count) }
  }

  package var problems: [Problem] { remarks.map(\.problem) }

  /// The model of a snapshot that differs from this one's in Services and routes alone.
  ///
  /// - Returns: nil where policies may rest on them: those of other dialects, blocks of addresses, and where kinds of policies were
  ///   left out because nobody enforces them.
  package func replacingEntryPoints(with snapshot: ClusterSnapshot) -> ReachModel? {
    guard !relevance.services, relevance.blocks.isEmpty, relevance.names.isEmpty, tunnelled.isEmpty,
      input.objects.count == cluster.snapshot.objects.count,
      !dialects.contains(where: { $0 != KubernetesNetworkPolicy.self && $0.isPresent(in: input) })
    else { return nil }
    var model = self
    model.input = snapshot
    model.cluster.replaceEntryPoints(with: snapshot)
    return model
  }

  /// Puts a NetworkPolicy in the place of the one with its name, or beside the others, without reading the rest again.
  ///
  /// - Returns: the pods that the old or the new one governs, and where the new one stands: its stage, and its place there;
  ///   nil, and nothing done, where the policy is refused, tells pods or addresses apart that the others do not, or is one
  ///   among policies of other dialects.
  mutating func replace(with object: KubeObject) -> (affected: [PodClassID], stage: Int, place: Int)? {
    var wanted = Relevance()
    wanted.gather(object.root, by: KubernetesNetworkPolicy.vocabulary)
    // Labels of namespaces tell no pods apart: a class is of one namespace.
    var labels = Relevance()
    for selector in KubernetesNetworkPolicy.podSelectors(object) {
      labels.gather(selector, by: KubernetesNetworkPolicy.vocabulary)
    }
    guard object.groupKind == .networkPolicy, labels.labelKeys.isSubset(of: relevance.labelKeys),
      wanted.blocks.allSatisfy(cluster.cutsAt),
      let position = program.stages.firstIndex(where: { $0.place.name == PolicyProgram.Place.networkPolicies.name }),
      program.stages[position].policies.allSatisfy({
        KubernetesNetworkPolicy.policyKinds.contains($0.object.groupKind)
      }),
      let policy = KubernetesNetworkPolicy.policy(object, &compiler)
    else { return nil }
    var affected = policy.subjects
    let index: Int
    if let known = program.stages[position].policies.firstIndex(where: {
      $0.object.name == object.name && $0.object.effectiveNamespace == object.effectiveNamespace
    }) {
      let old = program.stages[position].policies[known]
      affected.formUnion(old.subjects)
      for direction in TrafficDirection.allCases where old.rules[direction] != nil {
        governing[direction].remove(known, ofStage: position, from: old.subjects)
      }
      program.stages[position].policies[known] = policy
      index = known
    } else {
      index = program.stages[position].policies.count
      program.stages[position].policies.append(policy)
    }
    for direction in TrafficDirection.allCases where policy.rules[direction] != nil {
      governing[direction].insert(index, ofStage: position, for: policy.subjects)
    }
    return (affected.elements.compactMap(cluster.podClass), position, index)
  }

  /// Of the kinds of policies in the input.
  private static func enforcement(
    _ input: ClusterSnapshot, _ profile: ReachProfile, _ dialects: [any PolicyDialect.Type]
  ) -> [GroupKind: Enforcement] {
    guard let plugin = profile.plugin else { return [:] }
    var result: [GroupKind: Enforcement] = [:]
    for dialect in dialects {
      for kind in dialect.policyKinds where !input.objects(kind).isEmpty {
        result[kind] = dialect.enforcement(of: kind, by: plugin)
      }
    }
    return result
  }

  private static func unenforced(
    _ enforcement: [GroupKind: Enforcement], _ input: ClusterSnapshot, _ profile: ReachProfile
  ) -> [PolicyRemark] {
    enforcement.sorted { $0.key < $1.key }.flatMap { kind, enforcement -> [PolicyRemark] in
      let code: PolicyRemark.Code
      let detail: String
      switch enforcement {
      case .enforced: return []
      case .notEnforced:
        let plugin = profile.plugin.map { $0.title + ($0.version.map { " " + $0.text } ?? "") }
        code = .notEnforced
        detail =
          "\(plugin ?? "the network plugin") does not enforce \(kind.kind) of \(kind.group), so it has no effect"
      case .unknown(let fact):
        code = .maybeEnforced
        detail = "the input does not tell \(fact.text)"
      }
      return input.objects(kind).map {
        PolicyRemark(code: code, object: $0.subject, location: $0.location, detail: detail)
      }
    }
  }

  private static func ties(_ program: PolicyProgram, _ dialects: [any PolicyDialect.Type]) -> [PolicyRemark] {
    dialects.flatMap { dialect in
      let kinds = Set(dialect.policyKinds)
      return program.stages.filter { $0.policies.contains { kinds.contains($0.object.groupKind) } }
        .flatMap(dialect.ties)
    }
  }

  /// Workloads from whose templates no pod can be made.
  private static func withoutPods(_ snapshot: ClusterSnapshot) -> [PolicyRemark] {
    let kinds = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].map { GroupKind("apps", $0) }
    return (kinds + [GroupKind("", "ReplicationController"), GroupKind("batch", "Job")]).flatMap(snapshot.objects)
      .filter { $0.spec?["template"]?["spec"]?.mapping == nil }
      .map { object in
        PolicyRemark(
          code: "no-pod-template", object: object.subject, location: object.location(of: object.spec?["template"]),
          detail: "the pod template has no spec, which the API server rejects; its pods were ignored", hidesInput: true)
      }
  }
}
