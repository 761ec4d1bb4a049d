import Bytes
import Findings
import Kube
import Reach

/// Fences: who is not let in by label or by address stays outside.
enum FencePolicy: PolicyDialect {
  static let policyKinds = [GroupKind("fences.example", "Fence")]

  static let vocabulary = PolicyVocabulary(["around": .labels, "gates": .labels, "addresses": .blocks])

  static func enforcement(of kind: GroupKind, by plugin: NetworkPlugin) -> Enforcement {
    plugin.isSame(as: .calico) ? .enforced : .notEnforced
  }

  static func compile(_ compiler: inout PolicyCompiler) -> [PolicyProgram.Stage] {
    let objects = policyKinds.flatMap(compiler.cluster.snapshot.objects)
    return [.init(place, compiler.lastOfEqualNames(objects).compactMap { policy($0, &compiler) })]
  }

  /// Before the policies of the API.
  private static let place = PolicyProgram.Place(order: 10, name: "fences")

  private static func policy(_ object: KubeObject, _ compiler: inout PolicyCompiler) -> PolicyProgram.Policy? {
    guard let around = object.spec?["around"]?.stringMap, !around.isEmpty else {
      compiler.refuse(object, object.spec, "around is missing")
      return nil
    }
    var peers = PolicyProgram.Peers(compiler.none)
    if let gates = object.spec?["gates"]?.stringMap {
      peers.matched.formUnion(compiler.pods(LabelSelector(equalTo: gates)))
    }
    for address in object.spec?["addresses"]?.elements ?? [] {
      guard let block = address.text.flatMap({ IPRange(cidr: $0) }) else {
        compiler.refuse(object, address, "\"\(address.text ?? "")\" is not a CIDR block")
        return nil
      }
      peers = peers.union(compiler.block(block, pods: .none))
    }
    let subjects = compiler.pods(LabelSelector(equalTo: around))
      .intersection(compiler.namespace(object.effectiveNamespace))
    let rule = PolicyProgram.Rule(
      action: .pass, peers: peers, ports: .all, path: "gates", node: object.spec ?? object.root)
    return PolicyProgram.Policy(object: object, subjects: subjects, ingress: [rule], egress: nil, isolates: true)
  }

  static func lint(_ policies: [PolicyProgram.Policy]) -> [PolicyRemark] {
    policies.filter { $0.object.spec?["gates"] == nil && $0.object.spec?["addresses"] == nil }.map {
      PolicyRemark(
        code: "no-gate", object: $0.object.subject, location: $0.object.location, detail: "nobody gets in")
    }
  }
}
