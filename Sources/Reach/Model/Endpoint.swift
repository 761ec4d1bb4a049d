package import Bytes
package import Findings
import Kube

/// A pod, or the pods of a workload that has none in the snapshot.
package struct Endpoint: Sendable {
  package let namespace: String
  /// Of the pod, or of the workload.
  package let name: String
  /// What manages the pod; a pod without owner is its own workload.
  package let workload: Subject
  /// True for an actual Pod object.
  package let isPod: Bool
  /// An interface of a node that Calico was told to protect.
  package let isHost: Bool
  package let labels: [String: String]
  package let serviceAccount: String
  package let hostNetwork: Bool
  package let addresses: [IPAddress]
  package let namedPorts: [NamedPort]
  package let location: Location
  /// The node that a pod was scheduled to.
  let node: String?
  /// Given by the cluster that it is in.
  package internal(set) var podClass = PodClassID(0)

  init(
    namespace: String, name: String, workload: Subject, isPod: Bool, isHost: Bool = false, labels: [String: String],
    serviceAccount: String, hostNetwork: Bool, addresses: [IPAddress], namedPorts: [NamedPort], location: Location,
    node: String? = nil
  ) {
    self.namespace = namespace
    self.name = name
    self.workload = workload
    self.isPod = isPod
    self.isHost = isHost
    self.labels = labels
    self.serviceAccount = serviceAccount
    self.hostNetwork = hostNetwork
    self.addresses = addresses
    self.namedPorts = namedPorts
    self.location = location
    self.node = node
  }

  /// The end of connections that it is, pods told apart.
  package var pod: ConnectionEnd {
    isPod && !isHost ? .pod(namespace: namespace, name: name) : .workload(workload)
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
  static func all(in snapshot: ClusterSnapshot) -> [Endpoint] {
    var result: [Endpoint] = []
    // Where the pods themselves were seen, they stand for their workload.
    var owned = Set<OwnerKey>()
    for pod in snapshot.objects(.pod) {
      guard let spec = pod.spec else { continue }
      // A finished pod has no address any more.
      if let phase = pod.root[path: "status", "phase"]?.string, phase == "Succeeded" || phase == "Failed" { continue }
      let owner = pod.controller ?? firstOwner(pod)
      if let owner {
        owned.insert(OwnerKey(namespace: pod.effectiveNamespace, kind: owner.kind.kind, name: owner.name))
      }
      let template = PodTemplate(metadata: pod.metadata, spec: spec, path: "spec")
      var addresses = (pod.root[path: "status", "podIPs"]?.elements ?? []).compactMap {
        $0["ip"]?.string.flatMap { IPAddress($0) }
      }
      if addresses.isEmpty, let text = pod.root[path: "status", "podIP"]?.string, let address = IPAddress(text) {
        addresses = [address]
      }
      let kind = owner?.kind ?? .pod
      result.append(
        Endpoint(
          namespace: pod.effectiveNamespace, name: pod.name,
          workload: Subject(
            group: kind.group, kind: kind.kind, namespace: pod.effectiveNamespace, name: owner?.name ?? pod.name),
          isPod: true, labels: pod.labels, serviceAccount: template.serviceAccountName,
          hostNetwork: template.hostNetwork, addresses: addresses, namedPorts: ports(template),
          location: pod.location, node: spec["nodeName"]?.string))
    }
    result += calicoEndpoints(snapshot, seen: Set(result.map { "\($0.namespace)/\($0.name)" }))
    for workload in snapshot.workloads where workload.object.groupKind != .pod && workload.managed == 0 {
      let object = workload.object
      let key = OwnerKey(namespace: object.effectiveNamespace, kind: object.kind, name: object.name)
      guard object.kind != "PodTemplate", !owned.contains(key) else { continue }
      result.append(
        Endpoint(
          namespace: object.effectiveNamespace, name: object.name, workload: Subject(workload: object), isPod: false,
          labels: workload.template.labels, serviceAccount: workload.template.serviceAccountName,
          hostNetwork: workload.template.hostNetwork, addresses: [], namedPorts: ports(workload.template),
          location: object.location))
    }
    return result
  }

  private struct OwnerKey: Hashable {
    let namespace: String
    let kind: String
    let name: String
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
          isHost: true, labels: object.labels, serviceAccount: "", hostNetwork: true,
          addresses: (object.spec?["expectedIPs"]?.strings ?? []).compactMap { IPAddress($0) }, namedPorts: [],
          location: object.location, node: object.spec?["node"]?.string))
    }
    return result
  }

  private static func firstOwner(_ pod: KubeObject) -> (kind: GroupKind, name: String)? {
    guard let owner = pod.metadata?["ownerReferences"]?.elements.first, let kind = owner["kind"]?.string,
      let name = owner["name"]?.string
    else { return nil }
    let parts = (owner["apiVersion"]?.string ?? "").split(separator: "/")
    return (GroupKind(parts.count > 1 ? String(parts[0]) : "", kind), name)
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
