import Access
import Bytes
import Findings
import Kube
import PodSecurity
import Reach

/// Paths as values: steps through the network of pods are put together, and each step gets its proof.
extension DepthGraph {
  package func path(_ numbers: [Int]) -> DepthPath {
    var steps: [DepthStep] = []
    var index = 0
    while index < numbers.count {
      var run = [numbers[index]]
      while positions[Int(edges[run[run.count - 1]].to)].isTransit, index + run.count < numbers.count {
        run.append(numbers[index + run.count])
      }
      index += run.count
      if let step = step(run) { steps.append(step) }
    }
    return DepthPath(steps)
  }

  /// The weakest path; nil where nothing leads to the target.
  package func weakestPath(_ field: DepthField, to target: DepthPosition) -> DepthPath? {
    guard let number = places[target], let depth = field.possible.depth(of: number) else { return nil }
    // Of two that are equally weak, the one that is certain.
    if let certain = field.certain, certain.depth(of: number)?.upper == depth.upper {
      return path(certain.path(to: number))
    }
    return path(field.possible.path(to: number))
  }

  /// Different paths, the weakest first: after each one its last step that something can be done about is closed.
  ///
  /// - Parameter limit: how many at most.
  package func paths(
    from start: DepthPosition, to target: DepthPosition, limit: Int, _ solver: DepthSolver
  ) -> [DepthPath] {
    guard let number = places[target], let first = places[start], first != number else { return [] }
    var closed = Set<Int>()
    var found: [DepthPath] = []
    while found.count < limit {
      let open = closed.isEmpty ? nil : edges.indices.map { !closed.contains($0) }
      let solution = solver.solve(from: first, isOpen: open)
      guard solution.depth(of: number) != nil else { break }
      let numbers = solution.path(to: number)
      let path = path(numbers)
      found.append(path)
      guard let last = path.steps.last(where: { !$0.isMembership }) ?? path.steps.last, let edge = last.edges.last
      else { break }
      // The same step by another technique is the same for the reader.
      let twins = edges.indices.filter { edges[$0].from == edges[edge].from && edges[$0].to == edges[edge].to }
      closed.formUnion(twins)
    }
    return found
  }

  /// The weakest path that takes a step of a technique, with what it says of the depth by that technique.
  ///
  /// Places are there twice, before the step and after it, and only steps of the technique lead from one side to the other.
  package func path(
    from start: DepthPosition, to target: DepthPosition, by technique: Technique
  ) -> (answer: DepthField.Answer, path: DepthPath?) {
    let none = (answer: DepthField.Answer.none, path: DepthPath?.none)
    guard let from = places[start], let to = places[target] else { return none }
    let own = edges.indices.filter { edges[$0].technique == technique }
    let all = arcs
    guard !own.isEmpty else { return none }
    let count = positions.count
    let after = all.map { DepthSolver.Arc(from: $0.from + count, to: $0.to + count, controls: $0.controls) }
    let crossings = own.map { DepthSolver.Arc(from: all[$0].from, to: all[$0].to + count, controls: all[$0].controls) }
    let solver = DepthSolver(places: count * 2, all + after + crossings)
    let possible = solver.solve(from: from)
    guard let depth = possible.depth(of: to + count) else { return none }
    let isCertain = stepsThatExist
    let certain = solver.solve(from: from, isOpen: isCertain + isCertain + own.map { isCertain[$0] })
    let answer = DepthField.Answer(depth: depth, certain: certain.depth(of: to + count))
    // Of two that are equally weak, the one that is certain.
    let best = answer.certain?.upper == depth.upper ? certain : possible
    let numbers = best.path(to: to + count).map { $0 < all.count * 2 ? $0 % all.count : own[$0 - all.count * 2] }
    return (answer, path(numbers))
  }

  /// Every single step out of a position, but for those through the network of pods.
  package func steps(from position: DepthPosition) -> [DepthStep] {
    guard let number = places[position] else { return [] }
    return edges.indices.filter {
      Int(edges[$0].from) == number && !positions[Int(edges[$0].to)].isTransit
    }.compactMap { step([$0]) }
  }

