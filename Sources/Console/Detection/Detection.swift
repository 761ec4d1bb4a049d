import Bytes
import Detect
import Findings
import Forward
import Store

/// Detection beside the store of events: what follows it, what it finds, and who is told.
final class Detection: Sendable {
  let alerts: any AlertStore
  private let follower: DetectionFollower
  private let dispatcher: Dispatcher
  private let settings: DetectionSettings
  private let surroundings: Surroundings

  /// - Parameter folder: of the store.
  /// - Throws: where what was found before cannot be read.
  init(
    _ events: any EventStore, _ folder: String, _ settings: DetectionSettings, _ surroundings: Surroundings
  ) throws(BartizanError) {
    self.settings = settings
    self.surroundings = surroundings
    alerts = try SQLiteAlertStore(folder, mode: .making, now: surroundings.now)
    follower = DetectionFollower(events, alerts, settings, surroundings)
    dispatcher = Dispatcher(alerts, settings.destinations, settings.environment, surroundings)
  }

  /// What is said at the start, a line each.
  var lines: [String] {
    let rules = Phrase.count(settings.rules.alerting, "rule")
    let names = settings.destinations.map(\.name).joined(separator: ", ")
    return ["\(rules) look at what comes\(names.isEmpty ? "" : "; told are \(names)")"]
  }

  /// Notes where the store ends at this moment, where detection has not followed it before: what was stored until then is left to
  /// `detect --data`, and what comes from now on is looked at.
  ///
  /// - Throws: where the store or what was found cannot be read.
  func begin(_ events: any EventStore) async throws(BartizanError) {
    guard try await alerts.progress(memory: 0) == nil else { return }
    try await alerts.begin(after: try await events.status().last)
  }

  func start() {
    follower.start()
    dispatcher.start()
  }

  func stop() async {
    await follower.stop()
    await dispatcher.stop()
    do throws(BartizanError) { try alerts.close() } catch {
      surroundings.tell("alerts were not closed in order; what was found is in the file: \(error.message)")
    }
  }
}
