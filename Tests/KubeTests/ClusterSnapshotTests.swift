import Bytes
import Findings
import Kube
import TestKit
import Testing

@Suite struct ClusterSnapshotTests {
  @Test func listsOfAllShapesAreOpened() {
    let snapshot = Fixtures.snapshot(
      """
      {"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}},
        {"apiVersion": "v1", "kind": "ConfigMapList", "items": [{"metadata": {"name": "b"}}]}]}
      """)
    #expect(snapshot.objects.map { $0.groupKind.text + "/" + $0.name } == ["Pod/a", "ConfigMap/b"])
    #expect(Fixtures.snapshot("- {apiVersion: v1, kind: Pod, metadata: {name: a}}").objects.count == 1)
  }

  /// What a list holds was meant as an object: what is none is told of, and the input is not all that was meant.
  @Test(arguments: [
    "{apiVersion: v1, kind: List, items: [hello, 3, {apiVersion: v1, kind: Pod, metadata: {name: a}}, null]}",
    "{apiVersion: v1, kind: PodList, items: [hello, {metadata: {name: a}}, [1], null]}",
    "{apiVersion: v1, kind: List, items: [{a: b}, {}, {apiVersion: v1, kind: Pod, metadata: {name: a}}, 1]}",
    "[1, {apiVersion: v1, kind: Pod, metadata: {name: a}}, two, null]",
  ])
  func itemsThatAreNoObjects(_ yaml: String) {
    let snapshot = Fixtures.snapshot(yaml)
    #expect(snapshot.objects.map(\.name) == ["a"])
    #expect(snapshot.problems.map(\.hidesInput) == [true, true, true])
  }

  @Test func dataOfSomebodyElseHidesNothing() {
    let problems = Fixtures.snapshot("[1, {a: b}]").problems
    #expect(problems.map(\.hidesInput) == [false, false])
  }

