package import Access
import Bytes
import Findings
import Kube
import PodSecurity
import Reach

/// Proofs, asked again, and as a person can ask them.
extension DepthGraph {
  /// Asks the engine that a proof rests on again.
  package func holds(_ proof: StepProof) -> Bool {
    let snapshot = input.inventory.snapshot
    switch proof {
    case .accessReviews(let requests):
      let authorizer = Authorizer(input.inventory)
      return !requests.isEmpty && requests.allSatisfy { authorizer.decide($0).isAllowed }
    case .roleAllows(let kind, let name, let namespace, let requests):
      let rules = roleRules(kind, name, namespace)
      return !requests.isEmpty && requests.allSatisfy { request in rules.contains { $0.allows(request) } }
    case .connection(let from, let to, let transport, let port, let isAllowed):
      return input.reach.answer(.endpoint(from), .endpoint(to), transport, port).allowed == isAllowed
    case .entryPoint(let index):
      return exposure.entryPoints.indices.contains(index) && exposure.entryPoints[index].obstacle == nil
    case .escape(let workload, let id):
      return resolvedTemplate(workload).map { template in
        NodeEscapes.all.first { $0.id == id }.map { !$0.matches(template).isEmpty } ?? false
      } ?? false
    case .confinement(let workload):
      return resolvedTemplate(workload).map { template in
        PodConfinement(template, of: subjects[workload], sandboxes: PodConfinement.sandboxes(snapshot)).controls
          == confinements[workload].controls
      } ?? false
    case .token(let workload): return tokens.hasToken(workloads[workload])
    case .givenSecret(let workload, let name): return workloads[workload].template.secretNames.contains(name)
    case .tokenSecret(let namespace, let name):
      return snapshot.objects(.secret).contains {
        $0.effectiveNamespace == namespace && $0.name == name
          && $0.root["type"]?.string == "kubernetes.io/service-account-token"
      }
    case .image(let workload, let reference):
      return workloads[workload].containers.contains { $0.image == reference }
    case .sharedProcesses(let workload): return workloads[workload].sharesProcesses
    case .nodeNetwork(let workload): return workloads[workload].template.hostNetwork
    case .placement(let workload, let node):
      return workloads[workload].template.spec["nodeName"]?.string == node
        || snapshot.objects(.pod).contains {
          $0.spec?["nodeName"]?.string == node && snapshot.workload(of: $0) == subjects[workload]
        }
    case .controlPlane(let node):
      return snapshot.objects(GroupKind("", "Node")).contains { $0.name == node && Self.isControlPlane($0) }
    case .keysOfNode(let workload, let keys):
      return resolvedTemplate(workload).map { WorkloadFacts.holds(keys, $0) } ?? false
    case .unknownRole(let binding): return input.inventory.unknownGrant(binding: binding) != nil
    case .cloudIdentity(let subject, let id):
      guard case .serviceAccount(let namespace, let name) = subject else { return false }
      return snapshot.objects(.serviceAccount).contains { object in
        object.effectiveNamespace == namespace && object.name == name
          && CloudAnnotations.providers.contains { object.annotations[$0.0] == id }
      }
    case .group(let subject, let group): return input.inventory.identity(of: subject).groups.contains(group)
    case .member, .inherent: return true
    }
  }

  private func resolvedTemplate(_ workload: Int) -> PodTemplate? {
    guard workloads.indices.contains(workload) else { return nil }
    return ClaimedVolumes(input.inventory.snapshot).resolved(workloads[workload])
  }

