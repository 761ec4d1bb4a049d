import Admission
import Bytes
package import Collect
import Findings
package import Kube
import Operations
package import Server
import Synchronization

/// The admission webhook as it runs: a listener, what it judges by, and what keeps both current.
package final class AdmissionServer: Sendable {
  /// What it listens on, judges by and shows, and who may ask it.
  package struct Settings: Sendable {
    package var address: ListenAddress
    package var configuration: ServeConfiguration
    /// Reads the cluster before which the policies stand; nil where none is given.
    package var cluster: (@Sendable () async throws -> ClusterSnapshot)?
    /// How often policies and cluster are read anew; nil: when it is asked for.
    package var refresh: Duration?
    package var certificate: ListenerIdentity.Source
    /// PEM.
    package var clientAuthorities: [UInt8]?
    package var access = AdmissionService.Access()
    /// Time for one answer, where the API server does not allow less.
    package var longest = Duration.seconds(9)
    package var limits = ServerLimits()
    /// How registries are reached, where images are to be signed.
    package var registry = RegistrySettings()
    /// The folder of the user, where cosign keeps its trusted root; nil where there is none.
    package var home: String?

    package init(address: ListenAddress, configuration: ServeConfiguration, certificate: ListenerIdentity.Source) {
      self.address = address
      self.configuration = configuration
      self.certificate = certificate
    }
  }

  private let settings: Settings
  private let surroundings: Surroundings
  private let service: AdmissionService
  private let cache: ImageTrustCache
  private let identity: ListenerIdentity
  private let listener: HTTPListener
  private let upkeep = Mutex<Task<Void, Never>?>(nil)

  private static let upkeepInterval = Duration.seconds(60)

  package var address: ListenAddress { listener.address }

  /// What is ready to listen, before it does: everything that can be wrong with settings and policies is found here.
  package struct Prepared: Sendable {
    fileprivate let settings: Settings
    fileprivate let surroundings: Surroundings
    fileprivate let profiles: AdmissionProfiles
    fileprivate let cache: ImageTrustCache
    fileprivate let identity: ListenerIdentity

    package var paths: [String] {
      profiles.webhooks.sorted { $0.key < $1.key }.flatMap { name, webhook in
        (webhook.input.policies.validating.hooks.isEmpty && webhook.images == nil ? [] : ["/admit/\(name)"])
          + (webhook.input.policies.mutating.hooks.isEmpty && webhook.images?.rules.tags != .pin
            ? [] : ["/mutate/\(name)"])
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
    let cache = try ImageTrustCache(folder: settings.configuration.imageTrust)
    let profiles = try await load(settings, surroundings, cache)
    let identity = try ListenerIdentity(
      settings.certificate, listener: AdmissionService.listener, clientAuthorities: settings.clientAuthorities,
      surroundings)
    for remark in profiles.remarks { surroundings.tell(remark) }
    if let rate = settings.access.anonymous {
      surroundings.tell(
        "everybody who reaches \(settings.address.text) may ask the webhook without a certificate or token, up to \(rate) "
          + "times a second from one address (--admission-anonymous)")
    }
    return Prepared(
      settings: settings, surroundings: surroundings, profiles: profiles, cache: cache, identity: identity)
  }

  /// - Parameter decisions: where they are kept as events; nil where they are not.
  package static func start(_ prepared: Prepared, decisions: DecisionLog? = nil) async throws -> AdmissionServer {
    let settings = prepared.settings
    let surroundings = prepared.surroundings
    let service = AdmissionService(
      prepared.profiles, settings.access, isLoopback: settings.address.isLoopback, longest: settings.longest,
      metrics: surroundings.metrics, decisions: decisions, today: { surroundings.today })
    let listener: HTTPListener
    do throws(HTTPListener.Failure) {
      listener = try await HTTPListener(
        settings.address, tls: prepared.identity.tls, limits: settings.limits, service: service)
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
    cache = prepared.cache
    self.service = service
    self.listener = listener
  }

  private func begin(_ profiles: AdmissionProfiles) {
    note(profiles)
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
    metrics.set(Measures.loaded, to: Double(surroundings.time))
    // So that the first failure is a step from zero.
    metrics.add(Measures.loadFailures, by: 0)
  }

  /// Reads policies and cluster anew. What cannot be read leaves everything as it is.
  package func reload() async {
    do {
      let profiles = try await Self.load(settings, surroundings, cache)
      service.replace(profiles)
      note(profiles)
    } catch {
      surroundings.metrics.add(Measures.loadFailures)
      let reason = (error as? BartizanError)?.message ?? (error as? FailedOperation)?.error.message ?? "stopped"
      surroundings.tell("policies and cluster stay as they were: \(reason)")
    }
  }

  private static func load(
    _ settings: Settings, _ surroundings: Surroundings, _ cache: ImageTrustCache
  ) async throws -> AdmissionProfiles {
    let cluster = try await settings.cluster?()
    return try await AdmissionProfiles.load(
      settings.configuration, cluster: cluster,
      images: .init(cache: cache, registry: settings.registry, home: settings.home, now: surroundings.now),
      today: surroundings.today)
  }

  /// Keeps the certificate of the listener current.
  package func renew() {
    surroundings.metrics.set(
      Measures.connections, [("listener", AdmissionService.listener)], to: Double(listener.connections))
    identity.renew()
  }

  /// Says that it is not ready, lets requests end, and stops.
  package func stop() async {
    service.beginStop()
    upkeep.withLock { $0?.cancel() }
    await listener.stop()
    cache.flush()
  }
}
