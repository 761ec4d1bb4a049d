import Depth
import Kube
import Operations
import TestKit
import Testing

/// A policy that refuses one way to the node does not stand before the others.
@Suite struct DepthAdmissionTests {
  private static func cluster(_ expression: String, actions: String = "Deny") -> String {
    """
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: Role
    metadata: {name: r, namespace: shop}
    rules: [{apiGroups: [""], resources: [pods], verbs: [create]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: b, namespace: shop}
    roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: r}
    subjects: [{kind: User, name: kim}]
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicy
    metadata: {name: guard}
    spec:
      failurePolicy: Fail
      matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]}
      validations: [{expression: "\(expression)"}]
    ---
    apiVersion: admissionregistration.k8s.io/v1
    kind: ValidatingAdmissionPolicyBinding
    metadata: {name: guard}
    spec: {policyName: guard, validationActions: [\(actions)]}

    """
  }

  private func depth(_ yaml: String) throws -> Int? {
    let operation = DepthOperation(reach: ReachOperation(profile: nil, plugin: nil))
    let name = try #require(DepthName("subject:user:kim"))
    let graph = operation.graph(of: Fixtures.snapshot(yaml), names: [name])
    let field = try #require(graph.field(from: graph.positions(of: name), graph.solver()))
    return graph.answer(field, .anyNode).depth?.upper
  }

  private static let notPrivileged =
    "object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)"
  private static let noHostPaths = "!has(object.spec.volumes) || object.spec.volumes.all(v, !has(v.hostPath))"
  private static let noCapabilities =
    "object.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.capabilities))"

  @Test func oneOfManyWays() throws {
    #expect(try depth(Self.cluster(Self.notPrivileged)) == 0)
    #expect(try depth(Self.cluster("(\(Self.notPrivileged)) && (\(Self.noHostPaths))")) == 0)
  }

  @Test func allOfThem() throws {
    let all = "(\(Self.notPrivileged)) && (\(Self.noHostPaths)) && (\(Self.noCapabilities))"
    #expect(try depth(Self.cluster(all)) == 1)
    #expect(try depth(Self.cluster("false")) == 1)
    // Nobody is stopped by what is written down only.
    #expect(try depth(Self.cluster("false", actions: "Audit")) == 0)
  }
}