  private func step(_ run: [Int]) -> DepthStep? {
    guard let first = run.first, let last = run.last else { return nil }
    let edge = edges[first]
    let from = positions[Int(edge.from)]
    let to = positions[Int(edges[last].to)]
    var seen = Set<Int32>()
    let standing = run.flatMap { edges[$0].controls }.filter { seen.insert($0).inserted }.map { controls[Int($0)] }
    let doubt = run.lazy.compactMap { edges[$0].doubt }.first
    var technique = edge.technique
    let proof: StepProof
    var text: String?
    if run.count > 1 {
      if case .granted(let binding) = edge.evidence {
        proof = passingProof(from, to, binding)
      } else if case .escalation(let index) = edge.evidence {
        proof = self.proof(of: escalationSteps[index], namespace: workloadNamespace(to))
      } else if case .removal = edge.evidence {
        proof = removalProof(from, to, run)
      } else {
        technique = .exploitsApplication
        proof = connectionProof(from, to, run) ?? .inherent(.routedPods)
      }
    } else {
      switch edge.evidence {
      case .proof(let known): proof = known
      case .member, .transit, .granted, .removal: proof = .member
      case .escalation(let index):
        let step = escalationSteps[index]
        text = step.text
        proof = self.proof(of: step)
      case .guarded(let index, let namespace):
        proof = self.proof(of: escalationSteps[index], namespace: namespace)
      }
    }
    return DepthStep(
      from: from, to: to, technique: technique, controls: standing, proof: proof, doubt: doubt,
      text: text ?? self.text(technique, proof), edges: run)
  }

  /// Where something is done; nil for what is in no namespace.
  private func workloadNamespace(_ position: DepthPosition) -> String? {
    if case .pod(let subject) = position { subject.namespace } else { nil }
  }

  private func text(_ technique: Technique, _ proof: StepProof) -> String {
    switch proof {
    case .entryPoint(let index): "\(technique.phrase), through \(exposure.entryPoints[index].via.text)"
    case .connection(_, let to, let transport, let port, _):
      "connects to \(input.reach.cluster[to].workload.text) on \(transport.name) \(port) and exploits the application"
    case .escape(let workload, let id):
      confinements[workload].openings.first { $0.match.escape.id == id }.map { "\(technique.phrase): \($0.match.text)" }
        ?? technique.phrase
    case .token(let workload): "uses the token of \(subjects[workload].text)"
    case .givenSecret(let workload, let name): "reads Secret \(name), which \(subjects[workload].text) is given"
    case .cloudIdentity(_, let id): "\(technique.phrase) (\(id))"
    default: technique.phrase
    }
  }

  // MARK: Connections

  private func connectionProof(_ from: DepthPosition, _ to: DepthPosition, _ run: [Int]) -> StepProof? {
    guard case .pod(let source) = from, case .pod(let destination) = to else { return nil }
    var out: Int?
    var into: Int?
    for edge in run {
      switch positions[Int(edges[edge].to)] {
      case .transit(.sending(let id)), .transit(.allowedOut(let id)): out = out ?? id
      case .transit(.arriving(let id)), .transit(.admitted(let id)), .transit(.admittedByNetwork(let id)),
        .transit(.admittedByMesh(let id)):
        into = id
      default: break
      }
    }
    let cluster = input.reach.cluster
    guard let a = endpoints[source]?.first(where: { cluster[$0].podClass.index == out }),
      let b = endpoints[destination]?.first(where: { cluster[$0].podClass.index == into })
    else { return nil }
    let declared = Self.ports(cluster[b].declaredPorts)
    for (transport, port) in declared where input.reach.isAllowed(a, b, transport, port) {
      return .connection(from: a, to: b, transport, port: port, isAllowed: true)
    }
    let table = PodClassReach(input.reach)
    for (transport, port) in Self.ports(table.connections(cluster[a].podClass, cluster[b].podClass))
    where input.reach.isAllowed(a, b, transport, port) {
      return .connection(from: a, to: b, transport, port: port, isAllowed: true)
    }
    let (transport, port) = declared.first ?? (.tcp, 443)
    return .connection(from: a, to: b, transport, port: port, isAllowed: input.reach.isAllowed(a, b, transport, port))
  }

  /// The first port of each interval.
  private static func ports(_ set: ConnectionSet) -> [(ConnectionSet.TransportProtocol, UInt16)] {
    ConnectionSet.TransportProtocol.allCases.flatMap { transport in
      set.ports(transport).compactMap { interval in UInt16(exactly: interval.lowerBound).map { (transport, $0) } }
    }
  }

  // MARK: Rights

