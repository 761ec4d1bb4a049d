package import Access
import Bytes
package import Findings
import Kube
package import PodSecurity
package import Reach

/// What is known of one component: what it may do, how it is confined, what it exposes and owns, and what falls with it.
package struct ComponentDossier: Sendable {
  /// How the pods of a workload are confined.
  package struct Confinement: Sendable {
    package let workload: Subject
    /// The strictest level of the Pod Security Standards that the pods meet.
    package let level: PodSecurityLevel
    /// Checks of the next level that they fail.
    package let failed: [String]
    package let escapes: [NodeEscape.Match]
  }

  /// An image as the pods name it. What is in it is known to whoever scans it.
  package struct Image: Sendable {
    package let reference: String
    package let isPinned: Bool

    /// Whether the next pull may bring anything: no tag, or `latest`.
    package var isFloating: Bool { !isPinned && (Self.tag(reference) ?? "latest") == "latest" }

    /// Nil where it names none.
    package static func tag(_ reference: String) -> String? {
      let bare = reference.prefix { $0 != "@" }
      guard let last = bare.split(separator: "/").last, let colon = last.lastIndex(of: ":") else { return nil }
      let tag = last[last.index(after: colon)...]
      return tag.isEmpty ? nil : String(tag)
    }
  }

  /// A way in from outside the cluster, or a Service within it.
  package struct Exposed: Sendable {
    /// Who asks for a credential before a request is answered.
    package enum Authentication: String, Sendable {
      /// Before a request comes to the workload.
      case ingress
      case mesh
      /// What the program itself demands; nothing in the input tells.
      case own
    }

    package let workload: Subject
    package let via: String
    package let isPublic: Bool
    package let verdict: ReachModel.Verdict
    package let ports: String
    package let authentication: Authentication
  }

  /// A webhook of admission or an API service that the API server calls.
  package struct Callback: Sendable {
    /// What the API server calls it for.
    package enum Kind: String, Sendable {
      case validating, mutating
      case api = "APIService"
      case conversion
    }

    package let kind: Kind
    package let object: Subject
    package let name: String
    package let service: String?
    /// Whether a request is refused when nobody answers; for an APIService, its resources are gone then.
    package let failsClosed: Bool
    package let timeout: Int64?
    /// What it is called for, such as `create, update pods`.
    package let scope: [String]
    /// Whether it is called for Pods in namespaces that it does not leave out.
    package let stopsPods: Bool
    /// Whether the certificate of whoever answers is not looked at.
    package let skipsVerification: Bool
    /// Whether the certificate of an authority is there. Without it a manifest is not what will stand in the cluster: whoever fills it
    /// in when it runs may change more.
    package let isComplete: Bool
    /// The end of the certificate authority's certificate; nil where the input has none.
    package let expires: String?
  }

  /// What its pods may connect to.
  package struct Egress: Sendable {
    package let workload: Subject
    package let isIsolated: Bool
    package let reachesOutside: Bool
  }

  /// Whether the pods of a workload carry the token of their account.
  package struct TokenState: Sendable {
    package let workload: Subject
    package let account: AccessSubject
    package let isMounted: Bool
    /// Whether the account has any right of its own.
    package let hasRights: Bool
  }

  /// Something that is lost with the component.
  package struct Fall: Sendable {
    package let target: String
    package let answer: DepthField.Answer
    package let path: DepthPath?
  }

  /// What falls when its pods are taken.
  package struct Worth: Sendable {
    package let falls: [Fall]
    /// Other workloads, accounts and Secrets that fall without a further control, and how many there are in all.
    package let workloads: (taken: Int, all: Int)
    package let accounts: (taken: Int, all: Int)
    package let secrets: (taken: Int, all: Int)
  }

  package let component: Component
  package let access: ComponentReview
  package let confinement: [Confinement]
  package let images: [Image]
  package let exposed: [Exposed]
  package let callbacks: [Callback]
  package let customResources: [(group: String, kinds: [String])]
  /// Secrets that its pods are given.
  package let secrets: [Subject]
  package let egress: [Egress]
  package let tokens: [TokenState]
  /// Secrets with a token of one of its accounts that never ends.
  package let tokenSecrets: [Subject]
  /// Nil where it has no pods: nothing of it can be taken.
  package let worth: Worth?
  package let remarks: [Remark]

  package var grade: Grade { remarks.map(\.grade).max() ?? .a }

  /// - Parameter catalogue: from which the component is.
  package init(_ component: Component, _ graph: DepthGraph, _ context: Context) {
    self.component = component
    let snapshot = graph.input.inventory.snapshot
    var own: [Int] = []
    for object in component.objects where PodTemplateCatalogue.makesPods(object.groupKind) {
      own += context.workloads[Subject(workload: object)] ?? []
    }
    own = Set(own).sorted()
    access = ComponentReview(component, own.map { graph.workloads[$0] }, context)
    confinement = own.map { index in
      let template = graph.workloads[index].template
      let level = PodSecurityLevel.allCases.last { level in
        PodSecurityStandard.violations(template, level: level, version: .latest).isEmpty
      }
      let next = PodSecurityLevel(rawValue: (level ?? .privileged).rawValue + 1)
      return Confinement(
        workload: graph.subjects[index], level: level ?? .privileged,
        failed: next.map { PodSecurityStandard.violations(template, level: $0, version: .latest).map(\.reason) } ?? [],
        escapes: graph.confinements[index].openings.map(\.match))
    }
    let references = Set(own.flatMap { graph.workloads[$0].template.imagePlaces }.map(\.image)).sorted()
    images = references.map { Image(reference: $0, isPinned: $0.contains("@sha256:")) }
    let subjects = Set(own.map { graph.subjects[$0] })
    exposed = Self.exposed(subjects, graph)
    callbacks = component.objects.flatMap { Self.callbacks($0) }
    var groups: [String: Set<String>] = [:]
    for object in component.objects where object.kind == "CustomResourceDefinition" {
      guard let group = object.spec?["group"]?.string else { continue }
      groups[group, default: []].insert(object.spec?[path: "names", "kind"]?.string ?? object.name)
    }
    customResources = groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value.sorted()) }
    secrets = Set(
      own.flatMap { index in
        graph.workloads[index].template.secretNames.map {
          Subject(kind: "Secret", namespace: graph.workloads[index].object.effectiveNamespace, name: $0)
        }
      }
    ).sorted()
    let cluster = graph.input.reach.cluster
    egress = own.map { index in
      let classes = Set((graph.endpoints[graph.subjects[index]] ?? []).map { cluster[$0].podClass })
      return Egress(
        workload: graph.subjects[index],
        isIsolated: !classes.isEmpty && classes.allSatisfy { context.closed[$0] != nil },
        reachesOutside: classes.isEmpty || !classes.isDisjoint(with: context.leaving))
    }
    tokens = own.map { index in
      let namespace = graph.workloads[index].object.effectiveNamespace
      let account = AccessSubject.serviceAccount(
        namespace: namespace, name: graph.workloads[index].template.serviceAccountName)
      return TokenState(
        workload: graph.subjects[index], account: account, isMounted: context.tokens.hasToken(graph.workloads[index]),
        hasRights: !graph.input.inventory.bindings(of: account).isEmpty)
    }
    let accounts = Set(access.accounts)
    tokenSecrets = snapshot.objects(.secret).filter { secret in
      guard secret.root["type"]?.string == "kubernetes.io/service-account-token",
        let name = secret.annotations["kubernetes.io/service-account.name"]
      else { return false }
      return accounts.contains(.serviceAccount(namespace: secret.effectiveNamespace, name: name))
    }.map(\.subject)
    worth = Self.worth(subjects, graph, context)
    remarks = Remark.all(
      access: access, confinement: confinement, images: images, exposed: exposed, callbacks: callbacks,
      egress: egress, tokens: tokens, tokenSecrets: tokenSecrets, worth: worth, today: context.today)
  }

  // MARK: Chapters

  private static func exposed(_ own: Set<Subject>, _ graph: DepthGraph) -> [Exposed] {
    let authenticated = IngressAuthentication(graph.input.inventory.snapshot)
    return graph.exposure.entryPoints.filter { own.contains($0.workload) && $0.obstacle == nil }.map { entry in
      var authentication = Exposed.Authentication.own
      if case .route(let object, let namespace, _) = entry.via,
        authenticated.isDemanded(by: object, namespace: namespace)
      {
        authentication = .ingress
      }
      return Exposed(
        workload: entry.workload, via: entry.via.text, isPublic: entry.reach != .internalNetwork,
        verdict: entry.verdict, ports: entry.ports.text, authentication: authentication)
    }
  }

  private static func callbacks(_ object: KubeObject) -> [Callback] {
    func service(_ node: DocumentNode?) -> String? {
      if let url = node?["url"]?.string { return url }
      guard let name = node?[path: "service", "name"]?.text else { return nil }
      return "\(node?[path: "service", "namespace"]?.text ?? "")/\(name)"
    }
    func end(_ node: DocumentNode?) -> String? {
      guard let text = node?["caBundle"]?.string, let pem = Base64.decode(text),
        let der = NodeRecord.CertificateSummary.der(pem: String(decoding: pem, as: UTF8.self))
      else { return nil }
      return NodeRecord.CertificateSummary(der: der, fingerprint: "")?.notAfter
    }
    func isComplete(_ node: DocumentNode?) -> Bool { !(node?["caBundle"]?.string ?? "").isEmpty }
    if object.groupKind == ComponentCatalogue.apiService, let spec = object.spec, spec["service"]?.mapping != nil {
      return [
        Callback(
          kind: .api, object: object.subject, name: object.name, service: service(spec), failsClosed: true,
          timeout: nil, scope: [(spec["group"]?.string ?? "") + "/" + (spec["version"]?.string ?? "")],
          stopsPods: false,
          skipsVerification: spec["insecureSkipTLSVerify"]?.bool == true,
          isComplete: !(spec["caBundle"]?.string ?? "").isEmpty, expires: end(spec))
      ]
    }
    if object.kind == "CustomResourceDefinition", let conversion = object.spec?[path: "conversion", "webhook"],
      object.spec?[path: "conversion", "strategy"]?.string == "Webhook"
    {
      return [
        Callback(
          kind: .conversion, object: object.subject, name: object.name, service: service(conversion["clientConfig"]),
          failsClosed: true, timeout: nil, scope: [object.spec?[path: "names", "kind"]?.string ?? object.name],
          stopsPods: false, skipsVerification: false, isComplete: isComplete(conversion["clientConfig"]),
          expires: end(conversion["clientConfig"]))
      ]
    }
    guard ComponentCatalogue.webhookKinds.contains(object.groupKind) else { return [] }
    return (object.root["webhooks"]?.elements ?? []).map { webhook in
      let rules = webhook["rules"]?.elements ?? []
      let selector = webhook["namespaceSelector"]
      let isSelective =
        !(selector?["matchExpressions"]?.elements ?? []).isEmpty || !(selector?["matchLabels"]?.entries ?? []).isEmpty
        || !(webhook["objectSelector"]?.entries ?? []).isEmpty || !(webhook["matchConditions"]?.elements ?? []).isEmpty
      let isForPods = rules.contains { rule in
        let groups = rule["apiGroups"]?.strings ?? []
        let resources = rule["resources"]?.strings ?? []
        let operations = rule["operations"]?.strings ?? []
        return groups.contains { $0.isEmpty || $0 == "*" }
          && resources.contains { ["pods", "*", "*/*", "pods/*"].contains($0) }
          && operations.contains { $0 == "CREATE" || $0 == "*" }
      }
      return Callback(
        kind: object.kind.hasPrefix("Mutating") ? .mutating : .validating, object: object.subject,
        name: webhook["name"]?.text ?? "", service: service(webhook["clientConfig"]),
        failsClosed: webhook["failurePolicy"]?.string != "Ignore", timeout: webhook["timeoutSeconds"]?.int ?? 10,
        scope: rules.map { rule in
          (rule["operations"]?.strings ?? []).joined(separator: ", ").lowercased() + " "
            + (rule["resources"]?.strings ?? []).joined(separator: ", ")
        }, stopsPods: isForPods && !isSelective, skipsVerification: false,
        isComplete: isComplete(webhook["clientConfig"]), expires: end(webhook["clientConfig"]))
    }
  }

  private static func worth(_ own: Set<Subject>, _ graph: DepthGraph, _ context: Context) -> Worth? {
    let starts = own.sorted().map { DepthPosition.pod($0) }
    guard let field = graph.field(from: starts, context.solver) else { return nil }
    let taken = Set(starts)
    let isTaken = graph.positions.map { taken.contains($0) }
    let targets: [(String, DepthPosition)] =
      [
        ("cluster admin", .clusterAdmin), ("a node", .anyNode), ("all Secrets", .rights(.secrets(namespace: nil))),
        ("any service account", .rights(.accounts(namespace: nil))),
      ]
      + context.targets.filter { !taken.contains($0.position) && $0.reason != .clusterAdmin && $0.reason != .node }
      .map { ($0.name, $0.position) }
    let falls = targets.compactMap { name, position -> Fall? in
      let answer = graph.answer(field, position)
      guard answer.depth != nil else { return nil }
      return Fall(target: name, answer: answer, path: graph.weakestPath(field, to: position))
    }
    func count(_ holds: (DepthPosition) -> Bool) -> (Int, Int) {
      var all = 0
      var lost = 0
      for (number, position) in graph.positions.enumerated() where !isTaken[number] && holds(position) {
        all += 1
        if field.possible.depth(of: number)?.upper == 0 { lost += 1 }
      }
      return (lost, all)
    }
    return Worth(
      falls: falls, workloads: count { if case .pod = $0 { true } else { false } },
      accounts: count { if case .rights(.subject(.serviceAccount)) = $0 { true } else { false } },
      secrets: count { if case .rights(.secret) = $0 { true } else { false } })
  }
}

