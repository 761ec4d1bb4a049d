package import Access
import Findings
package import Kube
import PodSecurity
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
    case systemPods
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
      case .systemPods: "the system pods are not in the input"
      case .admission(let reason): reason
      }
    }
  }

  /// What a step was made from; `proof` makes the question of it that can be asked again.
  enum Evidence: Sendable {
    case escalation(Int)
    case guarded(Int, namespace: String?)
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
  package internal(set) var positions: [DepthPosition] = []
  package internal(set) var controls: [StandingControl] = []
  var edges: [Edge] = []
  var places: [DepthPosition: Int] = [:]
  var controlNumbers: [StandingControl: Int32] = [:]
  let profile: AccessProfile
  let escalation: EscalationGraph
  /// By the number of an edge of the escalation graph.
  let escalationSteps: [EscalationGraph.Step]
  let exposure: Exposure
  let workloads: [Workload]
  let subjects: [Subject]
  let tokens: TokenMounts
  let workloadNumbers: [Subject: [Int]]
  var confinements: [PodConfinement] = []
  /// Identities and Secrets that have their places already.
  var identities = Set<AccessSubject>()
  var secrets = Set<DepthPosition>()
  var secretNamespaces: Set<String>
  let knownMembers: Set<AccessSubject>
  /// By workload: endpoints of its pods.
  var endpoints: [Subject: [EndpointID]] = [:]

  /// Ends of the parts that it was built of, in order.
  var ends: [Part: Extent] = [:]
  /// By workload: what its template alone says.
  let facts: [WorkloadFacts]
  /// By account: whether it may read logs of pods, of those whose pods carry a token.
  var logReaders: [AccessSubject: Bool] = [:]
  /// Names of pods to which rights are restricted, by namespace.
  var podNames: [String: Set<String>] = [:]

  package init(_ input: Input) { self.init(input, keeping: .nothing, of: nil) }

  /// The graph of a cluster in which some objects are others than in that of another graph: the same as without it, and sooner.
  ///
  /// - Parameter keeping: what `kept(of:in:changed:names:)` found.
  package init(_ input: Input, keeping kept: Kept, of old: DepthGraph?) {
    self.input = input
    let snapshot = input.inventory.snapshot
    let known = kept == .nothing ? nil : old
    workloads = snapshot.workloads
    subjects = workloads.map { snapshot.workload(of: $0.object) }
    tokens = TokenMounts(snapshot)
    workloadNumbers = Dictionary(grouping: subjects.indices, by: { [subjects] in subjects[$0] })
    knownMembers = Set(input.inventory.allSubjects)
    for id in input.reach.cluster.endpointIDs {
      endpoints[input.reach.cluster[id].workload, default: []].append(id)
    }
    if let known, case .allBut = kept {
      facts = known.facts
    } else {
      facts = WorkloadFacts.all(workloads, ClaimedVolumes(snapshot), known: known, kept)
    }
    if let known, kept == .allBut(.network) {
      profile = known.profile
      escalation = known.escalation
      escalationSteps = known.escalationSteps
      exposure = Exposure(input.reach)
      secretNamespaces = []
      take(known, upTo: .nodes)
    } else {
      profile = AccessProfile(input.inventory)
      escalation = EscalationGraph(
        profile, namespaces: Set(workloads.map { $0.object.effectiveNamespace }), escapes: facts.map(\.escapes))
      escalationSteps = escalation.steps
      // Their Secrets are among all in the escalation graph.
      secretNamespaces = Set(escalation.namespaces)
      exposure = known.flatMap { kept == .allBut(.access) ? $0.exposure : nil } ?? Exposure(input.reach)
      addAccess()
      end(.access)
      podNames = namedPods()
      logReaders = readersOfLogs()
      addPodPlaces()
      end(.podPlaces)
      if let known, kept == .allBut(.access) {
        if known.logReaders == logReaders, known.podNames == podNames {
          confinements = known.confinements
          append(known, .pods)
        } else {
          addPods()
          end(.pods)
        }
        append(known, .nodes)
      } else {
        addPods()
        end(.pods)
        addNodes()
        end(.nodes)
      }
    }
    if let known, kept == .allBut(.access) {
      append(known, .network)
    } else {
      let layers = LayeredReach(input.reach)
      addNetwork(layers)
      addEntryPoints(layers)
      end(.network)
    }
    // Somebody may be asked for although no grant of the input names him.
    for case .subject(let subject) in input.names { addIdentity(subject) }
  }

  /// Whether the input holds nothing that runs: what leads through pods is not known then.
  package var hasNoPods: Bool { workloads.isEmpty }

  /// Images of all containers.
  package var images: Set<String> { Set(workloads.flatMap(\.containers).compactMap(\.image)) }

  // MARK: Building

  mutating func place(_ position: DepthPosition) -> Int {
    if let known = places[position] { return known }
    let number = positions.count
    places[position] = number
    positions.append(position)
    return number
  }

  mutating func control(_ control: StandingControl) -> Int32 {
    if let known = controlNumbers[control] { return known }
    let number = Int32(controls.count)
    controlNumbers[control] = number
    controls.append(control)
    return number
  }

  mutating func add(
    _ from: DepthPosition, _ to: DepthPosition, _ technique: Technique, _ standing: [StandingControl] = [],
    _ evidence: Evidence, doubt: Doubt? = nil
  ) {
    let numbers = standing.map { control($0) }
    edges.append(
      Edge(
        from: Int32(place(from)), to: Int32(place(to)), technique: technique, controls: numbers, evidence: evidence,
        doubt: doubt))
  }

  // MARK: Names

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

  package func answer(_ field: DepthField, _ target: DepthPosition) -> DepthField.Answer {
    guard let number = places[target] else { return DepthField.Answer.none }
    let depth = field.possible.depth(of: number)
    return DepthField.Answer(depth: depth, certain: field.certain.map { $0.depth(of: number) } ?? depth)
  }
}
