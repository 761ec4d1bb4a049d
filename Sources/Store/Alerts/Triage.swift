package import Bytes
import Findings

/// What people have made of an alert or incident.
package struct Triage: Sendable, Hashable {
  /// How far people are with it.
  package enum State: String, Sendable, CaseIterable {
    /// Nobody has looked at it.
    case new
    /// Somebody is at it.
    case acknowledged
    case closed
  }

  /// Why it was closed.
  package enum Reason: String, Sendable, CaseIterable {
    /// It was an attack.
    case truePositive = "true-positive"
    /// It happened as told, and was meant.
    case benign
    /// It did not happen as told, or the rule is wrong.
    case falsePositive = "false-positive"
    case duplicate
  }

  package var state = State.new
  /// Of what is closed, and of nothing else.
  package var reason: Reason?
  /// Who is at it; nil for nobody.
  package var assignee: String?

  package init(state: State = .new, reason: Reason? = nil, assignee: String? = nil) {
    self.state = state
    self.reason = reason
    self.assignee = assignee
  }

  /// What somebody wants to make of it.
  package enum Change: Sendable, Hashable {
    case acknowledge
    case close(Reason)
    case reopen
    /// Nil: to nobody.
    case assign(String?)
    case comment
  }

  /// - Returns: what it becomes by a change.
  package func changed(by change: Change) -> Triage {
    var triage = self
    switch change {
    case .acknowledge:
      triage.state = .acknowledged
      triage.reason = nil
    case .close(let reason):
      triage.state = .closed
      triage.reason = reason
    case .reopen:
      triage.state = .new
      triage.reason = nil
    case .assign(let person): triage.assignee = person
    case .comment: break
    }
    return triage
  }
}

/// A line in the history of an alert or incident: what somebody did, or said.
package struct TriageNote: Sendable, Hashable {
  /// What was done.
  package enum Action: String, Sendable, CaseIterable {
    case comment
    case acknowledged
    case closed
    case reopened
    case assigned
    /// Another incident turned out to be a part of it.
    case merged
  }

  package let time: Timestamp
  /// `bartizan` for the program itself.
  package let author: String
  package let action: Action
  package let text: String

  package init(time: Timestamp, author: String, action: Action, text: String) {
    self.time = time
    self.author = author
    self.action = action
    self.text = text
  }
}
