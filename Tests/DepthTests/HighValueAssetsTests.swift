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

  @Test(arguments: [
    // Teams that build their own images give ports and names away.
    ("stock-db", "", "ports: [{name: mysql, containerPort: 3306}]", ["database (port 3306 named mysql)"]),
    ("stock", "", "ports: [{containerPort: 27017}]", ["database (port 27017)"]),
    ("stock", "", "ports: [{name: amqp, containerPort: 15000}]", ["message queue (port 15000 named amqp)"]),
    ("orders-db", "", "ports: [{containerPort: 7000}]", ["database (called orders-db)"]),
    ("x", "app.kubernetes.io/name: postgresql", "ports: [{containerPort: 7000}]", ["database (called postgresql)"]),
    // What stands beside a store is none.
    ("orders-db-exporter", "", "ports: [{containerPort: 3306}]", []), ("db-migrate", "", "", []),
    ("orders-db", "", "", []), ("web", "", "ports: [{name: http, containerPort: 8080}]", []),
  ])
  func signs(_ name: String, _ labels: String, _ more: String, _ expected: [String]) {
    let yaml =
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: \(name), namespace: n}\nspec: {template: {metadata: {labels: {\(labels)}}, spec: {containers: [{name: c, image: \"registry.example/own:1\"\(more.isEmpty ? "" : ", " + more)}]}}}\n"
    let workload = Subject(group: "apps", kind: "Deployment", namespace: "n", name: name)
    #expect(HighValueAssets.reasons(Fixtures.snapshot(yaml))[workload] ?? [] == expected)
  }
}
