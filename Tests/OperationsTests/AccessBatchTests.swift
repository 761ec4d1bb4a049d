import Access
import Bytes
import Operations
import TestKit
import Testing

/// Questions of a batch are read as a single question is.
@Suite struct AccessBatchTests {
  private static let input = """
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata: {name: reader}
    rules: [{apiGroups: [""], resources: [pods], verbs: [get]}, {apiGroups: [apps], resources: [deployments], verbs: [get]}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: reader}
    roleRef: {kind: ClusterRole, name: reader}
    subjects: [{kind: ServiceAccount, name: bot, namespace: shop}, {kind: Group, name: devs}]
    ---
    apiVersion: rbac.authorization.k8s.io/v1
    kind: RoleBinding
    metadata: {name: view, namespace: shop}
    roleRef: {kind: ClusterRole, name: view}
    subjects: [{kind: Group, name: viewers}]
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: aws-auth, namespace: kube-system}
    data: {mapUsers: "- {userarn: 'arn:aws:iam::1:user/kim', username: kim, groups: [devs]}"}
    """

  /// - Returns: `allowed`, or `error`, with any remark behind it.
  private func answer(_ question: String) throws -> String {
    var bytes: [UInt8] = []
    _ = try AccessBatch.answer(
      Array((question + "\n").utf8), AccessInventory(Fixtures.snapshot(Self.input))
    ) { bytes += $0 }
    let node = try #require(JSONReader.readStream(bytes).documents.first)
    if node["error"] != nil { return "error" }
    let remarks = node["remarks"]?.strings ?? []
    return "\(node["allowed"]?.bool.map { $0 ? "yes" : "no" } ?? "unknown")\(remarks.isEmpty ? "" : ", remarked")"
  }

  @Test(arguments: [
    (#"{"user":"shop/bot","verb":"get","resource":"pods","namespace":"shop"}"#, "yes"),
    (#"{"user":"shop/bot","verb":"get","resource":"pods","namespace":"nowhere"}"#, "yes, remarked"),
    (#"{"user":"system:serviceaccount:shop:bot","verb":"get","resource":"po"}"#, "yes"),
    (#"{"user":"user:shop/bot","verb":"get","resource":"pods"}"#, "no"),
    (#"{"user":"shop/nobody","verb":"get","resource":"pods"}"#, "no, remarked"),
    (#"{"user":"shop/","verb":"get","resource":"pods"}"#, "error"),
    (#"{"user":"group:devs","verb":"get","resource":"pods"}"#, "yes"),
    (#"{"user":"group:devs","groups":["a"],"verb":"get","resource":"pods"}"#, "error"),
    (#"{"user":"kim","verb":"get","resource":"pods"}"#, "yes"),
    (#"{"user":"arn:aws:iam::1:user/kim","verb":"get","resource":"pods"}"#, "yes"),
    (#"{"user":"jo","groups":["devs"],"verb":"get","resource":"pods"}"#, "yes"),
    (#"{"user":"jo","groups":"devs","verb":"get","resource":"pods"}"#, "error"),
    (#"{"user":"jo","groups":[1],"verb":"get","resource":"pods"}"#, "error"),
    (#"{"user":"","groups":["devs"],"verb":"get","resource":"pods"}"#, "yes"),
    (#"{"user":"system:masters","verb":"get","resource":"pods"}"#, "yes"),
    (#"{"user":"system:masters","groups":[],"verb":"get","resource":"pods"}"#, "no"),
    (#"{"user":"shop/bot","verb":"get","resource":"deploy"}"#, "yes"),
    (#"{"user":"shop/bot","verb":"get","resource":"deployments.apps"}"#, "yes"),
    (#"{"user":"shop/bot","verb":"get","apiGroup":"apps","resource":"deployments"}"#, "yes"),
    (#"{"user":"shop/bot","verb":"get","apiGroup":"","resource":"deployments"}"#, "no, remarked"),
    (#"{"user":"shop/bot","verb":"get","apiGroup":"x.example.com","resource":"widgets"}"#, "no, remarked"),
    (#"{"user":"shop/bot","verb":"get","resource":"podz"}"#, "error"),
    (#"{"user":"shop/bot","verb":"gett","resource":"pods"}"#, "error"),
    (#"{"user":"shop/bot","verb":"get","resource":"pods","namespace":5}"#, "error"),
    (#"{"user":"shop/bot","verb":"get","resource":"pods","namespace":null}"#, "yes"),
    (#"{"user":"jo","verb":"get","path":"/healthz"}"#, "yes"),
    (#"{"user":"jo","verb":"get","resource":"/healthz"}"#, "yes"),
    // An answer can be asked again.
    (#"{"user":"shop/bot","verb":"get","resource":"pods","allowed":true,"reason":"x","remarks":["y"]}"#, "yes"),
    ("5", "error"),
  ])
  func aQuestionMeansWhatASingleOneMeans(_ question: String, _ wanted: String) throws {
    #expect(try answer(question) == wanted)
  }
}
