import Access
import Bytes
import Findings
import Kube
import PodSecurity

/// Steps out of pods: to their tokens, Secrets, containers and nodes; and into them, by rights and images.
extension AccessPart {
  /// Places of pods, and of what they are given: where nothing else of the pods has changed, these may have.
  mutating func addPodPlaces() {
    for (index, workload) in workloads.all.enumerated() {
      _ = place(.pod(workloads.subjects[index]))
      let namespace = workload.object.effectiveNamespace
      if tokens.hasToken(workload) {
        addIdentity(.serviceAccount(namespace: namespace, name: workload.template.serviceAccountName))
      }
      for secret in workload.template.secretNames { addSecret(namespace, secret) }
    }
    addIdentity(.group("system:nodes"))
  }

  /// Whether accounts may read logs, of those whose pods carry a token and write to the node, who alone gain by it.
  func readersOfLogs() -> [AccessSubject: Bool] {
    let authorizer = Authorizer(inventory)
    var readers: [AccessSubject: Bool] = [:]
    for (index, workload) in workloads.all.enumerated()
    where facts[index].escapes.contains(where: { $0.escape.id == "host-path-write" }) && tokens.hasToken(workload) {
      let namespace = workload.object.effectiveNamespace
      let account = AccessSubject.serviceAccount(namespace: namespace, name: workload.template.serviceAccountName)
      guard readers[account] == nil else { continue }
      let request = AccessRequest(
        identity: inventory.identity(of: account), verb: "get",
        target: .resource(
          .init(group: "", resource: "pods", subresource: "log", namespace: namespace, name: "")))
      readers[account] = authorizer.decide(request).isAllowed
    }
    return readers
  }

  mutating func addPods() {
    let snapshot = inventory.snapshot
    let volumes = ClaimedVolumes(snapshot)
    let sandboxes = PodConfinement.sandboxes(snapshot)
    let signatures = SignatureVerification(snapshot)
    let named = podNames
    let clouds = Dictionary(grouping: CloudAnnotations.identities(snapshot), by: \.account)
    var namespaces = Set<String>()
    for (index, workload) in workloads.all.enumerated() {
      let subject = workloads.subjects[index]
      let position = DepthPosition.pod(subject)
      let namespace = workload.object.effectiveNamespace
      if namespaces.insert(namespace).inserted, !escalation.namespaces.contains(namespace) {
        add(.rights(.pods(namespace: nil)), .rights(.pods(namespace: namespace)), .isMember, [], .member)
      }
      add(.rights(.pods(namespace: namespace)), position, .isMember, [], .member)
      for name in named[namespace] ?? [] where name == subject.name || name.hasPrefix(subject.name + "-") {
        add(.rights(.pod(namespace: namespace, name: name)), position, .isMember, [], .member)
      }
      let account = AccessSubject.serviceAccount(namespace: namespace, name: workload.template.serviceAccountName)
      let hasToken = tokens.hasToken(workload)
      let isEverywhere = workload.object.kind == "DaemonSet"
      if hasToken {
        add(position, .subject(account), .usesToken, [], .proof(.token(workload: index)))
        add(
          .rights(.nodeCredentials), .subject(account), .usesTokensOfPods, [], .proof(.token(workload: index)),
          doubt: isEverywhere ? nil : .placement)
      }
      for (_, id, provider) in clouds[account] ?? [] where CloudAnnotations.isGiven(provider, to: workload.template) {
        let target = DepthPosition.cloudIdentity(provider: provider, id: id)
        let proof = DepthGraph.Evidence.proof(.cloudIdentity(account, id: id))
        add(position, target, .assumesCloudIdentity, [], proof)
        add(
          .rights(.nodeCredentials), target, .assumesCloudIdentity, [], proof,
          doubt: isEverywhere ? nil : .placement)
      }
      for secret in workload.template.secretNames {
        let target = DepthPosition.rights(.secret(namespace: namespace, name: secret))
        let proof = StepProof.givenSecret(workload: index, name: secret)
        add(position, target, .isGivenSecret, [], .proof(proof))
        add(
          .rights(.nodeCredentials), target, .isGivenSecret, [], .proof(proof),
          doubt: isEverywhere ? nil : .placement)
      }
      addContainers(index, position)
      for container in workload.containers {
        guard let reference = container.image, !reference.isEmpty else { continue }
        let pin = Self.isPinned(reference) ? [StandingControl(.digestPin, at: .object(subject))] : []
        let evidence = DepthGraph.Evidence.proof(.image(workload: index, reference: reference))
        let (signed, doubt) = signatures.controls(on: reference, inNamespace: namespace)
        if let doubt {
          // It may be verified, and it may not.
          add(.image(reference), position, .publishesImage, pin, evidence, doubt: .admission(doubt))
          let verified = StandingControl(.signature, at: .apiServer)
          add(.image(reference), position, .publishesImage, pin + [verified], evidence)
        } else {
          add(.image(reference), position, .publishesImage, pin + signed, evidence)
        }
      }
      let mayReadLogs = hasToken && logReaders[account] ?? false
      confinements.append(
        PodConfinement(
          volumes.resolved(workload), of: subject, mayReadLogs: mayReadLogs,
          sandboxes: sandboxes, escapes: facts[index].escapes))
    }
  }

