package import Access
import Findings
package import Kube
package import Reach

/// Where an attacker may be, and each step from one place to the next, with the controls that have to fail for it.
///
/// It takes the escalation graph in as it is, and puts networks, pods, nodes, images and clouds around it. Places are classes, so
/// that the graph grows with workloads, subjects and grants, and not with pairs of them.
package struct DepthGraph: Sendable {
  /// What is asked about a cluster.
  package struct Input: Sendable {
    package let inventory: AccessInventory
    package let reach: ReachModel
    /// Nil where no policy of the cluster stands in the way of pods.
    package var admission: (any AdmissionVerdicts)?
    /// Images whose application protects nothing, each with the reason: an exploited or critical vulnerability.
    package var brokenImages: [String: String] = [:]
    /// Positions that are asked for although nothing of the input may lead to or from them.
    package var names: [DepthName] = []

    package init(_ inventory: AccessInventory, _ reach: ReachModel) {
      self.inventory = inventory
      self.reach = reach
    }
  }

  /// Why a step may not exist although it is in the graph: the input does not tell. Such steps make a depth a lower bound.
  package enum Doubt: Sendable, Hashable {
    /// On which node a workload's pods are.
    case placement
    /// Which nodes are of the control plane.
    case controlPlane
    /// Whether the internet reaches the API server.
    case apiServerAddress
    /// Whether the internet reaches addresses of nodes.
    case nodeAddress
    /// Whether what a pod's egress policies let out is the API server.
    case apiServerEgress
    /// Whether the nodes' network reaches addresses of pods.
    case podRoutes
    case policies([NotSeen])
    case namespaceLabels(NotSeen)
    /// What a rule of a policy or a route rests on.
    case entryPoint
    /// Which controller serves an Ingress, and so whether it knows its annotations.
    case ingressController
    case systemPods
    /// What people who work on a node keep there.
    case filesOfPeople
    /// What a role grants that a binding names and the input does not hold.
    case unknownRole(String)
    /// Whether the policies that somebody may change are all that stand in the way.
    case policyRights
    case admission(String)

    package var text: String {
      switch self {
      case .placement: "on which node the pod runs is not in the input"
      case .controlPlane: "which nodes are of the control plane is not in the input"
      case .apiServerAddress: "whether the internet reaches the API server is not in the input"
      case .nodeAddress: "whether the internet reaches the nodes' addresses is not in the input"
      case .apiServerEgress: "whether the pod's egress policies let it reach the API server is not in the input"
      case .podRoutes: "whether the nodes' network routes to pods is not in the input"
      case .policies(let notSeen): notSeen.first?.reason ?? "not all policies were read"
      case .namespaceLabels(let notSeen): notSeen.reason
      case .entryPoint: "what decides is not in the input"
      case .ingressController:
        "whether the controller of the Ingress knows the annotation for authentication is not in the input"
      case .systemPods: "the system pods are not in the input"
      case .filesOfPeople: "whether somebody keeps credentials of an administrator on the node is not in the input"
      case .unknownRole(let reason): reason
      case .policyRights: "whether other policies than those that may be changed stand in the way was not looked at"
      case .admission(let reason): reason
      }
    }
  }

  /// What a step was made from; `proof` makes the question of it that can be asked again.
  enum Evidence: Sendable {
    case escalation(Int)
    case guarded(Int, namespace: String?)
    /// A binding lets one pass on connections to pods.
    case granted(binding: Int)
    /// A binding lets one do away with the policies in the way of connections.
    case removal(binding: Int)
    case member
    case transit
    case proof(StepProof)
  }

  struct Edge: Sendable {
    let from: Int32
    let to: Int32
    let technique: Technique
    let controls: [Int32]
    let evidence: Evidence
    let doubt: Doubt?
  }

  package let input: Input
  let access: AccessPart
  package let network: NetworkPart
  private var steps: StepTable

  package var positions: [DepthPosition] { steps.positions }
  package var controls: [StandingControl] { steps.controls }
  var edges: [Edge] { steps.edges }
  var places: [DepthPosition: Int] { steps.places }
  var profile: AccessProfile { access.profile }
  var escalation: EscalationGraph { access.escalation }
  /// By the number of an edge of the escalation graph.
  var escalationSteps: [EscalationGraph.Step] { access.escalationSteps }
  var exposure: Exposure { network.exposure }
  var workloads: [Workload] { access.workloads.all }
  var subjects: [Subject] { access.workloads.subjects }
  var tokens: TokenMounts { access.tokens }
  var confinements: [PodConfinement] { access.confinements }
  /// By workload: endpoints of its pods.
  var endpoints: [Subject: [EndpointID]] { network.endpoints }
  /// By workload: what its template alone says.
  var facts: [WorkloadFacts] { access.facts }

  package init(_ input: Input) { self.init(input, keeping: .nothing, of: nil) }

  /// The graph of a cluster in which some objects are others than in that of another graph: the same as without it, and sooner.
  ///
  /// - Parameter keeping: what `kept(of:in:changed:names:)` found.
  package init(_ input: Input, keeping kept: Kept, of old: DepthGraph?) {
    let access = AccessPart.changed(old?.access, input.inventory, admission: input.admission, keeping: kept)
    let broken = Set(input.brokenImages.keys)
    let network =
      old.map { old in
        NetworkPart.changed(old.network, to: input.inventory.snapshot, keeping: kept) { input.reach }
      } ?? NetworkPart(input.reach, access.workloads, brokenImages: broken)
    self.init(input, access, network)
  }

  /// Puts the parts together, which are those of the input.
  package init(_ input: Input, _ access: AccessPart, _ network: NetworkPart) {
    self.input = input
    self.access = access
    self.network = network
    var steps = access.steps
    steps.append(network.betweenPods)
    steps.append(network.fromOutside)
    // Somebody may be asked for although no grant of the input names him.
    var named = access
    named.steps = StepTable()
    for case .subject(let subject) in input.names { named.addIdentity(subject) }
    steps.append(named.steps)
    steps.append(Self.policySteps(access, network, input.inventory.snapshot))
    self.steps = steps
  }

  /// Whether the input holds nothing that runs: what leads through pods is not known then.
  package var hasNoPods: Bool { workloads.isEmpty }

  /// Kinds of routes that lead in from outside and are not read.
  package var unreadRoutes: [NotSeen] { exposure.notRead }

  /// Images of all containers.
  package var images: Set<String> { Set(workloads.flatMap(\.containers).compactMap(\.image)) }

  // MARK: Names

  static func isControlPlane(_ node: KubeObject) -> Bool {
    let labels = node.labels
    return ["node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"].contains { labels[$0] != nil }
  }

  /// The positions that a name stands for; empty where the input holds nothing of that name.
  package func positions(of name: DepthName) -> [DepthPosition] {
    switch name {
    case .internet: return [.internet]
    case .network: return [.network]
    case .clusterAdmin: return [.clusterAdmin]
    case .anyNode: return [.anyNode]
    case .node(let name): return known(.node(name))
    case .secret(let namespace, let name): return known(.rights(.secret(namespace: namespace, name: name)))
    case .subject(let subject): return known(.subject(subject))
    case .cloudIdentity(let provider, let id): return known(.cloudIdentity(provider: provider, id: id))
    case .image(let reference): return known(.image(reference))
    case .pod(let namespace, let name):
      let here = subjects.filter { $0.namespace == namespace }
      let exact = here.filter { $0.name == name }
      // A pod of a workload is named after it.
      let found = exact.isEmpty ? here.filter { name.hasPrefix($0.name + "-") } : exact
      var seen = Set<Subject>()
      return found.filter { seen.insert($0).inserted }.map { .pod($0) }
    }
  }

  /// The number by which arcs name a position; nil where the graph does not hold it.
  func place(of position: DepthPosition) -> Int? { places[position] }

  /// By number of an arc, whether the step exists for certain.
  var stepsThatExist: [Bool] { edges.map { $0.doubt == nil } }

  private func known(_ position: DepthPosition) -> [DepthPosition] { places[position] == nil ? [] : [position] }

  // MARK: Solving

  /// All steps with the numbers of their controls.
  package var arcs: [DepthSolver.Arc] {
    edges.map { DepthSolver.Arc(from: Int($0.from), to: Int($0.to), controls: $0.controls.map(Int.init)) }
  }
}

