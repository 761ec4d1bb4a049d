import Depth
import Findings
import Kube
import TestKit
import Testing

@Suite struct HighValueAssetsTests {
  @Test(arguments: [
    ("postgres:16", "", ["database (postgres)"]), ("docker.io/bitnami/redis@sha256:00", "", ["data store (redis)"]),
    ("quay.io/prometheuscommunity/postgres-exporter:v0.15", "", []), ("registry:5000/team/web:1", "", []),
    (
      "web", "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k}}}], envFrom: [{secretRef: {name: t}}]",
      ["2 secrets"]
    ),
    ("hashicorp/vault:1.15", "envFrom: [{secretRef: {name: t}}]", ["key store (vault)", "1 secret"]),
  ])
  func reasons(_ image: String, _ more: String, _ expected: [String]) {
    let yaml =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: w, namespace: n}\nspec: {template: {spec: {containers: [{name: c, image: \"\(image)\"\(more.isEmpty ? "" : ", " + more)}]}}}\n"
    let workload = Subject(group: "apps", kind: "Deployment", namespace: "n", name: "w")
    #expect(HighValueAssets.reasons(Fixtures.snapshot(yaml))[workload] ?? [] == expected)
  }
}
