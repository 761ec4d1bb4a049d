package import Access
import Bytes
import Findings
import Kube

extension AccessInventory {
  /// A binding with its role, such as `ClusterRoleBinding ci-runner of ClusterRole cluster-admin`.
  package func describe(binding index: Int) -> String {
    let binding = bindings[index]
    if binding.isItsOwnRole { return "\(binding.kind) \(binding.object.name)" }
    let scope = binding.namespace.map { "\($0)/" } ?? ""
    return "\(binding.kind) \(scope)\(binding.object.name) of \(binding.roleKind) \(binding.roleName)"
  }

  /// Where a binding is written.
  package func place(binding index: Int) -> String { bindings[index].object.location.text }

  /// Where a rule of a binding's role is written; empty where the role is not in the input.
  package func place(rule: Int, binding index: Int) -> String {
    guard let role = bindings[index].role, roles[role].origins.indices.contains(rule) else { return "" }
    let origin = roles[role].origins[rule]
    let node = origin.object.root["rules"]?.elements
    return origin.object.location(of: node?.indices.contains(origin.index) == true ? node?[origin.index] : nil).text
  }
}
