import Bytes
import Findings
import Kube

/// Labels that controllers put on the pods which they make: no template holds them, and policies and Services select by them.
///
/// Source: kubernetes.io, "Well-known labels", and the controllers' own references.
enum ControllerLabels {
  /// What stands for a value that is made when the pod is: no selector can name it.
  private static let made = "(made with the pod)"

  private static let podName = "statefulset.kubernetes.io/pod-name"
  private static let podIndex = "apps.kubernetes.io/pod-index"
  private static let jobName = "batch.kubernetes.io/job-name"

  /// Those by which replicas differ.
  static let ofReplicas: Set<String> = [podName, podIndex]

  /// Those that change with every rollout or pod, so that policies to be kept do not select by them.
  static let volatile: Set<String> = ofReplicas.union([
    "pod-template-hash", "controller-revision-hash", "pod-template-generation", "rollouts-pod-template-hash",
    "job-name", "controller-uid", jobName, "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index", "deployment",
  ])

  /// A label by which the pods of a workload may be selected that has no others; nil where there is none of lasting value.
  static func lasting(_ labels: [String: String]) -> [String: String]? {
    labels[jobName].flatMap { $0 == made ? nil : [jobName: $0] }
  }

  /// Of the pods of a workload, as far as they are the same for all of them.
  static func labels(of object: KubeObject) -> [String: String] {
    switch object.kind {
    case "Deployment": return ["pod-template-hash": made]
    case "Rollout": return ["rollouts-pod-template-hash": made]
    case "DaemonSet": return ["controller-revision-hash": made, "pod-template-generation": made]
    case "StatefulSet": return ["controller-revision-hash": made, podName: made, podIndex: made]
    case "DeploymentConfig": return ["deploymentconfig": object.name, "deployment": made]
    case "Job":
      return job(object.metadata?["name"]?.text ?? made, object.spec?["completionMode"]?.text == "Indexed")
    case "CronJob": return job(made, object.spec?[path: "jobTemplate", "spec", "completionMode"]?.text == "Indexed")
    default: return [:]
    }
  }

  private static func job(_ name: String, _ isIndexed: Bool) -> [String: String] {
    var labels = [
      jobName: name, "job-name": name, "batch.kubernetes.io/controller-uid": made, "controller-uid": made,
    ]
    if isIndexed { labels["batch.kubernetes.io/job-completion-index"] = made }
    return labels
  }

  /// The pods of a StatefulSet by name, with the labels that each has; empty for other kinds and for more pods than are told
  /// apart.
  static func replicas(of object: KubeObject) -> [(name: String, labels: [String: String])] {
    guard object.kind == "StatefulSet", object.groupKind.group == "apps" else { return [] }
    let count = object.spec?["replicas"]?.int ?? 1
    let first = object.spec?[path: "ordinals", "start"]?.int ?? 0
    guard (1...500).contains(count), (0...1_000_000).contains(first) else { return [] }
    return (first..<first + count).map { index in
      let name = "\(object.name)-\(index)"
      return (name, ["controller-revision-hash": made, podName: name, podIndex: String(index)])
    }
  }

  /// Whether something of a snapshot asks for the labels of one replica.
  static func dividesReplicas(_ snapshot: ClusterSnapshot, _ relevance: Relevance) -> Bool {
    !relevance.labelKeys.isDisjoint(with: ofReplicas)
      || snapshot.objects(.service).contains { service in
        (service.spec?["selector"]?.entries ?? []).contains { ofReplicas.contains($0.key) }
      }
  }
}
