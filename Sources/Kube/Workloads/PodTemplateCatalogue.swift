import Bytes

/// Where each kind keeps its pod templates. A new kind is one line here.
package enum PodTemplateCatalogue {
  enum Place: Sendable {
    /// A PodTemplateSpec (metadata and spec) at the path; `*` stands for each element of a list or value of a map.
    case template(String)
    /// A PodSpec at the path; the pods have the object's own metadata.
    case podSpec(String)
    /// Container lists of another layout at the path, and where fields for all the pods of the object stand.
    case containers(String, PodTemplate.Layout, common: [String] = [])
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
    GroupKind("argoproj.io", "Workflow"): workflow("spec"),
    GroupKind("argoproj.io", "WorkflowTemplate"): workflow("spec"),
    GroupKind("argoproj.io", "ClusterWorkflowTemplate"): workflow("spec"),
    GroupKind("argoproj.io", "CronWorkflow"): workflow("spec.workflowSpec"),
    GroupKind("serving.knative.dev", "Service"): [.containers("spec.template.spec", .revision)],
    GroupKind("serving.knative.dev", "Configuration"): [.containers("spec.template.spec", .revision)],
    GroupKind("serving.knative.dev", "Revision"): [.containers("spec", .revision)],
    GroupKind("tekton.dev", "Task"): [.containers("spec", .steps)],
    GroupKind("tekton.dev", "ClusterTask"): [.containers("spec", .steps)],
    GroupKind("tekton.dev", "TaskRun"): [.containers("spec.taskSpec", .steps, common: ["spec.podTemplate", "spec"])],
    GroupKind("tekton.dev", "PipelineRun"): [
      .containers(
        "spec.pipelineSpec.tasks.*.taskSpec", .steps,
        common: ["spec.taskRunTemplate.podTemplate", "spec.taskRunTemplate", "spec.podTemplate", "spec"]),
      .containers(
        "spec.pipelineSpec.finally.*.taskSpec", .steps,
        common: ["spec.taskRunTemplate.podTemplate", "spec.taskRunTemplate", "spec.podTemplate", "spec"]),
    ],
    GroupKind("tekton.dev", "Pipeline"): [
      .containers("spec.tasks.*.taskSpec", .steps), .containers("spec.finally.*.taskSpec", .steps),
    ],
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

  /// A workflow of Argo, whose templates share the fields of its pods.
  private static func workflow(_ path: String) -> [Place] {
    [
      .containers("\(path).templates.*", .workflow, common: [path]),
      .containers("\(path).templateDefaults", .workflow, common: [path]),
    ]
  }

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
      case .containers(let path, let layout, let common):
        // Fields of the object count for each of its pods.
        nodes(object.root, path).compactMap { node, path in
          let template = PodTemplate(
            metadata: metadata(node, path, in: object), spec: node, path: path, layout: layout,
            common: common.flatMap { nodes(object.root, $0) })
          return template.containers.isEmpty ? nil : template
        }
      }
    }
  }

  // MARK: By shape

  /// Whether a kind is neither known to make pods nor one of Kubernetes itself.
  static func mayHoldPods(_ kind: GroupKind) -> Bool { places[kind] == nil && !CustomKinds.isBuiltIn(kind) }

  /// Templates in a custom resource that no line of the catalogue knows, by their shape: a mapping with a list of
  /// containers or steps, of which one at least has an image.
  ///
  /// What a policy compares objects with has the same shape and makes no pods: of one, only what it creates is looked at.
  static func shaped(in object: KubeObject) -> [PodTemplate] {
    var found: [PodTemplate] = []
    for (node, path) in CustomKinds.contents(of: object) { search(node, path, around: nil, depth: 0, &found) }
    return found
  }

  /// Every template of an object, whether the catalogue knows its kind or its shape tells.
  package static func allTemplates(of object: KubeObject) -> [PodTemplate] {
    mayHoldPods(object.groupKind) ? shaped(in: object) : templates(of: object)
  }

  /// The metadata of pods: beside their spec where they have one of their own.
  private static func metadata(_ node: DocumentNode, _ path: String, in object: KubeObject) -> DocumentNode? {
    if let own = node["metadata"] { return own }
    guard path.hasSuffix(".spec") else { return path == "spec" ? object.metadata : nil }
    return nodes(object.root, String(path.dropLast(5))).first?.0["metadata"]
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

  private static func nodes(_ root: DocumentNode, _ path: String) -> [(node: DocumentNode, path: String)] {
    var found: [(node: DocumentNode, path: String)] = [(root, "")]
    for part in path.split(separator: ".") {
      if part == "*" {
        found = found.flatMap { node, path -> [(node: DocumentNode, path: String)] in
          if let items = node.array { return items.enumerated().map { (node: $1, path: "\(path)[\($0)]") } }
          return node.entries.map { (node: $0.value, path: "\(path).\($0.key)") }
        }
      } else {
        let key = String(part)
        found = found.compactMap { node, path in
          node[key].map { (node: $0, path: path.isEmpty ? key : "\(path).\(key)") }
        }
      }
    }
    return found
  }
}
