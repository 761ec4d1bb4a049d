import Findings
import Kube

/// What the proxies of a mesh need of the network, beside what the pods themselves ask.
///
/// Source: istio.io, "Ports used by Istio" and "Ambient and Kubernetes NetworkPolicy"; linkerd.io, "Ports".
struct MeshNeeds {
  private enum Mesh {
    case sidecars
    case ambient
    case linkerd
  }

  private var byNamespace: [String: Set<Mesh>] = [:]
  private var byWorkload: [Subject: Mesh] = [:]
  /// Ports that a workload's containers declare, which the kubelet may probe.
  private var declared: [Subject: ConnectionSet] = [:]

  init(_ cluster: ReachCluster) {
    var linkerd = Set<String>()
    for object in cluster.snapshot.objects(.namespace) where object.annotations["linkerd.io/inject"] == "enabled" {
      linkerd.insert(object.name)
    }
    var injected = Set<Subject>()
    var excluded = Set<Subject>()
    for workload in cluster.snapshot.workloads {
      guard let word = workload.template.annotations["linkerd.io/inject"] else { continue }
      let subject = cluster.snapshot.workload(of: workload.object)
      if word == "disabled" { excluded.insert(subject) } else { injected.insert(subject) }
    }
    for endpoint in cluster.endpoints where !endpoint.hostNetwork && !endpoint.isHost {
      let labels = cluster.namespaces[endpoint.namespace] ?? [:]
      let traits = endpoint.mesh
      let mesh: Mesh?
      if traits.hasProxy || traits.wantsSidecar == true || traits.hasRevision
        || traits.wantsSidecar != false
          && (labels["istio-injection"] == "enabled"
            || labels["istio-injection"] == nil && labels["istio.io/rev"] != nil)
      {
        mesh = .sidecars
      } else if (traits.dataplaneMode ?? labels["istio.io/dataplane-mode"]) == "ambient" {
        mesh = .ambient
      } else if injected.contains(endpoint.workload)
        || linkerd.contains(endpoint.namespace) && !excluded.contains(endpoint.workload)
      {
        mesh = .linkerd
      } else {
        mesh = nil
      }
      guard let mesh else { continue }
      byNamespace[endpoint.namespace, default: []].insert(mesh)
      byWorkload[endpoint.workload] = mesh
      declared[endpoint.workload] = endpoint.declaredPorts
    }
  }

  private static func ports(_ numbers: UInt16...) -> [PolicyPort] {
    numbers.map { PolicyPort(transport: .tcp, port: $0) }
  }

  /// Policies for a namespace whose pods have proxies: these ask for their configuration and identities.
  func policies(_ namespace: String) -> [GeneratedPolicy] {
    var result: [GeneratedPolicy] = []
    let meshes = byNamespace[namespace] ?? []
    if meshes.contains(.sidecars) {
      let istiod = PolicyPeer.pods(namespace: IstioMeshSettings.usualNamespace, labels: ["app": "istiod"])
      result.append(
        GeneratedPolicy(
          namespace: namespace, name: "allow-istiod", labels: [:], ingress: nil,
          egress: [.init(peers: [istiod], ports: Self.ports(15012))]))
    }
    if meshes.contains(.linkerd) {
      result.append(
        GeneratedPolicy(
          namespace: namespace, name: "allow-linkerd", labels: [:], ingress: nil,
          egress: [.init(peers: [.namespace("linkerd")], ports: Self.ports(8080, 8086, 8090))]))
    }
    return result
  }

  /// The rules of a workload with the port at which proxies meet: what passes between two of them comes on it.
  func adding(to peers: [PolicyPeer: Set<PolicyPort>], _ direction: TrafficDirection, of workload: Subject)
    -> [PolicyPeer: Set<PolicyPort>]
  {
    guard let mesh = byWorkload[workload], mesh != .sidecars else { return peers }
    let port = PolicyPort(transport: .tcp, port: mesh == .ambient ? AmbientTunnel.port : 4143)
    var result = peers
    for peer in peers.keys {
      switch peer {
      case .anyone, .cluster, .namespace, .pods: result[peer]?.insert(port)
      case .block, .name, .apiServer, .nodes: continue
      }
    }
    // Probes of the kubelet come from one address in ambient mode.
    if mesh == .ambient, direction == .ingress {
      let probed = (declared[workload] ?? .none).ports(.tcp).map(\.lowerBound)
      if !probed.isEmpty {
        result[.block("169.254.7.127/32"), default: []].formUnion(probed.map { PolicyPort(transport: .tcp, port: $0) })
      }
    }
    return result
  }
}
