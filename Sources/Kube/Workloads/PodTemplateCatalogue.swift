import Bytes

/// Where each kind keeps its pod templates. A new kind is one line here.
package enum PodTemplateCatalogue {
  enum Place: Sendable {
    /// A PodTemplateSpec (metadata and spec) at the path; `*` stands for each element of a list or value of a map.
    case template(String)
    /// A PodSpec at the path; the pods have the object's own metadata.
    case podSpec(String)
    /// Container lists of another layout at the path.
    case containers(String, PodTemplate.Layout)
  }

  static let places: [GroupKind: [Place]] = [
    .pod: [.podSpec("spec")],
    GroupKind("", "PodTemplate"): [.template("template")],
    GroupKind("", "ReplicationController"): [.template("spec.template")],
    GroupKind("apps", "Deployment"): [.template("spec.template")],
    GroupKind("apps", "ReplicaSet"): [.template("spec.template")],
    GroupKind("apps", "StatefulSet"): [.template("spec.template")],
    GroupKind("apps", "DaemonSet"): [.template("spec.template")],
    GroupKind("extensions", "Deployment"): [.template("spec.template")],
    GroupKind("extensions", "ReplicaSet"): [.template("spec.template")],
    GroupKind("extensions", "DaemonSet"): [.template("spec.template")],
    GroupKind("batch", "Job"): [.template("spec.template")],
    GroupKind("batch", "CronJob"): [.template("spec.jobTemplate.spec.template")],

    GroupKind("argoproj.io", "Rollout"): [.template("spec.template")],
    GroupKind("argoproj.io", "Workflow"): [.containers("spec.templates.*", .workflow)],
    GroupKind("argoproj.io", "WorkflowTemplate"): [.containers("spec.templates.*", .workflow)],
    GroupKind("argoproj.io", "ClusterWorkflowTemplate"): [.containers("spec.templates.*", .workflow)],
    GroupKind("argoproj.io", "CronWorkflow"): [.containers("spec.workflowSpec.templates.*", .workflow)],
    GroupKind("serving.knative.dev", "Service"): [.template("spec.template")],
    GroupKind("serving.knative.dev", "Configuration"): [.template("spec.template")],
    GroupKind("serving.knative.dev", "Revision"): [.podSpec("spec")],
    GroupKind("tekton.dev", "Task"): [.containers("spec", .steps)],
    GroupKind("tekton.dev", "ClusterTask"): [.containers("spec", .steps)],
    GroupKind("tekton.dev", "TaskRun"): [.containers("spec.taskSpec", .steps)],
    GroupKind("tekton.dev", "Pipeline"): [.containers("spec.tasks.*.taskSpec", .steps)],
    GroupKind("apps.openshift.io", "DeploymentConfig"): [.template("spec.template")],
    GroupKind("apps.kruise.io", "CloneSet"): [.template("spec.template")],
    GroupKind("apps.kruise.io", "StatefulSet"): [.template("spec.template")],
    GroupKind("apps.kruise.io", "DaemonSet"): [.template("spec.template")],
    GroupKind("keda.sh", "ScaledJob"): [.template("spec.jobTargetRef.template")],
    GroupKind("batch.volcano.sh", "Job"): [.template("spec.tasks.*.template")],
    GroupKind("kubeflow.org", "PyTorchJob"): [.template("spec.pytorchReplicaSpecs.*.template")],
    GroupKind("kubeflow.org", "TFJob"): [.template("spec.tfReplicaSpecs.*.template")],
    GroupKind("kubeflow.org", "MPIJob"): [.template("spec.mpiReplicaSpecs.*.template")],
    GroupKind("kubeflow.org", "Notebook"): [.template("spec.template")],
    GroupKind("ray.io", "RayCluster"): [
      .template("spec.headGroupSpec.template"), .template("spec.workerGroupSpecs.*.template"),
    ],
    GroupKind("jobset.x-k8s.io", "JobSet"): [.template("spec.replicatedJobs.*.template.spec.template")],
    GroupKind("leaderworkerset.x-k8s.io", "LeaderWorkerSet"): [
      .template("spec.leaderWorkerTemplate.leaderTemplate"), .template("spec.leaderWorkerTemplate.workerTemplate"),
    ],
    GroupKind("agones.dev", "GameServer"): [.template("spec.template")],
    GroupKind("agones.dev", "Fleet"): [.template("spec.template.spec.template")],
  ]

  package static let kinds: [GroupKind] = places.keys.sorted()

  package static func makesPods(_ kind: GroupKind) -> Bool { places[kind] != nil }

  /// All templates of an object; empty for kinds that do not create pods.
  package static func templates(of object: KubeObject) -> [PodTemplate] {
    guard let places = places[object.groupKind] else { return [] }
    return places.flatMap { place -> [PodTemplate] in
      switch place {
      case .template(let path):
        nodes(object.root, path).compactMap { node, path in
          guard let spec = node["spec"], spec.mapping != nil else { return nil }
          return PodTemplate(metadata: node["metadata"], spec: spec, path: path + ".spec")
        }
      case .podSpec(let path):
        nodes(object.root, path).compactMap { node, path in
          node.mapping == nil ? nil : PodTemplate(metadata: object.metadata, spec: node, path: path)
        }
      case .containers(let path, let layout):
        nodes(object.root, path).compactMap { node, path in
          let template = PodTemplate(metadata: node["metadata"], spec: node, path: path, layout: layout)
          return template.containers.isEmpty ? nil : template
        }
      }
    }
  }

  // MARK: By shape

  private static let builtIn = Set(APIResource.builtIn.map(\.groupKind))

  /// Whether a kind is neither known to make pods nor one of Kubernetes itself.
  static func mayHoldPods(_ kind: GroupKind) -> Bool { places[kind] == nil && !builtIn.contains(kind) }

  /// Templates in a custom resource that no line of the catalogue knows, by their shape: a mapping with a list of
  /// containers or steps, of which one at least has an image.
  static func shaped(in object: KubeObject) -> [PodTemplate] {
    var found: [PodTemplate] = []
    search(object.root, "", around: nil, depth: 0, &found)
    return found
  }

  private static func search(
    _ node: DocumentNode, _ path: String, around: DocumentNode?, depth: Int, _ found: inout [PodTemplate]
  ) {
    guard depth < 40, found.count < 1000 else { return }
    switch node.content {
    case .object(let mapping):
      let layout: PodTemplate.Layout? =
        if ["containers", "initContainers", "ephemeralContainers"].contains(where: { hasImages(mapping[$0]) }) {
          .podSpec
        } else if hasImages(mapping["steps"]) {
          .steps
        } else if ["container", "script"].contains(where: { mapping[$0]?["image"]?.string != nil }) {
          .workflow
        } else {
          nil
        }
      if let layout {
        found.append(
          PodTemplate(metadata: around?["metadata"] ?? node["metadata"], spec: node, path: path, layout: layout))
        return
      }
      for entry in mapping.entries {
        guard entry.value.mapping != nil || entry.value.array != nil else { continue }
        search(
          entry.value, path.isEmpty ? entry.key : path + "." + entry.key, around: entry.key == "spec" ? node : nil,
          depth: depth + 1, &found)
      }
    case .array(let items):
      for (index, item) in items.enumerated() where item.mapping != nil || item.array != nil {
        search(item, "\(path)[\(index)]", around: nil, depth: depth + 1, &found)
      }
    default: return
    }
  }

  private static func hasImages(_ list: DocumentNode?) -> Bool {
    list?.array?.contains { $0["image"]?.string != nil } ?? false
  }

  private static func nodes(_ root: DocumentNode, _ path: String) -> [(DocumentNode, String)] {
    var found: [(DocumentNode, String)] = [(root, "")]
    for part in path.split(separator: ".") {
      if part == "*" {
        found = found.flatMap { node, path -> [(DocumentNode, String)] in
          if let items = node.array { return items.enumerated().map { ($1, "\(path)[\($0)]") } }
          return node.entries.map { ($0.value, "\(path).\($0.key)") }
        }
      } else {
        let key = String(part)
        found = found.compactMap { node, path in node[key].map { ($0, path.isEmpty ? key : "\(path).\(key)") } }
      }
    }
    return found
  }
}
