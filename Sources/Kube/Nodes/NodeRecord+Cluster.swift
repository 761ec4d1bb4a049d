package import Bytes

extension NodeRecord {
  /// Records of the nodes that objects of the API tell of, without a foot on any: static pods by their mirror pods,
  /// settings that kubeadm keeps in ConfigMaps, what nodes say of themselves.
  ///
  /// What only the node itself can tell, such as the modes of files, is not in them.
  package static func records(of snapshot: ClusterSnapshot) -> [NodeRecord] {
    let nodes = snapshot.objects(GroupKind("", "Node"))
    guard !nodes.isEmpty else { return [] }
    var mirrors: [String: [(NodeComponent, NodeFact<ComponentArguments>)]] = [:]
    var seen = Set<NodeComponent>()
    for pod in snapshot.objects(.pod) where pod.annotations["kubernetes.io/config.mirror"] != nil {
      // Whoever may create a pod may write the annotation: only in the system's namespaces does it mean something.
      guard let node = pod.spec?["nodeName"]?.string, isSystem(pod.effectiveNamespace) else { continue }
      for container in pod.spec?["containers"]?.elements ?? [] {
        guard let (component, arguments) = command(of: container), component.isControlPlane || component == .proxy
        else { continue }
        let source = NodeSource.mirrorPod(namespace: pod.effectiveNamespace, name: pod.name)
        mirrors[node, default: []].append((component, .read(arguments, source)))
        seen.insert(component)
      }
    }
    let proxy = proxyFacts(snapshot)
    let kubelet = configuration(snapshot, "kubelet-config", "kubelet")
    let isWhole = snapshot.blindness(for: .pod) == nil
    return nodes.map { node in
      let info = node.root[path: "status", "nodeInfo"]
      let version = info?["kubeletVersion"]?.string
      let distribution =
        NodeDistribution(
          kubeletVersion: version ?? "", labels: node.labels)
        ?? (node.annotations["kubeadm.alpha.kubernetes.io/cri-socket"] != nil || kubelet != nil ? .kubeadm : .unknown)
      var record = NodeRecord(name: node.name, distribution: distribution, version: version)
      record.runtime =
        info?["containerRuntimeVersion"]?.string.map { .read($0, .nodeStatus) } ?? .unread(.notInSource, .nodeStatus)
      for (component, fact) in mirrors[node.name] ?? [] { record.components[component, default: []].append(fact) }
      // Where a component runs as static pods, a node without one of them does not run it.
      for component in seen where isWhole && record.components[component] == nil {
        record.components[component] = [.absent(.nodeStatus)]
      }
      // A label says that a provider runs the control plane, and here is one.
      if distribution.isManaged, record.holdsControlPlane {
        record.distribution = kubelet != nil ? .kubeadm : .unknown
      }
      if distribution == .k3s || distribution == .rke2,
        let text = node.annotations["\(distribution.rawValue).io/node-args"],
        let words = try? JSONReader.read(text).strings
      {
        record.components[.distribution] = [.read(ComponentArguments(words).withoutSecrets, .nodeStatus)]
      }
      if let proxy {
        if record.components[.proxy] == nil { record.components[.proxy] = [proxy.arguments] }
        record.configurations.merge(proxy.configurations) { mine, _ in mine }
      }
      if record.distribution == .kubeadm, let kubelet {
        record.configurations["/var/lib/kubelet/config.yaml"] = kubelet
      }
      return record
    }
  }

  private static func isSystem(_ namespace: String) -> Bool {
    namespace == "kube-system" || namespace.hasPrefix("openshift-")
  }

  /// The component that a container runs, with its arguments; nil for any other container.
  package static func command(of container: DocumentNode) -> (component: NodeComponent, arguments: ComponentArguments)?
  {
    let words =
      (container["command"]?.elements ?? []).compactMap(\.text) + (container["args"]?.elements ?? []).compactMap(\.text)
    if let component = NodeComponent(arguments: words) {
      let environment = (container["env"]?.elements ?? []).compactMap { item in
        item["name"]?.string.map { "\($0)=\(item["value"]?.text ?? "")" }
      }
      let arguments = ComponentArguments(Array(words.dropFirst()))
      return (component, (component == .etcd ? arguments.withEnvironment(environment) : arguments).withoutSecrets)
    }
    // Some distributions leave the program to the image.
    guard let name = container["name"]?.string, let component = NodeComponent(arguments: [name]),
      words.first?.hasPrefix("-") == true
    else { return nil }
    return (component, ComponentArguments(words).withoutSecrets)
  }

  /// The component that a container is for by its name, where its command hides what it runs, as a shell's does; nil for any other.
  package static func wrapped(_ container: DocumentNode) -> NodeComponent? {
    guard command(of: container) == nil, let name = container["name"]?.string,
      let component = NodeComponent(arguments: [name])
    else { return nil }
    let words =
      (container["command"]?.elements ?? []).compactMap(\.text) + (container["args"]?.elements ?? []).compactMap(\.text)
    return words.contains { $0.contains(component.rawValue) } ? component : nil
  }

  private static func proxyFacts(
    _ snapshot: ClusterSnapshot
  ) -> (arguments: NodeFact<ComponentArguments>, configurations: [String: NodeFact<DocumentNode>])? {
    for set in snapshot.objects(GroupKind("apps", "DaemonSet")) where set.namespace == "kube-system" {
      for container in set.spec?[path: "template", "spec", "containers"]?.elements ?? [] {
        guard let (component, arguments) = command(of: container), component == .proxy else { continue }
        var configurations: [String: NodeFact<DocumentNode>] = [:]
        if let path = arguments.value("config"), let fact = configuration(snapshot, "kube-proxy", "config.conf") {
          configurations[path] = fact
        }
        return (.read(arguments, .mirrorPod(namespace: "kube-system", name: set.name)), configurations)
      }
    }
    return nil
  }

  private static func configuration(
    _ snapshot: ClusterSnapshot, _ name: String, _ key: String
  ) -> NodeFact<DocumentNode>? {
    let map = snapshot.objects(.configMap).first { $0.namespace == "kube-system" && $0.name == name }
    guard let text = map?.root["data"]?[key]?.string else { return nil }
    let source = NodeSource.configMap(namespace: "kube-system", name: name, key: key)
    let stream = YAMLReader.readStream(text)
    guard stream.errors.isEmpty, let document = stream.documents.first else { return .unread(.malformed, source) }
    return .read(document.withoutPlaces, source)
  }

  /// Takes what a kubelet answered at `/configz`.
  package mutating func setKubelet(configz answer: DocumentNode) {
    kubelet = answer["kubeletconfig"].map { .read($0.withoutPlaces, .configz) } ?? .unread(.malformed, .configz)
  }
}
