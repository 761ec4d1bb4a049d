import Bytes
import Kube

/// Istio PeerAuthentication: where mutual TLS is required, what has no identity in the mesh gets no connection.
///
/// Source: the reference of `security.istio.io/v1`: the most specific policy of a workload decides (its own, then its
/// namespace's, then the mesh's), port by port; of several of one rank the oldest does.
enum IstioPeerAuthentication {
  static func stage(_ proxies: IstioProxies, _ compiler: inout PolicyCompiler) -> PolicyProgram.Stage {
    let objects = compiler.lastOfEqualNames(compiler.cluster.snapshot.objects(IstioMesh.peerAuthentication))
    func rank(_ object: KubeObject) -> Int {
      if object.spec?["selector"] != nil { return 0 }
      return object.effectiveNamespace == IstioMesh.rootNamespace ? 2 : 1
    }
    func age(_ object: KubeObject) -> String { object.metadata?["creationTimestamp"]?.text ?? "9" }
    let sorted = objects.sorted { (rank($0), age($0), $0.name) < (rank($1), age($1), $1.name) }
    var left = compiler.selectable.intersection(proxies.governed)
    var policies: [PolicyProgram.Policy] = []
    for object in sorted {
      guard
        var subjects = IstioMesh.subjects(object, labels: object.spec?[path: "selector", "matchLabels"], &compiler)
      else { continue }
      subjects.formIntersection(left)
      let mode = object.spec?[path: "mtls", "mode"]?.string ?? "UNSET"
      let ports = object.spec?["portLevelMtls"]?.entries ?? []
      // What leaves its mode open takes that of the next in rank.
      if mode == "UNSET", ports.isEmpty { continue }
      left.subtract(subjects)
      var strict = mode == "STRICT" ? ConnectionSet(.tcp) : ConnectionSet.none
      for entry in ports {
        guard let port = UInt16(entry.key), port > 0 else {
          compiler.report(
            object, entry.value, "\"\(entry.key)\" is not a port; it was ignored", code: .refused, hides: false)
          continue
        }
        let one = ConnectionSet(.tcp, port...port)
        switch entry.value["mode"]?.string {
        case "STRICT": strict = strict.union(one)
        case "PERMISSIVE", "DISABLE": strict = strict.subtracting(one)
        default: break
        }
      }
      guard strict.hasPorts else { continue }
      let rule = PolicyProgram.Rule(
        action: .deny, peers: proxies.outsiders, ports: .init(fixed: strict), path: "mtls STRICT",
        node: object.root)
      policies.append(
        PolicyProgram.Policy(
          object: object, subjects: subjects, ingress: [rule], egress: nil, isolates: false,
          doubt: proxies.doubt(subjects)))
    }
    return .init(IstioMesh.Place.peerAuthentication, policies)
  }
}