  @Test func aDeploymentItsReplicaSetAndPodsAreOneWorkload() {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: web-1-x, namespace: n, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-1, controller: true}]}
      spec: {containers: [{name: c}]}
      ---
      apiVersion: apps/v1
      kind: ReplicaSet
      metadata: {name: web-1, namespace: n, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, controller: true}]}
      spec: {template: {spec: {containers: [{name: c}]}}}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: n}
      spec: {template: {spec: {containers: [{name: c}]}}}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: orphan, namespace: n, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: gone, controller: true}]}
      spec: {containers: [{name: c}]}
      """)
    #expect(snapshot.workloads.map(\.subject.text) == ["n/Deployment/web", "n/Pod/orphan"])
    #expect(snapshot.workloads.first?.managed == 2)
  }

  @Test func circlesOfOwnersEnd() {
    let snapshot = Fixtures.snapshot(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: a, ownerReferences: [{apiVersion: v1, kind: Pod, name: b, controller: true}]}
      spec: {containers: []}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: b, ownerReferences: [{apiVersion: v1, kind: Pod, name: a, controller: true}]}
      spec: {containers: []}
      """)
    #expect(snapshot.objects.count == 2)
    #expect(snapshot.workloads.count >= 1)
  }

  /// Every kind that makes pods gives the same view.
  @Test(arguments: [
    ("v1", "Pod", "spec: {containers: [{name: c, image: i}]}", "spec.containers[0]"),
    ("v1", "PodTemplate", "template: {spec: {containers: [{name: c, image: i}]}}", "template.spec.containers[0]"),
    (
      "v1", "ReplicationController", "spec: {template: {spec: {containers: [{name: c, image: i}]}}}",
      "spec.template.spec.containers[0]"
    ),
    (
      "apps/v1", "DaemonSet", "spec: {template: {spec: {containers: [{name: c, image: i}]}}}",
      "spec.template.spec.containers[0]"
    ),
    (
      "batch/v1", "CronJob", "spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: c, image: i}]}}}}}",
      "spec.jobTemplate.spec.template.spec.containers[0]"
    ),
    (
      "argoproj.io/v1alpha1", "Rollout", "spec: {template: {spec: {containers: [{name: c, image: i}]}}}",
      "spec.template.spec.containers[0]"
    ),
    (
      "argoproj.io/v1alpha1", "Workflow", "spec: {templates: [{container: {name: c, image: i}}]}",
      "spec.templates[0].container"
    ),
    ("tekton.dev/v1", "Task", "spec: {steps: [{name: c, image: i}]}", "spec.steps[0]"),
    (
      "tekton.dev/v1", "Pipeline", "spec: {tasks: [{taskSpec: {steps: [{name: c, image: i}]}}]}",
      "spec.tasks[0].taskSpec.steps[0]"
    ),
    (
      "serving.knative.dev/v1", "Service", "spec: {template: {spec: {containers: [{name: c, image: i}]}}}",
      "spec.template.spec.containers[0]"
    ),
    (
      "ray.io/v1", "RayCluster", "spec: {workerGroupSpecs: [{template: {spec: {containers: [{name: c, image: i}]}}}]}",
      "spec.workerGroupSpecs[0].template.spec.containers[0]"
    ),
    (
      "kubeflow.org/v1", "PyTorchJob",
      "spec: {pytorchReplicaSpecs: {Master: {template: {spec: {containers: [{name: c, image: i}]}}}}}",
      "spec.pytorchReplicaSpecs.Master.template.spec.containers[0]"
    ),
  ])
  func podTemplates(_ apiVersion: String, _ kind: String, _ rest: String, _ path: String) throws {
    let snapshot = Fixtures.snapshot("apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: x}\n\(rest)\n")
    let workload = try #require(snapshot.workloads.first)
    #expect(workload.containers.map(\.path) == [path])
    #expect(workload.containers.map(\.image) == ["i"])
  }

  /// What is meant as an object is not left out in silence; what is none is.
  @Test(arguments: [
    ("apiversion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n", "Object 'apiVersion' is missing"),
    ("apiVersion: apps/v1\nKind: Deployment\nmetadata: {name: x}\n", "Object 'kind' is missing"),
    ("kind: Pod\nmetadata: {name: x}\nspec: {hostPID: true}\n", "Object 'apiVersion' is missing"),
    ("apiVersion: v1\nmetadata: {name: x}\n", "Object 'kind' is missing"),
    ("apiVersion: v2\nname: chart\nversion: 1.0.0\n", nil), ("kind: pipeline\ntype: docker\nname: build\n", nil),
    ("metadata: {title: a page}\n", nil),
  ]) func objectsWithoutAKindAreSaid(_ text: String, _ message: String?) {
    let problems = Fixtures.snapshot(text).problems
    #expect(problems.count == 1 && problems.first?.hidesInput == (message != nil))
    #expect(message.map { problems.first?.message.hasPrefix($0) == true } ?? true, "\(problems)")
  }

  @Test func unknownKindsAreKeptAndOtherDocumentsNamed() {
    let snapshot = Fixtures.snapshot("apiVersion: x.io/v1\nkind: Thing\nmetadata: {name: t}\n---\nreplicas: 3\n")
    #expect(snapshot.objects(GroupKind("x.io", "Thing")).count == 1)
    #expect(snapshot.problems.map(\.code) == ["not-kubernetes"])
    #expect(snapshot.problems.allSatisfy { !$0.hidesInput && $0.location.line == 5 })
  }

  /// A kustomization in an archive is never rendered, and that is said; an object that only goes by the name is one.
  @Test func kustomizationsOfAnArchive() {
    func read(_ text: String) -> ClusterSnapshot {
      var builder = ClusterSnapshot.Builder()
      let archive = TarBuilder.archive([
        ("base/pod.yaml", "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}"),
        ("over/kustomization.yml", text),
      ])
      ManifestReader.read(archive, file: "x.tar", into: &builder, limits: .standard)
      return builder.build()
    }
    let patched = read("resources: [../base]\npatches: [{path: p.yaml}]\n")
    #expect(patched.problems.map(\.hidesInput) == [true] && patched.objects.count == 1)
    let flux = read("{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: a}, spec: {}}")
    #expect(flux.problems.isEmpty && flux.objects.count == 2)
  }
}
