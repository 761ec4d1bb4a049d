import Admission
import Bytes
import Findings
package import Kube
import Operations
package import Server
import Synchronization
import Transport

/// The admission webhook as it runs: a listener, what it judges by, and what keeps both current.
package final class AdmissionServer: Sendable {
  /// Where the certificate of the listener comes from.
  package enum Certificate: Sendable {
    /// From an authority of our own in a folder; certificates of it are made in memory, for these names and addresses, and renewed.
    case own(folder: String, names: [String])
    /// From files, which are read again when they change.
    case files(certificate: String, key: String)
  }

  /// What it listens on, judges by and shows, and who may ask it.
  package struct Settings: Sendable {
    package var address: ListenAddress
    package var configuration: ServeConfiguration
    /// Reads the cluster before which the policies stand; nil where none is given.
    package var cluster: (@Sendable () async throws -> ClusterSnapshot)?
    /// How often policies and cluster are read anew; nil: when it is asked for.
    package var refresh: Duration?
    package var certificate: Certificate
    /// PEM.
    package var clientAuthorities: [UInt8]?
    package var access = AdmissionService.Access()
    /// Time for one answer, where the API server does not allow less.
    package var longest = Duration.seconds(9)
    package var limits = ServerLimits()

    package init(address: ListenAddress, configuration: ServeConfiguration, certificate: Certificate) {
      self.address = address
      self.configuration = configuration
      self.certificate = certificate
    }
  }

  /// Of this process: what it says, and the clock that it goes by.
  package struct Surroundings: Sendable {
    package var metrics: Metrics
    /// Takes a line for people.
    package var tell: @Sendable (String) -> Void
    /// Seconds since 1970-01-01T00:00:00Z.
    package var time: @Sendable () -> Int

    package init(
      metrics: Metrics, tell: @escaping @Sendable (String) -> Void, time: @escaping @Sendable () -> Int
    ) {
      self.metrics = metrics
      self.tell = tell
      self.time = time
    }

    var today: String { CalendarDate(seconds: Int64(time())).text }
  }

  private let settings: Settings
  private let surroundings: Surroundings
  private let service: AdmissionService
  private let identity: TLSIdentity
  private let listener: HTTPListener
  private let shown: Mutex<Shown>
  private let upkeep = Mutex<Task<Void, Never>?>(nil)

  /// The certificate that is shown.
  private struct Shown: Sendable {
    var pair: CertificatePair
    /// Seconds since 1970-01-01T00:00:00Z.
    var expires: Int
  }

  private static let upkeepInterval = Duration.seconds(60)

  package var address: ListenAddress { listener.address }

  /// What is ready to listen, before it does: everything that can be wrong with settings and policies is found here.
  package struct Prepared: Sendable {
    fileprivate let settings: Settings
    fileprivate let surroundings: Surroundings
    fileprivate let profiles: AdmissionProfiles
    fileprivate let shown: (pair: CertificatePair, expires: Int)
    fileprivate let identity: TLSIdentity

    package var paths: [String] {
      profiles.webhooks.sorted { $0.key < $1.key }.flatMap { name, webhook in
        (webhook.input.policies.validating.hooks.isEmpty ? [] : ["/admit/\(name)"])
          + (webhook.input.policies.mutating.hooks.isEmpty ? [] : ["/mutate/\(name)"])
      }
    }
  }

  /// - Throws: `BartizanError` for settings, policies or certificates that cannot be used.
  package static func prepare(_ settings: Settings, _ surroundings: Surroundings) async throws -> Prepared {
    guard
      settings.clientAuthorities != nil || !settings.access.tokens.entries.isEmpty || settings.access.anonymous != nil
    else {
      throw BartizanError(
        .usage,
        "nobody may ask the webhook yet: name the authority of client certificates (--admission-client-ca FILE), or tokens "
          + "(--tokens FILE; `bartizan token create --scope admission`), or let everybody ask (--admission-anonymous), "
          + "since API servers show nothing unless they are told to")
    }
    let profiles = try await load(settings, surroundings)
    let shown = try pair(settings.certificate, surroundings)
    let identity: TLSIdentity
    do throws(TLSIdentity.Invalid) {
      identity = try TLSIdentity(shown.pair, clientAuthorities: settings.clientAuthorities)
    } catch {
      throw BartizanError(.input, "the certificate of the listener: \(error.message)")
    }
    for remark in profiles.remarks { surroundings.tell(remark) }
    if let rate = settings.access.anonymous {
      surroundings.tell(
        "everybody who reaches \(settings.address.text) may ask the webhook without a certificate or token, up to \(rate) "
          + "times a second from one address (--admission-anonymous)")
    }
    return Prepared(
      settings: settings, surroundings: surroundings, profiles: profiles, shown: shown, identity: identity)
  }

  package static func start(_ prepared: Prepared) async throws -> AdmissionServer {
    let settings = prepared.settings
    let surroundings = prepared.surroundings
    let service = AdmissionService(
      prepared.profiles, settings.access, isLoopback: settings.address.isLoopback, longest: settings.longest,
      metrics: surroundings.metrics, today: { surroundings.today })
    let listener: HTTPListener
    do throws(HTTPListener.Failure) {
      listener = try await HTTPListener(
        settings.address, tls: prepared.identity, limits: settings.limits, service: service)
    } catch {
      throw BartizanError(.remote, error.message)
    }
    let server = AdmissionServer(prepared, service, listener)
    server.begin(prepared.profiles)
    return server
  }

  private init(_ prepared: Prepared, _ service: AdmissionService, _ listener: HTTPListener) {
    settings = prepared.settings
    surroundings = prepared.surroundings
    identity = prepared.identity
    shown = Mutex(Shown(pair: prepared.shown.pair, expires: prepared.shown.expires))
    self.service = service
    self.listener = listener
  }

  private func begin(_ profiles: AdmissionProfiles) {
    note(profiles)
    surroundings.metrics.set(Measures.certificateExpiry, to: Double(shown.withLock { $0.expires }))
    upkeep.withLock { upkeep in
      upkeep = Task { [self] in
        var last = ContinuousClock.now
        while !Task.isCancelled {
          do { try await Task.sleep(for: Self.upkeepInterval) } catch { return }
          renew()
          if let refresh = settings.refresh, ContinuousClock.now - last >= refresh {
            await reload()
            last = .now
          }
        }
      }
    }
  }

  private func note(_ profiles: AdmissionProfiles) {
    let metrics = surroundings.metrics
    metrics.clear(Measures.policies)
    for (name, webhook) in profiles.webhooks {
      metrics.set(Measures.policies, [("profile", name)], to: Double(webhook.input.policies.count))
    }
    metrics.set(Measures.loaded, to: Double(surroundings.time()))
    // So that the first failure is a step from zero.
    metrics.add(Measures.loadFailures, by: 0)
  }

  /// Reads policies and cluster anew. What cannot be read leaves everything as it is.
  package func reload() async {
    do {
      let profiles = try await Self.load(settings, surroundings)
      service.replace(profiles)
      note(profiles)
    } catch {
      surroundings.metrics.add(Measures.loadFailures)
      let reason = (error as? BartizanError)?.message ?? (error as? FailedOperation)?.error.message ?? "stopped"
      surroundings.tell("policies and cluster stay as they were: \(reason)")
    }
  }

  private static func load(_ settings: Settings, _ surroundings: Surroundings) async throws -> AdmissionProfiles {
    let cluster = try await settings.cluster?()
    return try await AdmissionProfiles.load(settings.configuration, cluster: cluster, today: surroundings.today)
  }

  /// Makes a certificate of our own anew before it expires; reads files again that have changed.
  package func renew() {
    surroundings.metrics.set(Measures.connections, [("listener", "admission")], to: Double(listener.connections))
    let old = shown.withLock { $0 }
    if case .own = settings.certificate, !ServerAuthority.isDue(expires: old.expires, now: surroundings.time()) {
      return
    }
    do {
      let fresh = try Self.pair(settings.certificate, surroundings)
      if fresh.pair == old.pair { return }
      try identity.replace(fresh.pair, clientAuthorities: settings.clientAuthorities)
      shown.withLock { $0 = Shown(pair: fresh.pair, expires: fresh.expires) }
      surroundings.metrics.set(Measures.certificateExpiry, to: Double(fresh.expires))
      surroundings.tell("a new certificate is shown; it expires on \(CalendarDate(seconds: Int64(fresh.expires)).text)")
    } catch {
      let reason = (error as? BartizanError)?.message ?? (error as? TLSIdentity.Invalid)?.message ?? "not readable"
      surroundings.tell("the certificate of the listener stays as it was: \(reason)")
    }
  }

  private static func pair(
    _ certificate: Certificate, _ surroundings: Surroundings
  ) throws(BartizanError) -> (pair: CertificatePair, expires: Int) {
    switch certificate {
    case .files(let certificatePath, let keyPath):
      let pair = CertificatePair(
        certificate: try FileReader.named(certificatePath), key: try FileReader.named(keyPath))
      guard let expires = CertificateExpiry.seconds(pair.certificate) else {
        throw BartizanError(.input, "\(certificatePath): no certificate in PEM")
      }
      guard expires > surroundings.time() else {
        throw BartizanError(
          .input, "\(certificatePath): the certificate expired on \(CalendarDate(seconds: Int64(expires)).text)")
      }
      return (pair, expires)
    case .own(let folder, let names):
      let (authority, isNew) = try AuthorityFiles.open(folder, now: surroundings.time())
      if isNew { surroundings.tell("a certificate authority was made in \(folder)") }
      let addresses = names.compactMap { IPAddress($0) }
      do throws(ServerAuthority.Failure) {
        return try authority.serverPair(
          names: names.filter { IPAddress($0) == nil }, addresses: addresses, now: surroundings.time())
      } catch {
        throw BartizanError(.input, "\(folder): \(error.message)")
      }
    }
  }

  /// Says that it is not ready, lets requests end, and stops.
  package func stop() async {
    service.beginStop()
    upkeep.withLock { $0?.cancel() }
    await listener.stop()
  }
}
