package import Findings
package import Kube

/// The workloads of a cluster by number, with what positions call them.
package struct WorkloadNames: Sendable {
  package let all: [Workload]
  /// By workload.
  package let subjects: [Subject]
  /// By name: the workloads that bear it.
  package let numbers: [Subject: [Int]]

  package init(_ snapshot: ClusterSnapshot) {
    let subjects = snapshot.workloads.map { snapshot.workload(of: $0.object) }
    all = snapshot.workloads
    self.subjects = subjects
    numbers = Dictionary(grouping: subjects.indices, by: { subjects[$0] })
  }
}