  /// Whether a reference names contents by their digest.
  private static func isPinned(_ reference: String) -> Bool {
    guard let at = reference.utf8.firstIndex(of: UInt8(ascii: "@")) else { return false }
    return ["@sha256:", "@sha512:"].contains { reference[at...].utf8.starts(with: $0.utf8) }
  }

  /// Names of pods to which rights are restricted, by namespace.
  func namedPods() -> [String: Set<String>] {
    var names: [String: Set<String>] = [:]
    for step in escalationSteps {
      if case .pod(let namespace, let name) = step.to { names[namespace, default: []].insert(name) }
    }
    return names
  }

  private mutating func addContainers(_ index: Int, _ position: DepthPosition) {
    let names = workloads.all[index].containers.filter { $0.role != .initial }.map(\.name)
    guard names.count > 1 else { return }
    let subject = workloads.subjects[index]
    let isShared = workloads.all[index].sharesProcesses
    for name in names {
      add(.container(subject, name: name), position, .isMember, [], .member)
      for other in names where isShared && other != name {
        add(
          .container(subject, name: name), .container(subject, name: other), .sharesProcesses, [],
          .proof(.sharedProcesses(workload: index)))
      }
    }
  }

  /// Nodes of the control plane that are looked at by name: they are all the same.
  private static let controlPlaneLimit = 10

