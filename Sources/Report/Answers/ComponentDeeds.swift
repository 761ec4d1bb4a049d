package import Access
import Bytes

/// What an account did, by an audit log.
package struct ComponentDeeds: Sendable {
  private var requests = 0
  private var refused = 0
  private var counts: [String: Int] = [:]
  private static let shown = 5

  /// By account; those without a request are absent.
  package static func all(_ observed: [ObservedRequest], of accounts: Set<AccessSubject>) -> [AccessSubject:
    ComponentDeeds]
  {
    var found: [AccessSubject: ComponentDeeds] = [:]
    for request in observed {
      guard let account = AccessSubject.account(ofUser: request.user), accounts.contains(account) else { continue }
      found[account, default: ComponentDeeds()].add(request)
    }
    return found
  }

  private mutating func add(_ request: ObservedRequest) {
    // What was turned away before anybody asked who it is, is no deed of the account.
    if case .unauthenticated = request.outcome { return }
    requests += 1
    if case .refused = request.outcome { refused += 1 }
    let thing: String =
      switch request.target {
      case .path(let path): path
      case .resource(let resource): resource.combined
      }
    counts["\(request.verb) \(thing)", default: 0] += 1
  }

  /// `made 12 requests: list pods (8), get secrets (4)`.
  var text: String {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    let told = sorted.prefix(Self.shown).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
    let more = sorted.count > Self.shown ? " and \(sorted.count - Self.shown) other kinds" : ""
    let denied = refused == 0 ? "" : "; \(refused) of them refused"
    return "made \(Phrase.count(requests, "request")): \(told)\(more)\(denied)"
  }
}