  /// The request by which the API server is asked to pass something on to a pod.
  private func passingProof(_ from: DepthPosition, _ to: DepthPosition, _ binding: Int) -> StepProof {
    guard case .rights(.subject(let subject)) = from, case .pod(let pod) = to else { return .member }
    let identity = input.inventory.identity(of: subject)
    let authorizer = Authorizer(input.inventory)
    let names = [""] + PassedByName.names(NamedRights(input.inventory, [binding])).prefix(200)
    let requests = AccessCapability.portForward.questions.lazy.flatMap { question in
      names.lazy.map { name in
        let parts = question.resource.split(separator: "/", maxSplits: 1).map(String.init)
        return AccessRequest(
          identity: identity, verb: question.verb,
          target: .resource(
            .init(
              group: question.group, resource: parts[0], subresource: parts.count > 1 ? parts[1] : "",
              namespace: pod.namespace ?? "default", name: name)))
      }
    }
    return .accessReviews([requests.first { authorizer.decide($0).isAllowed }].compactMap { $0 })
  }

  /// The requests by which a step of the escalation graph can be asked for again.
  func proof(of step: EscalationGraph.Step, namespace: String? = nil) -> StepProof {
    if case .tokenSecret(let name) = step.means, case .secret(let place, _) = step.from {
      return .tokenSecret(namespace: place, name: name)
    }
    switch step.technique {
    case .isMember, .areMembers:
      if case .subject(let member) = step.from, case .subject(.group(let group)) = step.to {
        return .group(member, group)
      }
      return .member
    case .isSuperuser: return .inherent(.mastersBypass)
    case .actsAsControlPlane: return .inherent(.controlPlaneAccounts)
    case .escapesFromSystemPod: return .inherent(.systemPods)
    default: break
    }
    if step.from == .clusterAdmin { return .inherent(.adminOwnsAll) }
    if step.from == .node { return .inherent(.nodeOwnsPods) }
    switch step.from {
    case .subject(let subject):
      let identity = input.inventory.identity(of: subject)
      let authorizer = Authorizer(input.inventory)
      let requests = requests(for: step, identity, namespace) { authorizer.decide($0).isAllowed }
      return .accessReviews(requests)
    case .role(let kind, let name, let place):
      let rules = roleRules(kind, name, place)
      let requests = requests(for: step, Identity(user: "", groups: []), namespace) { request in
        rules.contains { $0.allows(request) }
      }
      return .roleAllows(kind: kind, name: name, namespace: place, requests)
    case .delegate(let subject, let mode, _):
      let identity = input.inventory.identity(of: subject)
      let authorizer = Authorizer(input.inventory)
      func delegated(_ request: AccessRequest) -> AccessRequest {
        AccessRequest(identity: identity, verb: mode.verb(for: request.verb), target: request.target)
      }
      let requests = requests(for: step, identity, namespace) { authorizer.decide(delegated($0)).isAllowed }
      return .accessReviews(requests.map(delegated))
    default: return .inherent(.controller)
    }
  }

  func roleRules(_ kind: String, _ name: String, _ namespace: String?) -> [PolicyRule] {
    input.inventory.roles.first {
      $0.name == name && $0.kind == kind
        && (kind == "ClusterRole" || namespace == nil || namespace == "*" || $0.namespace == namespace)
    }?.rules ?? []
  }

