import Findings

/// Everything that `serve` runs in one process, composed: the server of events, the admission webhook, or both.
package final class Serving: Sendable {
  /// What is to run; nil for what is not.
  package struct Settings: Sendable {
    package var events: EventServer.Settings?
    package var admission: AdmissionServer.Settings?

    package init() {}
  }

  /// What is ready to run: everything that can be wrong with settings is found before anything listens.
  package struct Prepared: Sendable {
    fileprivate let events: EventServer.Prepared?
    fileprivate let admission: AdmissionServer.Prepared?

    /// Where admission reviews are answered; empty where the webhook does not run.
    package var admissionPaths: [String] { admission?.paths ?? [] }
    package var servesEvents: Bool { events != nil }
  }

  package let events: EventServer?
  package let admission: AdmissionServer?

  private let decisions: DecisionLog?

  private init(_ events: EventServer?, _ admission: AdmissionServer?, _ decisions: DecisionLog?) {
    self.events = events
    self.admission = admission
    self.decisions = decisions
  }

  /// - Throws: `BartizanError` for settings, policies, tokens or certificates that cannot be used.
  package static func prepare(_ settings: Settings, _ surroundings: Surroundings) async throws -> Prepared {
    let events = try settings.events.map { settings throws(BartizanError) in
      try EventServer.prepare(settings, surroundings)
    }
    var admission: AdmissionServer.Prepared?
    if let settings = settings.admission { admission = try await AdmissionServer.prepare(settings, surroundings) }
    return Prepared(events: events, admission: admission)
  }

  package static func start(_ prepared: Prepared) async throws -> Serving {
    var events: EventServer?
    if let prepared = prepared.events { events = try await EventServer.start(prepared) }
    guard let webhook = prepared.admission else { return Serving(events, nil, nil) }
    let decisions = events?.decisions
    do {
      return Serving(events, try await AdmissionServer.start(webhook, decisions: decisions), decisions)
    } catch {
      await events?.stop()
      throw error
    }
  }

  /// Reads anew what was read from files and the cluster.
  package func reload() async {
    await events?.reload()
    await admission?.reload()
    admission?.renew()
  }

  /// Ends what runs, in order: the webhook first, since its decisions are events.
  package func stop() async {
    await admission?.stop()
    await decisions?.stop()
    await events?.stop()
  }
}
