package import Admission
package import Bytes
package import Findings

/// What policies would have said of requests that were made (`admission replay`).
package struct AdmissionReplayAnswer: KindOfAnswer {
  package static let kind = "AdmissionReplay"

  /// The same violation by the same user on the same workload.
  package struct Violation: Sendable {
    package var policy: String
    package var binding: String?
    package var action: PolicyBinding.Action
    package var user: String
    /// The workload that the object belongs to, or the object.
    package var workload: Subject
    package var message: String
    package var requests = 0
    /// RFC 3339.
    package var first: String
    package var last: String

    package init(
      policy: String, binding: String?, action: PolicyBinding.Action, user: String, workload: Subject,
      message: String, time: String
    ) {
      self.policy = policy
      self.binding = binding
      self.action = action
      self.user = user
      self.workload = workload
      self.message = message
      first = time
      last = time
    }
  }

  /// Requests that could not be judged for one reason.
  package struct Gap: Sendable {
    /// Nil: no policy could be asked.
    package var policy: String?
    package var reason: String
    package var requests: Int

    package init(policy: String?, reason: String, requests: Int) {
      self.policy = policy
      self.reason = reason
      self.requests = requests
    }
  }

  /// What became of the events of the log, in numbers.
  package struct Counts: Sendable {
    /// Events of the log.
    package var events = 0
    /// Requests that changed something and were taken.
    package var changes = 0
    /// Changes that some policy's rules are about.
    package var concerned = 0
    /// Changes that every policy about them could judge.
    package var judged = 0
    package var denied = 0
    /// Changes of which not every verdict is known.
    package var notEvaluated = 0

    package init() {}
  }

  package let counts: Counts
  package let period: (from: String, to: String)?
  private let violations: [Violation]
  private let gaps: [Gap]
  private let policies: PolicySet

  package init(
    _ counts: Counts, period: (from: String, to: String)?, violations: [Violation], gaps: [Gap], _ policies: PolicySet
  ) {
    self.counts = counts
    self.period = period
    self.violations = violations.sorted {
      ($1.requests, $0.policy, $0.user, $0.workload, $0.message)
        < ($0.requests, $1.policy, $1.user, $1.workload, $1.message)
    }
    self.gaps = gaps.sorted { ($0.policy ?? "", $0.reason) < ($1.policy ?? "", $1.reason) }
    self.policies = policies
  }

  package var isPartial: Bool { !gaps.isEmpty || !policies.refused.isEmpty || !policies.untranslated.isEmpty }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("summary")
    writer.object { writer in
      writer.field("events", counts.events)
      writer.field("changes", counts.changes)
      writer.field("concerned", counts.concerned)
      writer.field("judged", counts.judged)
      writer.field("denied", counts.denied)
      writer.field("notEvaluated", counts.notEvaluated)
      writer.field("from", period?.from)
      writer.field("to", period?.to)
    }
    writer.key("violations")
    writer.array(of: violations) { writer, item in
      writer.object { writer in
        writer.field("policy", item.policy)
        writer.field("binding", item.binding)
        writer.field("action", item.action.rawValue)
        writer.field("user", item.user)
        writer.key("workload")
        writer.object { writer in
          writer.field("kind", item.workload.kind)
          writer.field("namespace", item.workload.namespace)
          writer.field("name", item.workload.name)
        }
        writer.field("message", item.message)
        writer.field("requests", item.requests)
        writer.field("first", item.first)
        writer.field("last", item.last)
      }
      writer.drain(to: sink)
    }
    writer.key("notEvaluated")
    writer.array(of: gaps) { writer, gap in
      writer.object { writer in
        writer.field("policy", gap.policy)
        writer.field("reason", gap.reason)
        writer.field("requests", gap.requests)
      }
    }
    PolicySetText.write(policies, &writer)
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    if !violations.isEmpty {
      let rows = violations.map {
        [$0.action.rawValue, String($0.requests), $0.policy, $0.user, $0.workload.text, $0.message]
      }
      text +=
        TextTable(columns: ["action", "requests", "policy", "user", "workload", "message"], rows: rows).text(terminal)
        + "\n"
    }
    if !gaps.isEmpty {
      let rows = gaps.map { [$0.policy ?? "every policy", String($0.requests), $0.reason] }
      text += TextTable("Not evaluated", columns: ["policy", "requests", "because"], rows: rows).text(terminal) + "\n"
    }
    text += PolicySetText.text(policies, terminal)
    let time = period.map { " from \($0.from) to \($0.to)" } ?? ""
    return text
      + "\(Phrase.count(counts.events, "event"))\(time): \(Phrase.count(counts.changes, "change")), \(counts.concerned) that policies are about; \(counts.judged) judged, \(counts.denied) would have been denied, \(counts.notEvaluated) not evaluated.\n"
  }
}