  /// What a person can type to see the same; empty where there is nothing to be asked.
  package func commands(for proof: StepProof) -> [String] {
    switch proof {
    case .accessReviews(let requests): return requests.map { Self.canI($0) }
    case .roleAllows(let kind, let name, let namespace, _):
      let place = namespace.map { $0 == "*" || kind == "ClusterRole" ? "" : "-n \(ShellWord.quoted($0)) " } ?? ""
      return ["kubectl \(place)describe \(kind.lowercased()) \(ShellWord.quoted(name))"]
    case .connection(let from, let to, let transport, let port, _):
      let cluster = input.reach.cluster
      let source = cluster[from].workload
      let target = cluster[to].workload
      return [
        "kubectl -n \(ShellWord.quoted(cluster[to].namespace)) get pods -o wide  # addresses of \(target.name)",
        "kubectl -n \(ShellWord.quoted(cluster[from].namespace)) exec \(Self.object(source)) -- nc -zvw3\(transport == .udp ? "u" : "") POD_IP \(port)",
      ]
    case .entryPoint(let index):
      let entry = exposure.entryPoints[index]
      switch entry.via {
      case .service(_, let namespace, let name):
        return ["kubectl -n \(ShellWord.quoted(namespace)) get service \(ShellWord.quoted(name)) -o wide"]
      case .route(let object, let namespace, _):
        return [
          "kubectl -n \(ShellWord.quoted(namespace)) get \(object.kind.lowercased()) \(ShellWord.quoted(object.name)) -o yaml"
        ]
      case .hostPort, .hostNetwork: return [Self.get(entry.workload, "yaml")]
      }
    case .escape(let workload, let id):
      guard let match = confinements[workload].openings.first(where: { $0.match.escape.id == id })?.match else {
        return []
      }
      // What lies behind a claim is not in the pod.
      let isOwn = HostPathMount.all(in: workloads[workload].template).contains {
        $0.evidence.path == match.evidence.path
      }
      if match.evidence.path.contains("hostPath"), !isOwn {
        return [
          Self.get(subjects[workload], "yaml"),
          "kubectl get persistentvolumes -o custom-columns=NAME:.metadata.name,CLAIM:.spec.claimRef.name,PATH:.spec.hostPath.path",
        ]
      }
      return [Self.get(subjects[workload], "jsonpath='{.\(match.evidence.path)}'")]
    case .nodeNetwork(let workload): return [Self.get(subjects[workload], "jsonpath='{..hostNetwork}'")]
    case .unknownRole(let binding):
      let bound = input.inventory.bindings[binding]
      let place = bound.roleKind == "ClusterRole" ? "" : "-n \(ShellWord.quoted(bound.namespace ?? "default")) "
      return ["kubectl \(place)describe \(bound.roleKind.lowercased()) \(ShellWord.quoted(bound.roleName))"]
    case .confinement(let workload), .sharedProcesses(let workload), .givenSecret(let workload, _),
      .keysOfNode(let workload, _):
      return [Self.get(subjects[workload], "yaml")]
    case .image(let workload, _): return [Self.get(subjects[workload], "jsonpath='{..image}'")]
    case .token(let workload):
      return [
        "kubectl -n \(ShellWord.quoted(subjects[workload].namespace ?? "default")) exec \(Self.object(subjects[workload])) -- cat /var/run/secrets/kubernetes.io/serviceaccount/token"
      ]
    case .tokenSecret(let namespace, let name):
      return ["kubectl -n \(ShellWord.quoted(namespace)) get secret \(ShellWord.quoted(name)) -o jsonpath='{.type}'"]
    case .placement(let workload, let node):
      return [
        "kubectl -n \(ShellWord.quoted(subjects[workload].namespace ?? "default")) get pods -o wide --field-selector spec.nodeName=\(ShellWord.quoted(node))"
      ]
    case .controlPlane(let node): return ["kubectl get node \(ShellWord.quoted(node)) --show-labels"]
    case .cloudIdentity(let subject, _):
      guard case .serviceAccount(let namespace, let name) = subject else { return [] }
      return [
        "kubectl -n \(ShellWord.quoted(namespace)) get serviceaccount \(ShellWord.quoted(name)) -o jsonpath='{.metadata.annotations}'"
      ]
    case .group(let subject, let group):
      let user = input.inventory.identity(of: subject).user
      guard !user.isEmpty else { return [] }
      return ["kubectl auth whoami --as \(ShellWord.quoted(user))  # groups: \(group)"]
    case .member, .inherent: return []
    }
  }

  /// `kubectl auth can-i`, for somebody else.
  package static func canI(_ request: AccessRequest) -> String {
    var words = ["kubectl", "auth", "can-i", ShellWord.quoted(request.verb)]
    switch request.target {
    case .path(let path): words.append(ShellWord.quoted(path))
    case .resource(let resource):
      let isStar = resource.resource == "*"
      let kind = resource.resource + (resource.group.isEmpty || isStar ? "" : "." + resource.group)
      words.append(ShellWord.quoted(kind + (resource.name.isEmpty ? "" : "/" + resource.name)))
      if !resource.subresource.isEmpty { words.append("--subresource=" + ShellWord.quoted(resource.subresource)) }
      words += resource.namespace.isEmpty ? ["-A"] : ["-n", ShellWord.quoted(resource.namespace)]
    }
    let groups = request.identity.groups.filter { $0 != "system:authenticated" }
    words += ["--as", ShellWord.quoted(request.identity.user.isEmpty ? "nobody" : request.identity.user)]
    // The API server adds the groups of accounts by itself.
    if AccessSubject.account(ofUser: request.identity.user) == nil, request.identity.user != "system:anonymous" {
      words += groups.map { "--as-group=" + ShellWord.quoted($0) }
    }
    return words.joined(separator: " ")
  }

  private static func object(_ subject: Subject) -> String {
    ShellWord.quoted(subject.kind.lowercased() + "/" + subject.name)
  }

  private static func get(_ subject: Subject, _ output: String) -> String {
    "kubectl -n \(ShellWord.quoted(subject.namespace ?? "default")) get \(ShellWord.quoted(subject.kind.lowercased())) \(ShellWord.quoted(subject.name)) -o \(output)"
  }
}