  mutating func addNodes() {
    let snapshot = inventory.snapshot
    var nodes = Set<String>()
    var placed: [Subject: Set<String>] = [:]
    for pod in snapshot.objects(.pod) {
      guard let name = pod.spec?["nodeName"]?.string, !name.isEmpty else { continue }
      nodes.insert(name)
      placed[snapshot.workload(of: pod), default: []].insert(name)
    }
    for (index, workload) in workloads.all.enumerated() {
      guard let name = workload.template.spec["nodeName"]?.string, !name.isEmpty else { continue }
      nodes.insert(name)
      placed[workloads.subjects[index], default: []].insert(name)
    }
    var controlPlane = Set<String>()
    var controlPlaneNodes: [KubeObject] = []
    // Nodes whose labels were read; those of a control plane that somebody else runs are no nodes of the cluster.
    let known = Set(snapshot.objects(GroupKind("", "Node")).map(\.name))
    for node in snapshot.objects(GroupKind("", "Node")) {
      nodes.insert(node.name)
      if DepthGraph.isControlPlane(node), controlPlane.insert(node.name).inserted { controlPlaneNodes.append(node) }
    }
    let group = AccessSubject.group("system:nodes")
    func leaveNode(from position: DepthPosition) {
      add(position, .anyNode, .isMember, [], .member)
      add(position, .subject(group), .actsAsNode, [], .proof(.inherent(.nodeOwnsKubelet)))
      add(position, .rights(.nodeCredentials), .readsNodeCredentials, [], .proof(.inherent(.nodeOwnsKubelet)))
      add(position, .network, .entersNodeNetwork, [], .proof(.inherent(.nodeOwnsNetwork)))
    }
    // A kubelet's key is among the credentials of its node.
    add(.rights(.nodeCredentials), .subject(group), .actsAsNode, [], .proof(.inherent(.nodeOwnsKubelet)))
    func mayBeOfControlPlane(_ position: DepthPosition) {
      add(
        position, .clusterAdmin, .readsControlPlaneKeys, [], .proof(.inherent(.controlPlaneOwnsKeys)),
        doubt: .controlPlane)
    }
    for name in nodes.sorted() {
      let node = DepthPosition.node(name)
      add(.rights(.node), node, .isMember, [], .proof(.inherent(.otherNode)))
      leaveNode(from: node)
      if controlPlane.contains(name) {
        add(node, .clusterAdmin, .readsControlPlaneKeys, [], .proof(.controlPlane(node: name)))
      } else if !known.contains(name) {
        mayBeOfControlPlane(node)
      }
    }
    let isBlind = !snapshot.notSeen([GroupKind("", "Node")]).isEmpty
    if known.isEmpty || isBlind {
      for position in [DepthPosition.rights(.node), .nodeOfPod] { mayBeOfControlPlane(position) }
    }
    for position in [DepthPosition.rights(.node), .nodeOfPod] { leaveNode(from: position) }
    // Which nodes of the control plane take a pod, the pod says itself.
    for name in nodes.subtracting(controlPlane).sorted() {
      add(.nodeOfPod, .node(name), .isMember, [], .member, doubt: .placement)
    }
    for (index, workload) in workloads.all.enumerated() {
      let subject = workloads.subjects[index]
      let pod = DepthPosition.pod(subject)
      let isEverywhere = workload.object.kind == "DaemonSet"
      let own = placed[subject]?.sorted() ?? []
      // Out: by what is open, or through the kernel.
      func leave(to node: DepthPosition, doubt: DepthGraph.Doubt? = nil) {
        for opening in confinements[index].openings {
          let target: DepthPosition = opening.match.escape.gain == .node ? node : .rights(.nodeCredentials)
          add(
            pod, target, opening.technique, [], .proof(.escape(workload: index, id: opening.match.escape.id)),
            doubt: doubt)
        }
        add(
          pod, node, .breaksOutThroughKernel, confinements[index].controls, .proof(.confinement(workload: index)),
          doubt: doubt)
      }
      if workload.template.hostNetwork {
        add(pod, .network, .entersNodeNetwork, [], .proof(.nodeNetwork(workload: index)))
      }
      for name in own { leave(to: .node(name)) }
      if own.isEmpty { leave(to: .nodeOfPod) }
      let near =
        own.isEmpty
        ? controlPlaneNodes.filter { NodePlacement.mayRun(workload.template, isOfDaemonSet: isEverywhere, on: $0) } : []
      for node in near.prefix(Self.controlPlaneLimit) {
        leave(to: .node(node.name), doubt: isEverywhere ? nil : .placement)
      }
      // Whoever owns the node has what lies on it anyway.
      let ownsNode = confinements[index].openings.contains { $0.match.escape.gain == .node }
      if facts[index].holdsControlPlaneKeys, !ownsNode {
        let isThere = own.contains(where: controlPlane.contains) || !near.isEmpty && isEverywhere
        let doubt: DepthGraph.Doubt? = isThere ? nil : near.isEmpty ? .controlPlane : .placement
        let mayBe = own.isEmpty ? known.isEmpty || isBlind : own.contains { !known.contains($0) }
        if isThere || !near.isEmpty || mayBe {
          add(
            pod, .clusterAdmin, .readsControlPlaneKeys, [], .proof(.keysOfNode(workload: index, .controlPlane)),
            doubt: doubt)
        }
      }
      if facts[index].holdsKeysOfPeople, !ownsNode {
        add(
          pod, .clusterAdmin, .readsKeysOfPeople, [], .proof(.keysOfNode(workload: index, .people)),
          doubt: .filesOfPeople)
      }
      // In: from the nodes that its pods are on.
      add(.rights(.node), pod, .takesPodsOfNode, [], .proof(.inherent(.nodeOwnsPods)))
      add(
        .nodeOfPod, pod, .takesPodsOfNode, [], .proof(.inherent(.nodeOwnsPods)),
        doubt: isEverywhere ? nil : .placement)
      if own.isEmpty {
        for name in nodes.sorted() where nodes.count <= 100 || isEverywhere {
          add(
            .node(name), pod, .takesPodsOfNode, [], .proof(.inherent(.nodeOwnsPods)),
            doubt: isEverywhere ? nil : .placement)
        }
      } else {
        for name in own {
          add(.node(name), pod, .takesPodsOfNode, [], .proof(.placement(workload: index, node: name)))
        }
      }
    }
  }
}

extension Workload {
  /// Whether the containers of its pods see each other's processes.
  var sharesProcesses: Bool {
    template.spec["shareProcessNamespace"]?.bool == true || template.spec["hostPID"]?.bool == true
  }
}
