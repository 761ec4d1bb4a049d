import Bytes

/// Brings together the events of one request: the API server writes one for each stage of it.
///
/// The audit ID alone does not name a request, since clients choose it and an attacker can send that of an earlier one:
/// the time at which the request was received, its verb and its path belong to the name.
package struct AuditStories: Sendable {
  package enum Stage: Int, Sendable, Comparable {
    case requestReceived
    case responseStarted
    case panic
    case responseComplete

    init?(_ text: String) {
      switch text {
      case "RequestReceived": self = .requestReceived
      case "ResponseStarted": self = .responseStarted
      case "Panic": self = .panic
      case "ResponseComplete": self = .responseComplete
      default: return nil
      }
    }

    package static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
  }

  /// One request.
  package struct Story: Sendable {
    /// In the order of their stages.
    package fileprivate(set) var events: [Event]
    fileprivate var stages: [Stage?]

    /// The event that tells most: of the last stage there is. A request that was not authenticated has
    /// `ResponseStarted` only.
    package var telling: Event { events[events.count - 1] }
  }

  private struct Key: Hashable {
    let id: String
    let received: Timestamp?
    let verb: String
    let path: String
  }

  package private(set) var stories: [Story] = []
  /// Events that were there already, byte for byte.
  package private(set) var repetitions = 0
  private var places: [Key: Int] = [:]

  package init() {}

  /// Takes an event of the audit log; any other is a story of its own.
  package mutating func add(_ event: Event) {
    guard event.dataset == .kubernetesAudit, let id = event.text(.kubernetesAuditAuditID), !id.isEmpty else {
      stories.append(Story(events: [event], stages: [nil]))
      return
    }
    let stage = event.text(.kubernetesAuditStage).flatMap(Stage.init)
    var received: Timestamp?
    if case .time(let time) = event.values(.eventStart).first { received = time }
    let key = Key(
      id: id, received: received, verb: event.text(.eventAction) ?? "",
      path: event.text(.kubernetesAuditRequestURI) ?? "")
    guard let place = places[key] else {
      places[key] = stories.count
      stories.append(Story(events: [event], stages: [stage]))
      return
    }
    if stories[place].events.contains(where: { $0.original == event.original }) {
      repetitions += 1
      return
    }
    let at = stories[place].stages.firstIndex { ($0 ?? .requestReceived) > (stage ?? .requestReceived) }
    let index = at ?? stories[place].events.count
    stories[place].events.insert(event, at: index)
    stories[place].stages.insert(stage, at: index)
  }
}
