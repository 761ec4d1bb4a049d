import Bytes
import Findings
import Kube

/// Virtual machines of KubeVirt: each runs in a pod that bears the labels of the machine.
///
/// Source: kubevirt.io, "Network policy" and "Interfaces and networks": the pod `virt-launcher` has the labels of the
/// machine's template, and policies apply to it where the machine is on the pod network.
extension Endpoint {
  static func virtualMachines(in snapshot: ClusterSnapshot, beside endpoints: [Endpoint]) -> [Endpoint] {
    let group = "kubevirt.io"
    var result: [Endpoint] = []
    // Whose pod was seen, or that belong to a machine of the input, stand for themselves there.
    var known = Set<String>()
    for endpoint in endpoints where endpoint.labels[group] == "virt-launcher" {
      for key in ["vm.kubevirt.io/name", "kubevirt.io/domain"] {
        if let name = endpoint.labels[key] { known.insert("\(endpoint.namespace)/\(name)") }
      }
    }
    func add(_ object: KubeObject, _ metadata: DocumentNode?, _ spec: DocumentNode?) {
      let home = object.effectiveNamespace
      guard let spec, known.insert("\(home)/\(object.name)").inserted else { return }
      var labels = metadata?["labels"]?.stringMap ?? [:]
      labels[group] = "virt-launcher"
      labels["vm.kubevirt.io/name"] = object.name
      labels["kubevirt.io/domain"] = labels["kubevirt.io/domain"] ?? object.name
      var networks = Endpoint.networks(metadata?["annotations"]?.stringMap ?? [:], home)
      for network in spec["networks"]?.elements ?? [] {
        guard let name = network[path: "multus", "networkName"]?.text else { continue }
        networks.append(name.contains("/") ? name : "\(home)/\(name)")
      }
      var named: [NamedPort] = []
      var declared = ConnectionSet.none
      for port in (spec[path: "domain", "devices", "interfaces"]?.elements ?? []).flatMap({
        $0["ports"]?.elements ?? []
      }) {
        guard let number = port["port"]?.int.flatMap({ UInt16(exactly: $0) }), number > 0,
          let transport = ServiceIndex.transport(port)
        else { continue }
        declared = declared.union(ConnectionSet(transport, number...number))
        if let name = port["name"]?.text { named.append(NamedPort(name: name, transport: transport, port: number)) }
      }
      result.append(
        Endpoint(
          namespace: home, name: object.name, workload: Subject(workload: object), isPod: false, labels: labels,
          serviceAccount: "default", hostNetwork: false, addresses: [], namedPorts: named, declaredPorts: declared,
          location: object.location, networks: networks))
    }
    for object in snapshot.objects(GroupKind(group, "VirtualMachine")) {
      add(object, object.spec?[path: "template", "metadata"], object.spec?[path: "template", "spec"])
    }
    for object in snapshot.objects(GroupKind(group, "VirtualMachineInstance")) {
      add(object, object.metadata, object.spec)
    }
    for object in snapshot.objects(GroupKind(group, "VirtualMachineInstanceReplicaSet")) {
      add(object, object.spec?[path: "template", "metadata"], object.spec?[path: "template", "spec"])
    }
    return result
  }
}
