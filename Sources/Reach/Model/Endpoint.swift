package import Bytes
package import Findings
import Kube

/// A pod, or the pods of a workload that has none in the snapshot.
package struct Endpoint: Sendable {
  package let namespace: String
  /// Of the pod, or of the workload.
  package let name: String
  /// As `ClusterSnapshot.workload(of:)`; a pod without owner is its own.
  package let workload: Subject
  /// True for an actual Pod object.
  package let isPod: Bool
  package let role: Role
  package let labels: [String: String]
  package let serviceAccount: String
  package let hostNetwork: Bool
  package let addresses: [IPAddress]
  package let namedPorts: [NamedPort]
  /// Ports that its containers declare, named or not; it may listen on others as well.
  package let declaredPorts: ConnectionSet
  package let location: Location
  /// The node that a pod was scheduled to.
  let node: String?
  let mesh: MeshTraits
  /// Networks beside the cluster's own that it is attached to, as `namespace/name`: policies do not hold on them.
  let networks: [String]
  /// Given by the cluster that it is in.
  package internal(set) var podClass = PodClassID(0)

  init(
    namespace: String, name: String, workload: Subject, isPod: Bool, role: Role = .pod, labels: [String: String],
    serviceAccount: String, hostNetwork: Bool, addresses: [IPAddress], namedPorts: [NamedPort],
    declaredPorts: ConnectionSet = .none,
    location: Location, node: String? = nil, mesh: MeshTraits = MeshTraits(), networks: [String] = []
  ) {
    self.namespace = namespace
    self.name = name
    self.workload = workload
    self.isPod = isPod
    self.role = role
    self.labels = labels
    self.serviceAccount = serviceAccount
    self.hostNetwork = hostNetwork
    self.addresses = addresses
    self.namedPorts = namedPorts
    self.declaredPorts = declaredPorts
    self.location = location
    self.node = node
    self.mesh = mesh
    self.networks = networks
  }

  /// What it is to policies.
  package enum Role: Sendable, Hashable {
    case pod
    /// An interface of a node that Calico was told to protect.
    case host
    /// A controller of Ingresses and Gateways: a pod of a namespace that no manifest names.
    case unseenIngressController
    /// Cilium's own proxy for Ingresses and Gateways, which is no pod: `reserved:ingress`.
    case ciliumIngress
    /// A pod that answers the cluster's DNS.
    case unseenDNS

    /// Whether selectors of pods may match it.
    var selects: Bool { self != .host && self != .ciliumIngress }
  }

  package var isHost: Bool { role == .host }

  /// Whether a name is that of one of the numbered pods that it stands for.
  func isReplica(_ text: String) -> Bool {
    guard !isPod, workload.kind == "StatefulSet", text.hasPrefix(name + "-") else { return false }
    let number = text.dropFirst(name.count + 1)
    return !number.isEmpty && number.allSatisfy { $0.isASCII && $0.isNumber }
  }

  /// The end of connections that it is, pods told apart.
  package var pod: ConnectionEnd {
    isPod ? .pod(namespace: namespace, name: name) : .workload(workload)
  }
}

/// A port of a pod that has a name.
package struct NamedPort: Sendable, Hashable {
  let name: String
  let transport: ConnectionSet.TransportProtocol
  let port: UInt16
}

extension Endpoint {
  /// Everything in a snapshot that has an address of its own, or will have one once it runs.
  ///
  /// - Parameter divides: replicas of a StatefulSet are told apart, since something asks for the labels of one of them.
  static func all(in snapshot: ClusterSnapshot, dividingReplicas divides: Bool = false) -> [Endpoint] {
    var result: [Endpoint] = []
    // Where the pods themselves were seen, they stand for their workload.
    var owned = Set<Subject>()
    for pod in snapshot.objects(.pod) {
      guard let spec = pod.spec else { continue }
      // A finished pod has no address any more.
      if let phase = pod.root[path: "status", "phase"]?.string, phase == "Succeeded" || phase == "Failed" { continue }
      let workload = snapshot.workload(of: pod)
      owned.insert(workload)
      let template = PodTemplate(metadata: pod.metadata, spec: spec, path: "spec")
      var addresses = (pod.root[path: "status", "podIPs"]?.elements ?? []).compactMap {
        $0["ip"]?.string.flatMap { IPAddress($0) }
      }
      if addresses.isEmpty, let text = pod.root[path: "status", "podIP"]?.string, let address = IPAddress(text) {
        addresses = [address]
      }
      result.append(
        Endpoint(
          namespace: pod.effectiveNamespace, name: pod.name, workload: workload, isPod: true, labels: pod.labels,
          serviceAccount: template.serviceAccountName,
          hostNetwork: template.hostNetwork, addresses: addresses, namedPorts: ports(template),
          declaredPorts: declaredPorts(template), location: pod.location, node: spec["nodeName"]?.string,
          mesh: MeshTraits(template, isMade: spec["nodeName"] != nil || pod.root["status"]?["phase"] != nil),
          networks: networks(template, pod.effectiveNamespace)))
    }
    result += calicoEndpoints(snapshot, seen: Set(result.map { "\($0.namespace)/\($0.name)" }))
    // The others have none: they are scaled to zero, their jobs have ended, or pods were not seen.
    for workload in snapshot.workloads where workload.object.groupKind != .pod {
      let object = workload.object
      let subject = snapshot.workload(of: object)
      guard object.kind != "PodTemplate", !owned.contains(subject) else { continue }
      func endpoint(_ name: String, isPod: Bool, _ added: [String: String]) -> Endpoint {
        Endpoint(
          namespace: object.effectiveNamespace, name: name, workload: subject, isPod: isPod,
          labels: workload.template.labels.merging(added) { _, new in new },
          serviceAccount: workload.template.serviceAccountName,
          hostNetwork: workload.template.hostNetwork, addresses: [], namedPorts: ports(workload.template),
          declaredPorts: declaredPorts(workload.template), location: object.location,
          mesh: MeshTraits(workload.template, isMade: false),
          networks: networks(workload.template, object.effectiveNamespace))
      }
      let replicas = divides ? ControllerLabels.replicas(of: object) : []
      if replicas.isEmpty {
        result.append(endpoint(subject.name, isPod: false, ControllerLabels.labels(of: object)))
      } else {
        result += replicas.map { endpoint($0.name, isPod: true, $0.labels) }
      }
    }
    return result + virtualMachines(in: snapshot, beside: result)
  }

