package import Bytes
import Events
package import Findings
package import Store

/// Which alerts or incidents are asked for, as a user writes it.
package struct AlertQuestion: Sendable {
  /// `all`, or states with commas between them; nil for what is not closed.
  package var state: String?
  package var severity: String?
  package var rule: String?
  package var actor: String?
  package var assignee: String?
  package var since: String?
  package var until: String?
  package var includesSuppressed = false
  package var limit = 100
  package var cursor: String?

  package init() {}

  /// Maximum number of alerts or incidents of one page.
  package static let mostOfPage = 1_000

  /// - Throws: `usage` for what is none.
  package func filter(now: Timestamp, naming: QuestionNaming) throws(BartizanError) -> AlertFilter {
    var filter = AlertFilter()
    switch state {
    case nil: filter.states = [.new, .acknowledged]
    case "all": break
    case .some(let text):
      for word in text.split(separator: ",") {
        guard let state = Triage.State(rawValue: String(word)) else {
          throw BartizanError(
            .usage, "\(naming.name("state")) \(text): new, acknowledged, closed or all is wanted")
        }
        filter.states.insert(state)
      }
      guard !filter.states.isEmpty else {
        throw BartizanError(.usage, "\(naming.name("state")): new, acknowledged, closed or all is wanted")
      }
    }
    if let severity {
      guard let least = Severity(name: severity) else {
        throw BartizanError(
          .usage, "\(naming.name("severity")) \(severity): info, low, medium, high or critical is wanted")
      }
      filter.least = least
    }
    filter.rule = rule
    filter.actor = actor
    filter.assignee = assignee
    func time(_ text: String?, _ name: String) throws(BartizanError) -> Timestamp? {
      guard let text else { return nil }
      guard let time = TimeExpression.parse(text, now: now) else {
        throw BartizanError(
          .usage,
          "\(naming.name(name)) \(text): no time; write -15m, now-1d, 2026-11-28, 2026-11-28T07:30:00Z or seconds since 1970"
        )
      }
      return time
    }
    filter.since = try time(since, "since")
    filter.until = try time(until, "until")
    filter.includesSuppressed = includesSuppressed
    guard (1...Self.mostOfPage).contains(limit) else {
      throw BartizanError(.usage, "\(naming.name("limit")) \(limit): from 1 to \(Self.mostOfPage) is wanted")
    }
    filter.limit = limit
    if let cursor {
      guard let known = AlertCursor(cursor) else {
        throw BartizanError(.usage, "\(naming.name("cursor")) \(cursor): none of ours")
      }
      filter.cursor = known
    }
    return filter
  }
}

/// What somebody wants to make of alerts or incidents, as a user writes it.
package struct TriageQuestion: Sendable {
  /// What is done.
  package enum Action: String, Sendable, CaseIterable {
    case acknowledge
    case close
    case reopen
    case assign
    case comment

    /// What was done by it.
    package var done: String {
      switch self {
      case .acknowledge: "acknowledged"
      case .close: "closed"
      case .reopen: "reopened"
      case .assign: "assigned"
      case .comment: "commented"
      }
    }
  }

  package let action: Action
  package let reason: String?
  package let assignee: String?
  package let comment: String?

  package static let longestComment = 10_000
  private static let longestName = 255

  package init(_ action: Action, reason: String? = nil, assignee: String? = nil, comment: String? = nil) {
    self.action = action
    self.reason = reason
    self.assignee = assignee
    self.comment = comment
  }

  /// - Throws: `usage` for what is none.
  package func change(_ naming: QuestionNaming) throws(BartizanError) -> Triage.Change {
    guard (comment?.utf8.count ?? 0) <= Self.longestComment else {
      throw BartizanError(.usage, "\(naming.name("comment")): at most \(Self.longestComment) bytes are kept")
    }
    if reason != nil, action != .close {
      throw BartizanError(.usage, "\(naming.name("reason")) says why something is closed")
    }
    if assignee != nil, action != .assign {
      throw BartizanError(.usage, "\(naming.name("assignee")) says to whom something is assigned")
    }
    switch action {
    case .acknowledge: return .acknowledge
    case .reopen: return .reopen
    case .close:
      guard let reason, let known = Triage.Reason(rawValue: reason) else {
        let all = Triage.Reason.allCases.map(\.rawValue).joined(separator: ", ")
        throw BartizanError(.usage, "\(naming.name("reason"))\(reason.map { " \($0)" } ?? ""): one of \(all) is wanted")
      }
      return .close(known)
    case .assign:
      guard let assignee else { throw BartizanError(.usage, "\(naming.name("assignee")): a name is wanted") }
      guard assignee.utf8.count <= Self.longestName else {
        throw BartizanError(.usage, "\(naming.name("assignee")): at most \(Self.longestName) bytes are kept")
      }
      return .assign(assignee.isEmpty ? nil : assignee)
    case .comment:
      guard let comment, !comment.isEmpty else {
        throw BartizanError(.usage, "\(naming.name("comment")): a text is wanted")
      }
      return .comment
    }
  }
}

/// Alerts of which nobody wants to hear for a while, as a user writes it.
package struct SuppressionQuestion: Sendable {
  package var rule: String?
  package var actor: String?
  package var sourceAddress: String?
  package var reason: String
  /// Such as `30d`.
  package var span: String

  package init(rule: String?, actor: String?, sourceAddress: String?, reason: String, span: String) {
    self.rule = rule
    self.actor = actor
    self.sourceAddress = sourceAddress
    self.reason = reason
    self.span = span
  }

  /// The longest time for which alerts are suppressed, in nanoseconds: what nobody looks at again is a hole.
  private static let longest: Int64 = 366 * 86_400_000_000_000

  /// - Throws: `usage` for what is none.
  package func suppression(
    author: String, now: Timestamp, naming: QuestionNaming
  ) throws(BartizanError) -> Suppression {
    guard rule != nil || actor != nil || sourceAddress != nil else {
      throw BartizanError(
        .usage,
        "say of which alerts nobody wants to hear: \(naming.name("rule")), \(naming.name("actor")) or \(naming.name("sourceIP"))"
      )
    }
    guard reason.contains(where: { !$0.isWhitespace }), reason.utf8.count <= TriageQuestion.longestComment else {
      throw BartizanError(.usage, "\(naming.name("reason")): a text is wanted")
    }
    guard let expires = TimeExpression.parse("+" + span, now: now), expires > now,
      expires.nanoseconds.subtractingReportingOverflow(now.nanoseconds).partialValue <= Self.longest
    else {
      throw BartizanError(
        .usage, "\(naming.name("for")) \(span): a span of at most a year is wanted, such as 12h or 30d")
    }
    // The same said twice at one moment is said once.
    let name = Fingerprint([rule ?? "", actor ?? "", sourceAddress ?? "", reason, author, now.text, expires.text])
    return Suppression(
      id: "sup-" + name.text.prefix(12), rule: rule, actor: actor, sourceAddress: sourceAddress, reason: reason,
      author: author, created: now,
      expires: expires)
  }
}
