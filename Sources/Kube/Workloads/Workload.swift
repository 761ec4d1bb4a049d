package import Findings

/// An object that creates pods and that nothing else in the snapshot manages, with one of its templates.
package struct Workload: Sendable {
  package let object: KubeObject
  package let template: PodTemplate
  /// Number of objects in the snapshot that this one manages, directly or indirectly: a Deployment's ReplicaSets and
  /// Pods.
  package let managed: Int

  package var subject: Subject { object.subject }
  package var containers: [Container] { template.containers }
}
