import Bytes
package import Detect
package import Events
import Findings

/// What an audit policy costs by the logs of an API server that were seen.
///
/// A log shows what the policy of its time let through. What that left out is in no figure, and of what it logged without the
/// bodies that the new policy asks for only the size of the rest is known: the figures are then too small, which is said.
package struct AuditPolicyCost: Sendable {
  /// How much one rule of the policy lets through.
  package struct Part: Sendable {
    package let level: AuditPolicy.Level
    /// `list, get of secrets and 2 more`; "everything else" for a rule for all.
    package let requests: String
    package var events = 0
    package var bytes = 0
  }

  /// Events of audit logs that were seen, without stages that the policy leaves out.
  package private(set) var seen = 0
  package private(set) var logged = 0
  /// About how large what is logged is.
  package private(set) var bytes = 0
  /// Events whose body the policy asks for and the log does not have.
  package private(set) var withoutBody = 0
  /// In the order of the policy's rules, those that anything fits.
  package var parts: [Part] { all.filter { $0.events > 0 } }
  private var all: [Part]
  private var first = Int64.max
  private var last = Int64.min
  private let policy: AuditPolicy

  package init(_ policy: AuditPolicy) {
    self.policy = policy
    all = policy.rules.map { Part(level: $0.level, requests: Self.requests($0)) }
  }

  private static func requests(_ rule: AuditPolicy.Rule) -> String {
    let resources = rule.resources.flatMap { item in item.resources.isEmpty ? [item.group + "/*"] : item.resources }
    guard !resources.isEmpty || !rule.verbs.isEmpty else { return "everything else" }
    let more = resources.count > 2 ? " and \(resources.count - 2) more" : ""
    return rule.verbs.joined(separator: ", ") + " of " + resources.prefix(2).joined(separator: ", ") + more
  }

  /// Takes events of a log; others than those of an API server count nothing.
  package mutating func add(_ batch: EventBatch) {
    for event in batch.events where event.dataset == .kubernetesAudit { add(event) }
  }

  private mutating func add(_ event: Event) {
    if let stage = event.text(.kubernetesAuditStage), policy.omitStages.contains(stage) { return }
    seen += 1
    if let time = event.time?.nanoseconds {
      first = min(first, time)
      last = max(last, time)
    }
    var request = AuditPolicy.Request(verb: event[.action] ?? "", resource: event[.resourceType] ?? "")
    request.user = event[.userName] ?? ""
    request.userGroups = event.values(.kubernetesAuditUserGroups).map(\.text)
    request.group = event.text(.kubernetesAuditObjectRefApiGroup) ?? ""
    request.subresource = event[.subresource] ?? ""
    request.namespace = event[.namespace] ?? ""
    request.name = event.text(.kubernetesAuditObjectRefName) ?? ""
    request.path = event.text(.urlPath) ?? ""
    guard let rule = policy.rules.firstIndex(where: { $0.fits(request) }) else { return }
    let level = policy.rules[rule].level
    guard level != .none else { return }
    var size = event.size
    if level < .requestResponse { size -= Self.size(of: "responseObject", event) }
    if level < .request { size -= Self.size(of: "requestObject", event) }
    if let had = event.text(.kubernetesAuditLevel).flatMap({ AuditPolicy.Level(rawValue: $0) }), had < level,
      Self.hasBody(request.verb)
    {
      withoutBody += 1
    }
    logged += 1
    bytes += size
    all[rule].events += 1
    all[rule].bytes += size
  }

  /// The bytes of a member.
  private static func size(of path: String, _ event: Event) -> Int {
    event.values(at: path).first.map { $0.text.utf8.count + path.utf8.count + 4 } ?? 0
  }

  private static func hasBody(_ verb: String) -> Bool { !["get", "list", "watch", "head"].contains(verb) }

  /// The figures, as one sentence.
  package var text: String {
    guard seen > 0 else { return "no event of an API server's audit log was seen" }
    var text = "of \(Phrase.count(seen, "event")) seen"
    let span = Double(last) - Double(first)
    if span > 0 { text += " in \(Self.duration(span / 1e9))" }
    text += " \(logged) would be logged, \(Self.size(Double(bytes)))"
    if span >= 600e9 {
      let share = 86_400e9 / span
      text += "; about \(Int(Double(logged) * share)) events and \(Self.size(Double(bytes) * share)) a day"
    }
    if withoutBody > 0 {
      text += "; of \(withoutBody) of them the body that the policy asks for was not logged, so that the size is larger"
    }
    return text
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<120: "\(Int(seconds)) s"
    case ..<7_200: "\(Int(seconds / 60)) min"
    case ..<172_800: "\(Int(seconds / 3_600)) h"
    default: "\(Int(seconds / 86_400)) days"
    }
  }

  /// In powers of ten.
  package static func size(_ bytes: Double) -> String {
    switch bytes {
    case ..<1e6: "\(Int((bytes / 1e3).rounded())) kB"
    case ..<1e9: "\((bytes / 1e5).rounded() / 10) MB"
    default: "\((bytes / 1e8).rounded() / 10) GB"
    }
  }
}
