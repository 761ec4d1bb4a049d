package import Findings
package import Kube

/// A connection that was let through, as a flow log of the network tells it.
package struct ObservedFlow: Sendable, Hashable {
  /// A pod by its name, or by the beginning of it where the log sums up the pods of a workload.
  package struct Pod: Sendable, Hashable {
    package let namespace: String
    package let name: String
    package let isPrefix: Bool

    /// Nil where a log writes that it is no pod. Source: docs.tigera.io, "Flow log data types": `-` for none, and names that end in
    /// `*` for all that begin so.
    package init?(namespace: String?, name: String?) {
      guard let namespace, let name, !namespace.isEmpty, namespace != "-", !name.isEmpty, name != "-" else {
        return nil
      }
      self.namespace = namespace
      isPrefix = name.hasSuffix("*")
      self.name = isPrefix ? String(name.dropLast()) : name
    }
  }

  /// Nil for what is no pod of the cluster.
  package let source: Pod?
  package let destination: Pod

  package init(from source: Pod?, to destination: Pod) {
    self.source = source
    self.destination = destination
  }
}

/// What came into workloads, as flow logs tell it.
package struct ObservedFlows: Sendable {
  /// Where flows came from.
  package enum Source: Sendable, Hashable, Comparable {
    case outside
    case workload(Subject)

    /// `outside of the pods`, `shop/Deployment/web`.
    package var text: String {
      switch self {
      case .outside: "outside of the pods"
      case .workload(let subject): subject.text
      }
    }
  }

  /// Records by workload and source.
  private(set) var inbound: [Subject: [Source: Int]] = [:]
  /// Whether the logs were read to their end.
  let isWhole: Bool
  /// What the logs cover; nil where that is not known.
  package let span: LogSpan?

  /// - Parameters:
  ///   - flows: with the number of their records.
  ///   - span: of all records, those of refused connections among them.
  package init(
    _ snapshot: ClusterSnapshot, _ flows: [ObservedFlow: Int], isWhole: Bool, span: LogSpan? = nil
  ) {
    self.isWhole = isWhole
    self.span = span
    struct Name: Hashable {
      let namespace: String
      let name: String
    }
    var pods: [Name: Subject] = [:]
    var workloads: [Name: Subject] = [:]
    for pod in snapshot.objects(.pod) {
      pods[Name(namespace: pod.effectiveNamespace, name: pod.name)] = snapshot.workload(of: pod)
    }
    for workload in snapshot.workloads {
      let subject = snapshot.workload(of: workload.object)
      workloads[Name(namespace: workload.object.effectiveNamespace, name: subject.name)] = subject
    }
    /// A pod of a workload is named after it; of several, after the longest name.
    func workload(of pod: ObservedFlow.Pod) -> Subject? {
      if !pod.isPrefix, let known = pods[Name(namespace: pod.namespace, name: pod.name)] { return known }
      var name = pod.name[...]
      while true {
        if let known = workloads[Name(namespace: pod.namespace, name: String(name))] { return known }
        guard let end = name.lastIndex(of: "-") else { return nil }
        name = name[..<end]
      }
    }
    for (flow, count) in flows {
      guard let target = workload(of: flow.destination) else { continue }
      let source: Source
      if let pod = flow.source {
        let fallback = Subject(kind: "Pod", namespace: pod.namespace, name: pod.name)
        source = .workload(workload(of: pod) ?? fallback)
      } else {
        source = .outside
      }
      inbound[target, default: [:]][source, default: 0] += count
    }
  }
}
