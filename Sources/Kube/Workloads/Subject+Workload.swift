package import Findings

extension Subject {
  /// A workload as connections and findings about it name it: in the namespace that it lands in.
  package init(workload object: KubeObject) {
    self.init(
      group: object.groupKind.group, kind: object.kind, namespace: object.effectiveNamespace, name: object.name)
  }
}