extension ComponentDossier {
  /// Whether it holds more than its own pods, so that it is to be reviewed like a platform: an account of its pods that is bound in the
  /// whole cluster, has grave rights, may become cluster admin or holds what is not known, or pods by which their node falls.
  ///
  /// - Parameter component: of the cluster of the graph and the context.
  package static func isPowerful(_ component: Component, _ graph: DepthGraph, _ context: Context) -> Bool {
    let inventory = graph.input.inventory
    for object in component.objects where PodTemplateCatalogue.makesPods(object.groupKind) {
      for index in context.workloads[Subject(workload: object)] ?? [] {
        if graph.confinements[index].openings.contains(where: { $0.match.escape.gain == .node }) { return true }
        let workload = graph.workloads[index]
        guard context.tokens.hasToken(workload) else { continue }
        let account = AccessSubject.serviceAccount(
          namespace: workload.object.effectiveNamespace, name: workload.template.serviceAccountName)
        let held = inventory.bindings(of: account)
        if held.contains(where: { inventory.bindings[$0].namespace == nil }) { return true }
        let all = inventory.identity(of: account).subjects.flatMap { inventory.bindings(of: $0) }
        if all.contains(where: { inventory.unknownGrant(binding: $0) != nil }) { return true }
        if context.escalation.steps(from: account, context.ways) != nil { return true }
        let exposures = context.profile.exposures(of: inventory.identity(of: account))
        if exposures.contains(where: { $0.severity >= .high }) { return true }
      }
    }
    return false
  }

