import Bytes
import Kube

/// Istio Sidecar: which services the proxy of a workload knows.
///
/// Source: the reference of `networking.istio.io/v1`, Sidecar: of several the one that selects the workload decides, then
/// the namespace's, then the mesh's. A proxy that passes unknown traffic on (`ALLOW_ANY`, the default) stops nothing;
/// one that does not (`REGISTRY_ONLY`) lets through to what its hosts name. Only a `ServiceEntry` makes a name known.
enum IstioSidecar {
  static func stage(_ proxies: IstioProxies, _ compiler: inout PolicyCompiler) -> PolicyProgram.Stage {
    let objects = compiler.lastOfEqualNames(compiler.cluster.snapshot.objects(IstioMesh.sidecar))
    let closed = proxies.settings.registryOnly
    guard !objects.isEmpty || closed != nil else { return .init(IstioMesh.Place.sidecars, []) }
    let registry = Registry(compiler)
    func rank(_ object: KubeObject) -> Int {
      if object.spec?["workloadSelector"] != nil { return 0 }
      return object.effectiveNamespace == proxies.settings.rootNamespace ? 2 : 1
    }
    // The proxy of the node knows all services.
    var left = compiler.selectable.intersection(proxies.governed.subtracting(proxies.ztunnel))
    var policies: [PolicyProgram.Policy] = []
    for (_, object) in objects.enumerated().sorted(by: { (rank($0.1), $0.0) < (rank($1.1), $1.0) }) {
      guard
        var subjects = IstioMesh.subjects(
          object, labels: object.spec?[path: "workloadSelector", "labels"], proxies.settings, &compiler)
      else { continue }
      compiler.check(object, fields)
      subjects.formIntersection(left)
      left.subtract(subjects)
      guard let egress = object.spec?["egress"] else { continue }
      let mode = object.spec?[path: "outboundTrafficPolicy", "mode"]?.string
      let isOpen = mode.map { $0 != "REGISTRY_ONLY" } ?? (closed == nil)
      if isOpen, !compiler.profile.sidecarsLimitWhatTheyPassOn { continue }
      // A dot in the mesh's own Sidecar is the namespace of each workload.
      let namespaces =
        object.effectiveNamespace == proxies.settings.rootNamespace
        ? Set(subjects.elements.compactMap(compiler.cluster.podClass).map { compiler.cluster[$0].namespace }).sorted()
        : [object.effectiveNamespace]
      for namespace in namespaces {
        var mine = subjects
        if namespaces.count > 1 || namespace != object.effectiveNamespace {
          mine.formIntersection(compiler.namespace(namespace))
        }
        var rules: [PolicyProgram.Rule] = []
        for (index, listener) in egress.elements.enumerated() {
          var peers = compiler.none
          for host in listener["hosts"]?.elements ?? [] {
            let parts = (host.text ?? "").split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
              compiler.report(
                object, host, "\"\(host.text ?? "")\" is not NAMESPACE/NAME; it was ignored", code: .refused,
                hides: false)
              continue
            }
            peers.formUnion(registry.peers(String(parts[0]), String(parts[1]), from: namespace, compiler))
          }
          if isOpen {
            let names = compiler.cluster.names.indices.map(compiler.cluster.peer(ofName:))
            var addresses = compiler.external
            for name in names { addresses.remove(name) }
            peers.formUnion(addresses)
          }
          rules.append(
            PolicyProgram.Rule(
              action: .allow, peers: .init(peers), ports: .init(fixed: ConnectionSet(.tcp)),
              path: "egress[\(index)]", node: listener))
        }
        rules.append(
          PolicyProgram.Rule(
            action: .deny, peers: .init(compiler.everything), ports: .init(fixed: ConnectionSet(.tcp)), path: "",
            node: object.root))
        policies.append(
          PolicyProgram.Policy(
            object: object, subjects: mine, ingress: nil, egress: rules, isolates: false,
            doubt: proxies.doubt(mine)))
      }
    }
    if let closed, !left.isEmpty {
      // Proxies without a Sidecar know all that the mesh does.
      let tcp = PolicyProgram.Ports(fixed: ConnectionSet(.tcp))
      let path = "outboundTrafficPolicy"
      let rules = [
        PolicyProgram.Rule(
          action: .allow, peers: .init(registry.peers("*", "*", from: "", compiler)), ports: tcp, path: path,
          node: closed.root),
        PolicyProgram.Rule(
          action: .deny, peers: .init(compiler.everything), ports: tcp, path: path, node: closed.root),
      ]
      policies.append(
        PolicyProgram.Policy(
          object: closed, subjects: left, ingress: nil, egress: rules, isolates: false, doubt: proxies.doubt(left)))
    }
    return .init(IstioMesh.Place.sidecars, policies)
  }

  private static let fields = PolicyFields.fields([
    "workloadSelector": .values("labels"), "ingress": .any, "outboundTrafficPolicy": .any,
    "inboundConnectionPool": .any, "egress": .values("port", "bind", "captureMode", "hosts"),
  ])

  /// Services and names that the mesh knows, by namespace.
  private struct Registry {
    private var services: [(namespace: String, name: String, pods: PeerSet)] = []
    private var entries: [(namespace: String, host: String)] = []

    init(_ compiler: PolicyCompiler) {
      for service in compiler.cluster.services.all where service.hasSelector {
        services.append((service.namespace, service.name, compiler.classes(of: service.endpoints)))
      }
      for object in compiler.cluster.snapshot.objects(IstioMesh.serviceEntry) {
        for host in object.spec?["hosts"]?.strings ?? [] {
          entries.append((object.effectiveNamespace, DNSName.normalised(host)))
        }
      }
    }

    func peers(_ place: String, _ name: String, from own: String, _ compiler: PolicyCompiler) -> PeerSet {
      func isIn(_ namespace: String) -> Bool {
        switch place {
        case "*": true
        case ".": namespace == own
        case "~": false
        default: namespace == place
        }
      }
      let name = DNSName.normalised(name)
      var result = compiler.none
      for service in services where isIn(service.namespace) {
        let full = "\(service.name).\(service.namespace).svc.cluster.local"
        if name == "*" || name == full || name.hasPrefix("*.") && full.hasSuffix(name.dropFirst())
          || name.contains("svc.cluster.local") && name.split(separator: ".").first.map(String.init) == service.name
        {
          result.formUnion(service.pods)
        }
      }
      for entry in entries where place == "*" || isIn(entry.namespace) {
        let matches =
          name == "*" || name == entry.host
          || name.hasPrefix("*.") && (entry.host.hasSuffix(name.dropFirst()) || entry.host == name)
        if matches, let index = compiler.cluster.names.firstIndex(of: entry.host) {
          result.insert(compiler.cluster.peer(ofName: index))
        }
      }
      return result
    }
  }
}
