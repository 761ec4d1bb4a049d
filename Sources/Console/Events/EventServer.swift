import Bytes
package import Events
package import Findings
import Ingest
package import Operations
package import Server
package import Store
import Synchronization

/// The server of events as it runs: a store, a listener before it, and what keeps both in order.
package final class EventServer: Sendable {
  /// What it listens on, who may ask, and how events are kept.
  package struct Settings: Sendable {
    package var address: ListenAddress
    /// The folder of the store.
    package var folder: String
    /// Nil for plain HTTP, which only a loopback address may have.
    package var certificate: ListenerIdentity.Source?
    /// PEM; a client may show a certificate of one of these to send events.
    package var clientAuthorities: [UInt8]?
    package var tokens: TokenRegister
    /// Reads the tokens anew; nil where they are not in a file.
    package var freshTokens: (@Sendable () throws(BartizanError) -> TokenList)?
    /// Protocols beside HTTP.
    package var senders = SenderSettings()
    package var retention = RetentionSettings()
    /// How long alerts and incidents are kept after something last happened in them, in nanoseconds; nil: for ever.
    package var alertAge: Int64?
    /// Nil: nothing is detected.
    package var detection: DetectionSettings?
    /// How records are read.
    package var decoding = DecodeOptions()
    package var limits = ServerLimits()
    package var storeLimits = SQLiteEventStore.Limits()

    package init(address: ListenAddress, folder: String, tokens: TokenRegister) {
      self.address = address
      self.folder = folder
      self.tokens = tokens
    }
  }

  /// What is ready to listen, before it does, and before the store is opened.
  package struct Prepared: Sendable {
    fileprivate let settings: Settings
    fileprivate let surroundings: Surroundings
    fileprivate let identity: ListenerIdentity?
  }

  private let settings: Settings
  private let surroundings: Surroundings
  private let store: any EventStore
  private let detection: Detection?
  private let service: EventService
  private let identity: ListenerIdentity?
  private let listener: HTTPListener
  private let senders: SenderListeners
  private let upkeep = Mutex<Task<Void, Never>?>(nil)
  /// Why tokens could not be read anew the last time.
  private let tokenFailure = Mutex<String?>(nil)

  private static let tick = Duration.seconds(10)
  /// In ticks.
  private static let renewal = 6
  private static let sealing = 60

  package var address: ListenAddress { listener.address }
  /// The folder of the store.
  package var folder: String { settings.folder }
  /// Where Fluent Forward and syslog are taken; nil where they are not.
  package var fluent: ListenAddress? { senders.fluentAddress }
  package var syslog: ListenAddress? { senders.syslogAddress }
  package var syslogTLS: ListenAddress? { senders.syslogTLSAddress }
  /// What is taken beside HTTP, a line each.
  package var senderLines: [String] { senders.lines }
  /// What is detected, and who is told, a line each.
  package var detectionLines: [String] { detection?.lines ?? [] }
  /// Whether it speaks TLS.
  package var isSecure: Bool { identity != nil }

  /// - Throws: `usage` where other machines could read along, `input` for certificates that cannot be used.
  package static func prepare(_ settings: Settings, _ surroundings: Surroundings) throws(BartizanError) -> Prepared {
    let address = settings.address
    guard settings.certificate != nil || address.isLoopback else {
      throw BartizanError(
        .usage,
        "--listen \(address.text) can be reached from other machines, and tokens and events would pass in the clear: add "
          + "--tls-certificate FILE and --tls-key FILE, or --certificates FOLDER for certificates of an authority of our own"
      )
    }
    guard settings.certificate != nil || settings.clientAuthorities == nil else {
      throw BartizanError(
        .usage, "--client-ca needs TLS: add --tls-certificate FILE and --tls-key FILE, or --certificates FOLDER")
    }
    try settings.senders.check(
      hasTLS: settings.certificate != nil, knowsClients: settings.clientAuthorities != nil)
    let identity = try settings.certificate.map { source throws(BartizanError) in
      try ListenerIdentity(
        source, listener: EventService.listener, clientAuthorities: settings.clientAuthorities, surroundings)
    }
    return Prepared(settings: settings, surroundings: surroundings, identity: identity)
  }

  /// Opens the store, brings it into order after a crash, and listens.
  ///
  /// - Throws: `storeLocked` where another process writes to the store, `remote` where the address cannot be listened on.
  package static func start(_ prepared: Prepared) async throws(BartizanError) -> EventServer {
    let settings = prepared.settings
    let surroundings = prepared.surroundings
    let store = try SQLiteEventStore(
      settings.folder, mode: .writing, limits: settings.storeLimits, now: surroundings.now)
    for problem in store.problems { surroundings.tell(problem.text) }
    let sink = StoreSink(store, surroundings)
    let intake = Intake(
      sink, options: settings.decoding, now: surroundings.now,
      stamp: { protocolName, sender in
        [Envelope.Entry(.bartizanProtocol, protocolName), Envelope.Entry(.bartizanSender, sender)]
      })
    var detection: Detection?
    if let settings = settings.detection {
      do throws(BartizanError) {
        let made = try Detection(store, prepared.settings.folder, settings, intake, surroundings)
        // Before anything is taken, so that nothing of it is passed over.
        try await made.begin(store)
        detection = made
      } catch {
        try? await store.close()
        throw error
      }
    }
    let service = EventService(
      IngestService(intake, tokens: settings.tokens), EventAPI(store, settings.tokens, intake, surroundings),
      detection.map { AlertAPI($0.alerts, $0.selfTest, settings.tokens, intake, surroundings) }, sink,
      StoreGauges(store, detection?.alerts, surroundings), settings.tokens, isLoopback: settings.address.isLoopback,
      metrics: surroundings.metrics)
    let listener: HTTPListener
    do throws(HTTPListener.Failure) {
      listener = try await HTTPListener(
        settings.address, tls: prepared.identity?.tls, limits: settings.limits, service: service)
    } catch {
      try? detection?.alerts.close()
      try? await store.close()
      throw BartizanError(.remote, error.message)
    }
    service.listens { [weak listener] in listener.map { ($0.connections, $0.requests) } ?? (0, 0) }
    let senders: SenderListeners
    do throws(BartizanError) {
      senders = try await SenderListeners(
        settings.senders, tls: prepared.identity?.tls, knowsClients: settings.clientAuthorities != nil, intake,
        surroundings)
    } catch {
      await listener.stop()
      try? detection?.alerts.close()
      try? await store.close()
      throw error
    }
    service.takes(senders)
    let server = EventServer(prepared, store, detection, intake, service, listener, senders)
    detection?.start()
    server.begin()
    return server
  }

  private let intake: Intake

  /// Where decisions of the webhook beside it go.
  var decisions: DecisionLog { DecisionLog(intake, surroundings) }

  private init(
    _ prepared: Prepared, _ store: any EventStore, _ detection: Detection?, _ intake: Intake, _ service: EventService,
    _ listener: HTTPListener, _ senders: SenderListeners
  ) {
    settings = prepared.settings
    surroundings = prepared.surroundings
    identity = prepared.identity
    self.store = store
    self.detection = detection
    self.intake = intake
    self.service = service
    self.listener = listener
    self.senders = senders
  }

  private func begin() {
    upkeep.withLock { upkeep in
      upkeep = Task { [self] in
        await prune()
        var ticks = 0
        while !Task.isCancelled {
          do { try await Task.sleep(for: Self.tick) } catch { return }
          ticks += 1
          readTokens()
          if ticks % Self.renewal == 0 { identity?.renew() }
          if ticks % Self.sealing == 0 { await maintain() }
        }
      }
    }
  }

  private func readTokens() {
    guard let fresh = settings.freshTokens else { return }
    var failure: String?
    do throws(BartizanError) { settings.tokens.replace(try fresh()) } catch { failure = error.message }
    // Said once, and not every time.
    let before = tokenFailure.withLock { known in
      defer { known = failure }
      return known
    }
    if let failure, failure != before { surroundings.tell("tokens stay as they were: \(failure)") }
  }

  /// Packs what was received and deletes what is too old, as happens by itself from time to time.
  package func maintain() async {
    await seal()
    await prune()
  }

  private func seal() async {
    do throws(BartizanError) { try await store.seal() } catch {
      // What is not packed is durable all the same.
      surroundings.tell("events could not be packed: \(error.message)")
    }
  }

  private func prune() async {
    if let age = settings.alertAge, let detection {
      let (time, isOver) = surroundings.now().nanoseconds.subtractingReportingOverflow(age)
      if !isOver { await detection.prune(before: Timestamp(nanoseconds: time)) }
    }
    guard !settings.retention.isNone else { return }
    do throws(BartizanError) {
      let report = try await store.prune(settings.retention.rules(surroundings.now()), isTrial: false)
      for item in report.items {
        surroundings.metrics.add(
          Measures.prunedEvents, [("reason", item.reason.rawValue)], by: Double(item.events))
        surroundings.tell(
          "\(Phrase.count(item.events, "event")) of \(item.day.text)\(item.dataset.map { " (\($0.rawValue))" } ?? "") deleted by retention (\(item.reason.rawValue))"
        )
      }
    } catch {
      surroundings.tell("retention could not delete old events: \(error.message)")
    }
  }

  /// Reads tokens, certificates and the cluster by which alerts are weighed anew.
  package func reload() async {
    readTokens()
    identity?.renew()
    await detection?.readCluster()
  }

  /// Says that it is not ready, lets requests end, and closes the store in order.
  package func stop() async {
    service.beginStop()
    let task = upkeep.withLock { upkeep in
      upkeep?.cancel()
      return upkeep
    }
    async let streams: Void = senders.stop()
    await listener.stop()
    await streams
    await task?.value
    await detection?.stop()
    do throws(BartizanError) { try await store.close() } catch {
      surroundings.tell("the store was not closed in order; what was acknowledged is in it: \(error.message)")
    }
  }
}
