import Bytes
package import Depth
import Events
package import Findings
package import Kube

/// Flow logs as files, as Hubble and Calico write them.
package enum FlowFiles {
  /// What was read, and what was not.
  package struct Reading: Sendable {
    package let flows: ObservedFlows
    package let problems: [Problem]
    /// What of the logs could not be read; empty where all was.
    package let notSeen: [NotSeen]
  }

  /// - Throws: `BartizanError` for files that cannot be read, or hold no flow.
  package static func read(_ paths: [String], _ snapshot: ClusterSnapshot) throws -> Reading {
    var counts: [ObservedFlow: Int] = [:]
    var span = LogSpan()
    let reading = try EventFiles(paths).read { piece in
      for event in piece.batch.events where event.dataset == .hubbleFlow || event.dataset == .calicoFlow {
        span.add(event.time)
        guard let flow = flow(of: event) else { continue }
        counts[flow, default: 0] += 1
      }
    }
    guard span.records > 0 else {
      throw BartizanError(.input, "no flow of Hubble or Calico in \(paths.joined(separator: ", "))")
    }
    let unread = reading.lost + reading.unparsed.values.reduce(0, +)
    var notSeen: [NotSeen] = []
    if !reading.isWhole || unread > 0 {
      notSeen.append(
        NotSeen(
          GroupKind("", "Flow"),
          reason: unread > 0
            ? "\(Phrase.count(unread, "record")) of the flow logs could not be read" : "the flow logs were cut off"))
    }
    return Reading(
      flows: ObservedFlows(snapshot, counts, isWhole: notSeen.isEmpty, span: span), problems: reading.problems,
      notSeen: notSeen)
  }

  /// Nil for what was refused, for answers, and for what does not go to a pod.
  private static func flow(of event: Event) -> ObservedFlow? {
    guard event.types.contains(.allowed), event.values(at: "hubble.is_reply").first?.text != "true",
      let destination = ObservedFlow.Pod(
        namespace: event.text(.destinationKubernetesNamespace), name: event.text(.destinationKubernetesPodName))
    else { return nil }
    let source = ObservedFlow.Pod(
      namespace: event.text(.sourceKubernetesNamespace), name: event.text(.sourceKubernetesPodName))
    return ObservedFlow(from: source, to: destination)
  }
}
