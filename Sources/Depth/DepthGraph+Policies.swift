import Access
import Findings
import Kube

/// Steps of those who may do away with the policies that stand in their way.
extension DepthGraph {
  /// - Parameter snapshot: the cluster as it is; that of a part may be of one before a change that the part is not about.
  /// - Returns: nothing where nobody holds such a right, or no policy guards anything.
  static func policySteps(_ access: AccessPart, _ network: NetworkPart, _ snapshot: ClusterSnapshot) -> StepTable {
    var steps = StepTable()
    let guarded = network.guards.filter { $0.value.contains { $0.isGuarded } }
    guard !network.guards.values.allSatisfy({ $0.allSatisfy { !$0.isGuarded && !$0.isClosedOut } }) else {
      return steps
    }
    let rights = PolicyRights(access.profile, snapshot)
    guard !rights.bindings.isEmpty else { return steps }
    let inventory = access.inventory
    let byNamespace = Dictionary(grouping: guarded.keys, by: { $0.namespace ?? "default" })
    var opened = Set<DepthPosition.Transit>()
    /// The bindings by which something falls.
    var removers = Set<Int>()
    for binding in rights.bindings {
      let places = inventory.bindings[binding].namespace.map { [$0] } ?? byNamespace.keys.sorted()
      for namespace in places where byNamespace[namespace] != nil {
        let (byNetwork, byMesh) = (
          rights.verdict(binding, namespace, .network), rights.verdict(binding, namespace, .mesh)
        )
        for level in [PolicyRights.Verdict.certain, .possible] {
          let layers = [(PolicyRights.Layer.network, byNetwork), (.mesh, byMesh)].filter { $0.1 >= level }.map(\.0)
          guard !layers.isEmpty, level == .certain || [byNetwork, byMesh].contains(.possible) else { continue }
          let place = DepthPosition.Transit.unguarded(
            namespace: namespace, network: layers.contains(.network), mesh: layers.contains(.mesh))
          removers.insert(binding)
          opened.insert(place)
          steps.add(
            .transit(.remover(binding: binding)), .transit(place), .passes, [], .transit,
            doubt: level == .certain ? nil : .policyRights)
        }
      }
    }
    for case .unguarded(let namespace, let network_, let mesh) in opened.sorted(by: { "\($0)" < "\($1)" }) {
      let place = DepthPosition.transit(.unguarded(namespace: namespace, network: network_, mesh: mesh))
      for subject in (byNamespace[namespace] ?? []).sorted() {
        for guards in Set(network.guards[subject] ?? []).sorted() {
          var controls = network.application(subject)
          if guards.byNetwork, !network_ { controls.append(StandingControl(.ingressPolicy, at: .object(subject))) }
          if guards.byMesh, !mesh { controls.append(StandingControl(.meshPolicy, at: .object(subject))) }
          steps.add(place, .pod(subject), .exploitsApplication, controls, .transit)
        }
      }
    }
    // Somebody who is in no pod has to reach one first.
    for binding in removers.sorted() {
      for subject in Set(inventory.bindings[binding].subjects).sorted() where subject != .group("system:masters") {
        steps.add(
          .subject(subject), .transit(.remover(binding: binding)), .removesPolicies, [],
          .removal(binding: binding), doubt: .podRoutes)
      }
    }
    addPods(access, network, rights, removers, to: &steps)
    return steps
  }

  /// Pods whose account holds the right: they are in the network already.
  private static func addPods(
    _ access: AccessPart, _ network: NetworkPart, _ rights: PolicyRights, _ removers: Set<Int>,
    to steps: inout StepTable
  ) {
    let inventory = access.inventory
    let wanted = Set(rights.bindings)
    for (index, workload) in access.workloads.all.enumerated() where access.tokens.hasToken(workload) {
      let subject = access.workloads.subjects[index]
      let own = workload.object.effectiveNamespace
      let account = AccessSubject.serviceAccount(namespace: own, name: workload.template.serviceAccountName)
      let held = Set(
        inventory.identity(of: account).subjects.flatMap { inventory.bindings(of: $0) }.filter(wanted.contains))
      guard !held.isEmpty else { continue }
      let isClosedOut = (network.guards[subject] ?? []).contains { $0.isClosedOut }
      let verdicts = held.map { ($0, rights.verdict($0, own, .network)) }
      let best = verdicts.max { ($0.1, -$0.0) < ($1.1, -$1.0) }
      let opensOwn = best?.1 ?? .no
      let out = isClosedOut && opensOwn == .no ? [StandingControl(.egressPolicy, at: .object(subject))] : []
      for binding in held.sorted() where removers.contains(binding) {
        steps.add(
          .pod(subject), .transit(.remover(binding: binding)), .removesPolicies, out, .removal(binding: binding),
          doubt: isClosedOut && opensOwn == .possible ? .policyRights : nil)
      }
      guard isClosedOut, opensOwn != .no, let best else { continue }
      for guards in Set(network.guards[subject] ?? []).sorted() where guards.isClosedOut {
        steps.add(
          .pod(subject), .transit(.sending(guards.number)), .removesPolicies, [], .removal(binding: best.0),
          doubt: opensOwn == .certain ? nil : .policyRights)
      }
    }
  }

  /// The request by which the policies in the way of a connection fall.
  func removalProof(_ from: DepthPosition, _ to: DepthPosition, _ run: [Int]) -> StepProof {
    let holder: AccessSubject
    var place: String
    switch from {
    case .rights(.subject(let subject)):
      holder = subject
      place = ""
    case .pod(let pod):
      guard let index = access.workloads.numbers[pod]?.first(where: { tokens.hasToken(workloads[$0]) }) else {
        return .member
      }
      place = workloads[index].object.effectiveNamespace
      holder = .serviceAccount(namespace: place, name: workloads[index].template.serviceAccountName)
    default: return .member
    }
    for edge in run {
      if case .transit(.unguarded(let namespace, _, _)) = positions[Int(edges[edge].to)] { place = namespace }
    }
    let authorizer = Authorizer(input.inventory)
    let requests = PolicyRights(profile, input.inventory.snapshot).requests(input.inventory.identity(of: holder), place)
    return .accessReviews([requests.first { authorizer.decide($0).isAllowed }].compactMap { $0 })
  }
}