  /// One request for each right that the step needs, each of which is allowed; fewer where one cannot be found.
  private func requests(
    for step: EscalationGraph.Step, _ identity: Identity, _ namespace: String?, _ isAllowed: (AccessRequest) -> Bool
  ) -> [AccessRequest] {
    var places: [String] = []
    var names: [String] = []
    func addPlace(_ place: String) { if !places.contains(place) { places.append(place) } }
    switch step.to {
    case .accounts(let place?), .pods(let place?), .secrets(let place?): addPlace(place)
    case .secret(let place, let name), .pod(let place, let name):
      addPlace(place)
      names.append(name)
    case .subject(.serviceAccount(let place, let name)):
      addPlace(place)
      names.append(name)
    case .subject(.user(let name)), .subject(.group(let name)): names.append(name)
    case .role(_, let name, let place):
      if let place, place != "*" { addPlace(place) }
      names.append(name)
    default: break
    }
    if let namespace { addPlace(namespace) }
    if let binding = step.binding {
      let bound = input.inventory.bindings[binding]
      if let place = bound.namespace { addPlace(place) }
      if let role = bound.role {
        for rule in input.inventory.roles[role].rules { names += rule.resourceNames.prefix(50) }
      }
    }
    if case .role(_, let name, _) = step.from {
      for rule in input.inventory.roles.first(where: { $0.name == name })?.rules ?? [] {
        names += rule.resourceNames.prefix(50)
      }
    }
    places.insert(
      "", at: step.binding.map { input.inventory.bindings[$0].namespace == nil } ?? false ? 0 : places.count)
    for place in ["kube-system"] + escalation.namespaces { addPlace(place) }
    return StepNeeds.of(step).compactMap { alternatives -> AccessRequest? in
      let questions = alternatives.flatMap(\.questions)
      for place in places {
        for name in [""] + names {
          for question in questions where question.isNamespaced || place.isEmpty {
            let parts = question.resource.split(separator: "/", maxSplits: 1)
            let request = AccessRequest(
              identity: identity, verb: question.verb,
              target: .resource(
                .init(
                  group: question.group, resource: parts.first.map(String.init) ?? question.resource,
                  subresource: parts.count == 2 ? String(parts[1]) : "", namespace: place, name: name)))
            if isAllowed(request) { return request }
          }
        }
      }
      return nil
    }
  }
}

/// Rights that a step of the escalation graph needs: one of each list.
enum StepNeeds {
  static func of(_ step: EscalationGraph.Step) -> [[AccessCapability]] {
    switch step.technique {
    case .impersonates:
      switch step.to {
      case .subject(.group): return [[.impersonateGroups]]
      case .subject(.user), .users: return [[.impersonateUsers]]
      default: return [[.impersonateAccounts]]
      }
    default: return table[step.technique] ?? []
    }
  }

  static let table: [Technique: [[AccessCapability]]] = [
    .mayDoEverything: [[.everything]],
    .impersonatesMasters: [[.impersonateUsers, .impersonateAccounts], [.impersonateGroups]],
    .impersonatesWithin: [[.impersonateConstrained]],
    .widensOwnRole: [[.escalateClusterRoles], [.writeClusterRoles]],
    .bindsClusterAdmin: [[.bindClusterRoles], [.writeClusterRoleBindings]],
    .hasCertificateSigned: [[.createSigningRequests], [.approveSigningRequests], [.approveSigners]],
    .hasNodeCertificateSigned: [[.createSigningRequests], [.nodeClientCertificates, .approveSigners]],
    .mutatesByAdmission: [[.mutatingAdmission]],
    .interceptsByAPIService: [[.apiServices]],
    .isSentByAdmission: [[.validatingAdmission]],
    .runsThroughKubelet: [[.proxyNodes]],
    .mountsNodeByVolume: [[.persistentVolumes], [.createPods, .writeWorkloads]],
    .mountsVolumeOfNode: [[.createPods, .writeWorkloads]],
    .mapsItselfToMasters: [[.writeConfigMaps]],
    .changesControlPlane: [[.writeConfigMaps]],
    .makesBootstrapToken: [[.createSecrets]],
    .issuesTokens: [[.createTokens]],
    .issuesToken: [[.createTokens]],
    .startsPod: [[.createPods]],
    .startsWorkload: [[.writeWorkloads]],
    .changesWorkload: [[.writeWorkloads]],
    .mintsTokenBySecret: [[.createSecrets], [.readSecrets]],
    .mintsTokenByApply: [[.createSecrets], [.patchSecrets, .readSecrets]],
    .readsSecrets: [[.readSecrets]],
    .readsSecret: [[.readSecrets, .patchSecrets]],
    .readsSecretsByPatch: [[.patchSecrets]],
    .mountsSecrets: [[.createPods, .writeWorkloads]],
    .runsCommands: [[.execPods]],
    .addsContainer: [[.ephemeralContainers]],
    .changesImage: [[.patchPods]],
    .bindsAdminOfNamespace: [[.bindRoles], [.writeRoleBindings]],
    .bindsRole: [[.bindRoles, .bindClusterRoles], [.writeRoleBindings, .writeClusterRoleBindings]],
    .widensRoleOfNamespace: [[.escalateRoles, .escalateClusterRoles], [.writeRoles, .writeClusterRoles]],
    .relabelsNamespace: [[.patchNamespaces], [.createPods, .writeWorkloads]],
    .ordersController: [[.operators]],
    .ordersControllerAs: [[.operators]],
    .changesSource: [[.operators]],
  ]
}
