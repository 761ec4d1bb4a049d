import Findings
import Kube
import TestKit
import Testing

/// What the workload of an object is called.
@Suite struct OwnerChainTests {
  private static func owned(
    _ apiVersion: String, _ kind: String, _ name: String, by owner: String, labels: String = "", uid: String? = nil
  ) -> String {
    """
    apiVersion: \(apiVersion)
    kind: \(kind)
    metadata:
      name: \(name)
      namespace: shop
      labels: {\(labels)}
      \(uid.map { "uid: " + $0 } ?? "annotations: {}")
      ownerReferences: [\(owner)]
    spec: {containers: [{name: c, image: i}]}
    ---

    """
  }

  private static func maker(_ apiVersion: String, _ kind: String, _ name: String, uid: String? = nil) -> String {
    "apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: \(name), namespace: shop\(uid.map { ", uid: " + $0 } ?? "")}\nspec: {template: {spec: {containers: [{name: c, image: i}]}}}\n---\n"
  }

  private static func reference(
    _ apiVersion: String, _ kind: String, _ name: String, _ extra: String = ", controller: true"
  ) -> String { "{apiVersion: \(apiVersion), kind: \(kind), name: \(name)\(extra)}" }

  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let yaml: String
    let workload: String
    var testDescription: String { name }
  }

  private static let hash = "pod-template-hash: 6d4f"
  private static let replicaSet = reference("apps/v1", "ReplicaSet", "web-6d4f")

  static let cases: [Case] = [
    Case(
      name: "Pod, ReplicaSet, Deployment",
      yaml: maker("apps/v1", "Deployment", "web")
        + owned("apps/v1", "ReplicaSet", "web-6d4f", by: reference("apps/v1", "Deployment", "web"), labels: hash)
        + owned("v1", "Pod", "pod", by: replicaSet, labels: hash), workload: "apps/Deployment web"),
    Case(
      name: "the ReplicaSet is not in the input", yaml: owned("v1", "Pod", "pod", by: replicaSet, labels: hash),
      workload: "apps/Deployment web"),
    Case(
      name: "the Deployment is not in the input",
      yaml: owned("apps/v1", "ReplicaSet", "web-6d4f", by: reference("apps/v1", "Deployment", "web"))
        + owned("v1", "Pod", "pod", by: replicaSet), workload: "apps/Deployment web"),
    Case(
      name: "a ReplicaSet that nothing owns",
      yaml: maker("apps/v1", "ReplicaSet", "web-6d4f")
        + owned("v1", "Pod", "pod", by: replicaSet, labels: hash), workload: "apps/ReplicaSet web-6d4f"),
    Case(
      name: "Argo Rollout",
      yaml: owned("v1", "Pod", "pod", by: replicaSet, labels: "rollouts-pod-template-hash: 6d4f"),
      workload: "argoproj.io/Rollout web"),
    Case(
      name: "Pod, Job, CronJob",
      yaml: maker("batch/v1", "CronJob", "night")
        + owned("batch/v1", "Job", "night-290", by: reference("batch/v1", "CronJob", "night"))
        + owned("v1", "Pod", "pod", by: reference("batch/v1", "Job", "night-290")), workload: "batch/CronJob night"),
    Case(
      name: "the Job is not in the input",
      yaml: maker("batch/v1", "CronJob", "night")
        + owned("v1", "Pod", "pod", by: reference("batch/v1", "Job", "night-290")), workload: "batch/CronJob night"),
    Case(
      name: "a Job of its own", yaml: owned("v1", "Pod", "pod", by: reference("batch/v1", "Job", "load-7")),
      workload: "batch/Job load-7"),
    Case(
      name: "an operator above a StatefulSet",
      yaml: owned(
        "apps/v1", "StatefulSet", "db", by: reference("monitoring.coreos.com/v1", "Prometheus", "main"))
        + owned("v1", "Pod", "pod", by: reference("apps/v1", "StatefulSet", "db")), workload: "apps/StatefulSet db"),
    Case(
      name: "an operator's pods", yaml: owned("v1", "Pod", "pod", by: reference("db.example/v1", "Cluster", "main")),
      workload: "db.example/Cluster main"),
    Case(
      name: "a static pod", yaml: owned("v1", "Pod", "pod", by: reference("v1", "Node", "n1")), workload: "Pod pod"),
    Case(
      name: "a reference without controller",
      yaml: owned("v1", "Pod", "pod", by: reference("apps/v1", "DaemonSet", "log", "")), workload: "apps/DaemonSet log"),
    Case(
      name: "an owner that does not control",
      yaml: maker("apps/v1", "Deployment", "web")
        + owned("v1", "Pod", "pod", by: reference("apps/v1", "Deployment", "web", ", controller: false")),
      workload: "Pod pod"),
    Case(
      name: "another object of the owner's name",
      yaml: maker("apps/v1", "StatefulSet", "db", uid: "new")
        + owned("v1", "Pod", "pod", by: reference("apps/v1", "StatefulSet", "db", ", controller: true, uid: old")),
      workload: "apps/StatefulSet db"),
    Case(
      name: "a reference without a group",
      yaml: maker("apps/v1", "ReplicaSet", "web")
        + owned("v1", "Pod", "pod", by: "{kind: ReplicaSet, name: web, controller: true}"),
      workload: "apps/ReplicaSet web"),
  ]

  @Test(arguments: cases) func theWorkloadOfAPodIsTheEndOfItsChain(_ item: Case) throws {
    let snapshot = Fixtures.snapshot(item.yaml)
    let pod = try #require(snapshot.objects(.pod).first)
    let workload = snapshot.workload(of: pod)
    #expect(
      workload
        == Subject(
          group: item.workload.contains("/") ? String(item.workload.split(separator: "/")[0]) : "",
          kind: String(item.workload.split(separator: "/").last?.split(separator: " ")[0] ?? ""), namespace: "shop",
          name: String(item.workload.split(separator: " ")[1])))
  }

  /// Whoever claims to be owned in a circle is judged: nothing hides behind a false reference.
  @Test(arguments: [1, 2, 3, 5]) func circlesHideNobody(_ length: Int) {
    let yaml = (0..<length).map { index in
      Self.owned(
        "apps/v1", "Deployment", "d\(index)", by: Self.reference("apps/v1", "Deployment", "d\((index + 1) % length)")
      )
      .replacing("spec: {containers", with: "spec: {template: {spec: {containers").replacing("i}]}", with: "i}]}}}")
    }.joined()
    #expect(Fixtures.snapshot(yaml).workloads.count == length)
  }
}
