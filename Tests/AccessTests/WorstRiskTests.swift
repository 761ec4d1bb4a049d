import Access
import Findings
import Kube
import TestKit
import Testing

@Suite struct WorstRiskTests {
  /// What somebody is bound to is no less because everybody has it, too.
  @Test(arguments: ["", "{kind: Group, name: \"system:authenticated\"}, "]) func groupsTakeNothingAway(
    _ everybody: String
  ) throws {
    let inventory = AccessInventory(
      Fixtures.snapshot(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: secrets}
        rules: [{apiGroups: [""], resources: [secrets], verbs: ["*"]}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: b, namespace: x}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: secrets}
        subjects: [{kind: ServiceAccount, name: s}]
        ---
        apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: all}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
        subjects: [\(everybody){kind: ServiceAccount, name: t, namespace: x}]
        """))
    let profile = AccessProfile(inventory)
    let worst = { (name: String) in
      inventory.allSubjects.first { $0.text.hasSuffix(name) }.flatMap { profile.worst(ofOwn: $0) }
    }
    #expect(worst("x/s")?.namespace == "x")
    #expect(worst("x/t")?.severity == .critical && worst("x/t")?.namespace == nil)
  }
}
