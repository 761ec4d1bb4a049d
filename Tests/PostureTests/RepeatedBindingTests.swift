import Bytes
import Findings
import Kube
import Posture
import Testing

/// Two bindings of one name, of which the later one has more subjects. Found by fuzzing.
@Suite struct RepeatedBindingTests {
  @Test func theLaterOneIsJudged() async {
    func binding(_ subjects: [String]) -> String {
      """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRoleBinding
      metadata: {name: b}
      roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: r}
      subjects: [\(subjects.map { "{apiGroup: rbac.authorization.k8s.io, kind: User, name: \($0)}" }.joined(separator: ", "))]
      ---

      """
    }
    let role = """
      apiVersion: rbac.authorization.k8s.io/v1
      kind: ClusterRole
      metadata: {name: r}
      rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]
      """
    var builder = ClusterSnapshot.Builder()
    ManifestReader.read(
      Array((binding([]) + binding(["kim"]) + binding(["kim", "lee", "max"]) + role).utf8), file: "a.yaml",
      into: &builder,
      limits: .standard)
    let result = await PostureScan().run(builder.build())
    #expect(result.findings.contains { $0.message.contains("lee") })
  }
}