  /// What all dossiers of a cluster share, worked out once.
  package struct Context: Sendable {
    /// By workload its numbers in the graph.
    let workloads: [Subject: [Int]]
    let tokens: TokenMounts
    let volumes: ClaimedVolumes
    let solver: DepthSolver
    let targets: [DepthTarget]
    /// Classes of pods that may send something out of the cluster.
    let leaving: Set<PodClassID>
    /// Classes of pods that policies on egress close to others.
    let closed: [PodClassID: Int]
    let profile: AccessProfile
    let escalation: EscalationGraph
    let ways: EscalationGraph.Paths
    /// `2026-11-29`; nil where nobody said.
    package let today: String?

    /// - Parameter today: for what ends; nil: nothing is said of it.
    package init(_ graph: DepthGraph, today: String?) {
      let snapshot = graph.input.inventory.snapshot
      var workloads: [Subject: [Int]] = [:]
      for (index, workload) in graph.workloads.enumerated() {
        workloads[Subject(workload: workload.object), default: []].append(index)
        if graph.subjects[index] != Subject(workload: workload.object) {
          workloads[graph.subjects[index], default: []].append(index)
        }
      }
      self.workloads = workloads
      tokens = TokenMounts(snapshot)
      volumes = ClaimedVolumes(snapshot)
      solver = graph.solver()
      targets = graph.targets
      let network = PodClassReach(graph.input.reach, layer: .network)
      let classes = graph.input.reach.cluster.podClassIDs.map { $0 }
      closed = network.closed(classes, .egress)
      leaving = Set(classes.filter { network.reachesOutside($0, .egress) })
      profile = graph.profile
      escalation = graph.escalation
      ways = graph.escalation.paths(to: .clusterAdmin)
      self.today = today
    }
  }
}
