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
