import Access
import Bytes
import Collect
import Depth
package import Detect
import Findings
package import Kube
import PodSecurity
import Posture
import Reach

extension ClusterFacts {
  /// Maximum number of findings that are kept of one object.
  private static let mostFindings = 20
  private static let mostFacts = 4

  /// What all other analyses say of a snapshot, by the names that events use.
  package init(_ snapshot: ClusterSnapshot) async {
    self.init()
    let findings = await PostureScan().run(snapshot, width: Processors.count).findings
    var bySubject: [Subject: [Finding]] = [:]
    for finding in findings where finding.severity >= .medium {
      bySubject[finding.subject, default: []].append(finding)
    }
    func kept(_ subject: Subject) -> [Finding] {
      Array((bySubject[subject] ?? []).sorted(by: Finding.isOrderedBefore).prefix(Self.mostFindings))
    }
    let reach = ReachModel(snapshot, profile: .fitting(snapshot))
    let exposure = Exposure(reach)
    let access = AccessProfile(AccessInventory(snapshot))
    var input = DepthGraph.Input(access.inventory, reach)
    input.admission = PodAdmission(snapshot)
    let graph = DepthGraph(input)
    let remaining = DepthRemaining(graph, to: graph.targets)
    func depthLeft(_ name: DepthName) -> DepthLeft? {
      graph.positions(of: name).compactMap { remaining.from($0) }.map {
        DepthLeft(depth: $0.depth, target: $0.target.position.text, isCertain: $0.isCertain)
      }.min()
    }
    let tokens = TokenMounts(snapshot)
    var powers: [AccessSubject: String?] = [:]
    func power(_ subject: AccessSubject) -> String? {
      if let known = powers[subject] { return known }
      let made = RiskContext.power(of: subject, access)
      powers[subject] = .some(made)
      return made
    }
    for account in snapshot.objects(.serviceAccount) {
      let name = account.effectiveNamespace + "/" + account.name
      var facts: [Fact] = []
      let subject = AccessSubject.serviceAccount(namespace: account.effectiveNamespace, name: account.name)
      if let power = power(subject) { facts.append(Fact(.power, power)) }
      if let identity = Self.cloudIdentity(account) { facts.append(Fact(.cloudIdentity, "stands for \(identity)")) }
      serviceAccounts[name] = Thing(
        facts: facts, findings: kept(account.subject), depthLeft: depthLeft(.subject(subject)))
    }
    for workload in snapshot.workloads {
      let object = workload.object
      let namespace = object.effectiveNamespace
      var facts: [Fact] = []
      if let entry = exposure.entryPoints(of: object).first(where: \.isPublic) {
        facts.append(Fact(.exposure, "\(entry.via.text) opens it to the outside"))
      }
      let account = namespace + "/" + workload.template.serviceAccountName
      if tokens.hasToken(workload) {
        for fact in serviceAccounts[account]?.facts ?? [] {
          facts.append(Fact(fact.weight, "its account " + fact.text))
        }
      }
      if let escape = NodeEscapes.strongest(in: workload.template) {
        facts.append(Fact(.escape, "whoever is in it can take the node: \(escape.text)"))
      }
      let thing = Thing(
        owner: object.groupKind == .pod ? "" : object.subject.text, facts: Array(facts.prefix(Self.mostFacts)),
        findings: kept(object.subject), depthLeft: depthLeft(.pod(namespace: namespace, name: object.name)))
      let name = namespace + "/" + object.name
      if object.groupKind == .pod { pods[name] = thing } else { workloads[name] = thing }
      for place in workload.template.imagePlaces {
        if let registry = ImageOrigin.registry(of: place.image) { registries.insert(registry) }
      }
    }
    for pod in snapshot.objects(.pod) {
      let name = pod.effectiveNamespace + "/" + pod.name
      if pods[name] == nil, case .object(let key) = snapshot.workload(of: pod).thing, let namespace = key.namespace {
        pods[name] = workloads[namespace + "/" + key.name]
      }
      for list in ["containerStatuses", "initContainerStatuses"] {
        for status in pod.root[path: "status", list]?.elements ?? [] {
          guard let image = status["image"]?.text, !image.contains("@"),
            let digest = status["imageID"]?.text.flatMap({ ImageOrigin.digest(of: $0) })
          else { continue }
          digests[image, default: []].insert(digest)
        }
      }
    }
    for node in snapshot.objects(GroupKind("", "Node")) {
      nodes[node.name] = Thing(findings: kept(node.subject), depthLeft: depthLeft(.node(node.name)))
    }
    for subject in access.inventory.allSubjects {
      guard case .user(let name) = subject else { continue }
      let power = power(subject)
      let left = depthLeft(.subject(subject))
      if power != nil || left != nil {
        users[name] = Thing(facts: power.map { [Fact(.power, $0)] } ?? [], depthLeft: left)
      }
    }
  }

  /// The account of a cloud that a service account may become. Source: the annotations of EKS (IRSA), GKE and AKS.
  private static func cloudIdentity(_ account: KubeObject) -> String? {
    let annotations = account.root[path: "metadata", "annotations"]?.stringMap ?? [:]
    if let role = annotations["eks.amazonaws.com/role-arn"], !role.isEmpty { return "AWS role \(role)" }
    if let account = annotations["iam.gke.io/gcp-service-account"], !account.isEmpty {
      return "Google service account \(account)"
    }
    if let client = annotations["azure.workload.identity/client-id"], !client.isEmpty {
      return "Azure application \(client)"
    }
    return nil
  }
}