  /// Calico's own records of pods, where a dump has those instead, and of interfaces of nodes.
  private static func calicoEndpoints(_ snapshot: ClusterSnapshot, seen: Set<String>) -> [Endpoint] {
    var result: [Endpoint] = []
    for object in CalicoPolicy.all("WorkloadEndpoint").flatMap(snapshot.objects) {
      let name = object.spec?["pod"]?.string ?? object.name
      guard !seen.contains("\(object.effectiveNamespace)/\(name)") else { continue }
      let ports = (object.spec?["ports"]?.elements ?? []).compactMap { port -> NamedPort? in
        guard let name = port["name"]?.text, let value = port["port"]?.int.flatMap({ UInt16(exactly: $0) }),
          let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP")
        else { return nil }
        return NamedPort(name: name, transport: transport, port: value)
      }
      result.append(
        Endpoint(
          namespace: object.effectiveNamespace, name: name,
          workload: Subject(kind: "Pod", namespace: object.effectiveNamespace, name: name), isPod: true,
          labels: object.labels, serviceAccount: object.labels["projectcalico.org/serviceaccount"] ?? "default",
          hostNetwork: false,
          addresses: (object.spec?["ipNetworks"]?.strings ?? []).compactMap { text in
            IPAddress(String(text.prefix { $0 != "/" }))
          }, namedPorts: ports, location: object.location))
    }
    for object in CalicoPolicy.all("HostEndpoint").flatMap(snapshot.objects) {
      result.append(
        Endpoint(
          namespace: "", name: object.name,
          workload: Subject(group: "projectcalico.org", kind: "HostEndpoint", name: object.name), isPod: false,
          role: .host, labels: object.labels, serviceAccount: "", hostNetwork: true,
          addresses: (object.spec?["expectedIPs"]?.strings ?? []).compactMap { IPAddress($0) }, namedPorts: [],
          location: object.location, node: object.spec?["node"]?.string))
    }
    return result
  }

  /// Of the annotation of Multus: a list of `namespace/name@interface`, or JSON with `name` and `namespace`.
  private static func networks(_ template: PodTemplate, _ home: String) -> [String] {
    networks(template.annotations, home)
  }

  static func networks(_ annotations: [String: String], _ home: String) -> [String] {
    guard let text = annotations["k8s.v1.cni.cncf.io/networks"] else { return [] }
    if text.first(where: { $0 != " " && $0 != "\n" }) == "[" {
      let nodes = (try? JSONReader.read(Array(text.utf8)))?.elements ?? []
      return nodes.compactMap { node in
        node["name"]?.text.map { "\(node["namespace"]?.text ?? home)/\($0)" }
      }
    }
    return text.split(separator: ",").map { part in
      let name = part.filter { $0 != " " }.prefix { $0 != "@" }
      return name.contains("/") ? String(name) : "\(home)/\(name)"
    }
  }

  private static func declaredPorts(_ template: PodTemplate) -> ConnectionSet {
    var result = ConnectionSet.none
    for container in template.containers where container.role != .initial {
      for port in container.node["ports"]?.elements ?? [] {
        guard let number = port["containerPort"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0,
          let transport = ServiceIndex.transport(port)
        else { continue }
        result = result.union(ConnectionSet(transport, number...number))
      }
    }
    return result
  }

  private static func ports(_ template: PodTemplate) -> [NamedPort] {
    var result: [NamedPort] = []
    for container in template.containers where container.role != .initial {
      for port in container.node["ports"]?.elements ?? [] {
        guard let name = port["name"]?.text, let number = port["containerPort"]?.int,
          let value = UInt16(exactly: number),
          value > 0, let transport = ConnectionSet.TransportProtocol(name: port["protocol"]?.string ?? "TCP")
        else { continue }
        result.append(NamedPort(name: name, transport: transport, port: value))
      }
    }
    return result.sorted { ($0.name, $0.transport.rawValue, $0.port) < ($1.name, $1.transport.rawValue, $1.port) }
  }
}
