import Bytes
package import Findings
package import Kube

/// What one rule, or the end of a stage, says of a connection that was asked for.
package struct TraceStep: Sendable {
  /// What it says, and of which connections.
  package enum Verdict: Sendable {
    case allows(ConnectionSet)
    case denies(ConnectionSet)
    /// Hands the decision to the next stage.
    case passes(ConnectionSet)
    /// Policies isolate the pod, and no rule of theirs allows it; in the order of evaluation.
    case isolates(policies: [String])
  }

  package let direction: TrafficDirection
  /// The first of those that isolate, where no rule decided.
  package let policy: KubeObject
  /// Place of the rule, such as `ingress[0]`; empty for the end of a stage and for what a policy does not say as a rule.
  package let rule: String
  package let location: Location
  package let verdict: Verdict

  package var isDecisive: Bool { if case .passes = verdict { false } else { true } }

  package var allows: Bool { if case .allows = verdict { true } else { false } }

  /// Whether it is not a rule that decided, but that no rule did.
  package var isIsolation: Bool { if case .isolates = verdict { true } else { false } }
}

extension TraceStep {
  /// `allows TCP 80`, `isolates the pod, and no rule of a, b allows it`.
  package var said: String {
    switch verdict {
    case .allows(let set): "allows \(set.text)"
    case .denies(let set): "denies \(set.text)"
    case .passes(let set): "passes on \(set.text)"
    case .isolates(let names):
      "isolates the pod, and no rule of \(names.prefix(4).joined(separator: ", "))\(names.count > 4 ? " and \(names.count - 4) more" : "") allows it"
    }
  }

  /// `NetworkPolicy web ingress[0] allows TCP 80 (ingress)`.
  package var text: String {
    "\(policy.kind) \(policy.name) \(rule.isEmpty ? "" : rule + " ")\(said) (\(direction.rawValue))"
  }
}