/// Depths from one position or several, with and without the steps that may not exist.
package struct DepthField: Sendable {
  let possible: DepthSolver.Solution
  let certain: DepthSolver.Solution?

  /// The depth of one position.
  package struct Answer: Sendable, Hashable {
    /// Over all steps that may exist; nil where nothing leads there.
    package let depth: DepthSolver.Depth?
    /// Over the steps that do exist, as far as the input tells; nil where none of these paths leads there.
    package let certain: DepthSolver.Depth?

    /// Nothing leads there.
    package static let none = Answer(depth: nil, certain: nil)

    /// Whether nothing that was not seen could make it other than it is.
    package var isCertain: Bool { depth == certain && depth?.isExact ?? true }
  }
}

extension DepthGraph {
  package func solver() -> DepthSolver { DepthSolver(places: positions.count, arcs) }

  package func field(from start: DepthPosition, _ solver: DepthSolver) -> DepthField? {
    field(from: [start], solver)
  }

  /// From whichever of several positions is best.
  package func field(from starts: [DepthPosition], _ solver: DepthSolver) -> DepthField? {
    let numbers = starts.compactMap { places[$0] }
    guard !numbers.isEmpty else { return nil }
    let isCertain = stepsThatExist
    let possible = solver.solve(from: numbers)
    return DepthField(
      possible: possible,
      certain: isCertain.allSatisfy { $0 } ? nil : solver.solve(from: numbers, isOpen: isCertain))
  }

  /// Whether all Secrets of a namespace can be read.
  package func readsSecrets(of namespace: String, _ field: DepthField) -> Bool {
    [namespace, nil].contains { answer(field, .rights(.secrets(namespace: $0))).depth != nil }
  }

  package func answer(_ field: DepthField, _ target: DepthPosition) -> DepthField.Answer {
    guard let number = places[target] else { return DepthField.Answer.none }
    let depth = field.possible.depth(of: number)
    return DepthField.Answer(depth: depth, certain: field.certain.map { $0.depth(of: number) } ?? depth)
  }
}
