import AsyncHTTPClient
import Bytes
import NIOCore
import NIOHTTPCompression
import NIOSSL
import Synchronization

/// The connections to one server, with its settings.
struct HTTPConnections: Sendable {
  let http: AsyncHTTPClient.HTTPClient
  /// The proxy in between, for messages; nil for none.
  let proxy: String?
  /// A URL prefix that replaces the server's, in tests.
  private let route: String?
  /// The host name to use in URLs and SNI; nil for the URL's own.
  private let greetedName: String?

  /// - Parameter box: nil for a usable connection; otherwise receives the server's certificate, and no connection is
  ///   made.
  init(to url: HTTPURL, _ settings: HTTPSettings, inspecting box: CertificateBox? = nil) throws(ConnectionError) {
    var host = settings.settings(of: url.host)
    // Who listens at another port of the host may be somebody else.
    if let port = host.clientCertificatePort, port != url.origin.port { host.clientCertificate = nil }
    route = settings.routes[url.authority]
    var configuration = AsyncHTTPClient.HTTPClient.Configuration(
      certificateVerification: .noHostnameVerification, redirectConfiguration: .disallow,
      timeout: .init(
        connect: .nanoseconds(settings.timeouts.connect.nanoseconds),
        read: .nanoseconds(settings.timeouts.idle.nanoseconds)),
      decompression: settings.unpackedBytesLimit.map { .enabled(limit: .size($0)) } ?? .disabled)
    configuration.httpVersion = .http1Only
    configuration.connectionPool.retryConnectionEstablishment = false
    let found = try HTTPProxy.find(for: url, settings)
    proxy = found?.text
    configuration.proxy = found?.configuration
    if url.isSecure { configuration.tlsConfiguration = try Self.tls(host, settings) }
    let name = host.certificateName.flatMap { $0.isEmpty ? nil : $0.lowercased() }
    let identity = ServerIdentity(host: name ?? url.host)
    // Addresses cannot be used in SNI.
    if let name, name != url.host, case .name = identity {
      greetedName = name
      configuration.dnsOverride = [name: url.host]
    } else {
      greetedName = nil
    }
    // The library calls this after the handshake and before it sends anything; when it fails the connection is dropped.
    if url.isSecure, route == nil {
      let server = url.origin.text
      let verifies = host.verification == .full
      configuration.http1_1ConnectionDebugInitializer = { channel in
        do {
          let certificate = try Self.certificate(of: channel, server)
          if let box {
            box.put(ServerCertificate(certificate))
            throw ConnectionError(.cancelled, "the certificate was seen; the connection is not needed")
          }
          if verifies { try Self.check(certificate, identity, server) }
          return channel.eventLoop.makeSucceededVoidFuture()
        } catch {
          channel.close(promise: nil)
          return channel.eventLoop.makeFailedFuture(error)
        }
      }
    }
    http = AsyncHTTPClient.HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  /// The URL to pass to the library.
  func address(of url: HTTPURL) -> String {
    if let route { return route + url.target }
    return greetedName.map { url.at(host: $0).text } ?? url.text
  }

  /// The `Host` header, where the library would send a different one; nil otherwise.
  func hostHeader(for url: HTTPURL) -> String? { greetedName == nil ? nil : url.authority }

  static func certificate(of channel: any Channel, _ server: String) throws(ConnectionError)
    -> NIOSSLCertificate
  {
    // The chain was verified by the library. Without TLS nothing was.
    guard let found = try? channel.pipeline.syncOperations.nioSSL_peerCertificate() else {
      throw ConnectionError(.certificateUntrusted, "\(server) shows no certificate")
    }
    return found
  }

  /// The library accepts a certificate for the peer's address whatever host was requested, and matches names by rules
  /// that RFC 9525 obsoleted. So it verifies the chain only, and the name is checked here.
  static func check(
    _ certificate: NIOSSLCertificate, _ identity: ServerIdentity, _ server: String
  ) throws(ConnectionError) {
    let own = ServerCertificate(certificate)
    if !identity.isAmong(own.names) { throw own.wrongName(identity, at: server) }
  }

  static func tls(_ host: HostSettings, _ settings: HTTPSettings) throws(ConnectionError) -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = host.newestTLS == nil ? .tlsv12 : .tlsv1
    tls.maximumTLSVersion = host.newestTLS.map { version in
      switch version {
      case .tls10: .tlsv1
      case .tls11: .tlsv11
      case .tls12: .tlsv12
      case .tls13: .tlsv13
      }
    }
    switch host.verification {
    case .waived, .inspection: tls.certificateVerification = .none
    case .full:
      tls.certificateVerification = .noHostnameVerification
      switch settings.trust {
      case .system: tls.trustRoots = try SystemAuthorities.roots(file: settings.environment("SSL_CERT_FILE"))
      case .only(let authorities):
        tls.trustRoots = .certificates(
          try parsed("certificate authority") { try NIOSSLCertificate.fromPEMBytes(authorities) })
      case .systemAnd(let authorities):
        tls.trustRoots = try SystemAuthorities.roots(file: settings.environment("SSL_CERT_FILE"))
        tls.additionalTrustRoots = [
          .certificates(try parsed("certificate authority") { try NIOSSLCertificate.fromPEMBytes(authorities) })
        ]
      }
      for authority in host.authorities {
        tls.additionalTrustRoots.append(
          .certificates(try parsed("certificate authority") { try NIOSSLCertificate.fromPEMBytes(authority) }))
      }
    }
    if let client = host.clientCertificate {
      let chain = try parsed("client certificate") { try NIOSSLCertificate.fromPEMBytes(client.chain) }
      if let first = chain.first, first.notValidAfter < UnixTime.now {
        throw ConnectionError(
          .clientCertificateExpired,
          "your client certificate expired on \(CalendarDate(seconds: Int64(first.notValidAfter)).text)")
      }
      tls.certificateChain = chain.map { .certificate($0) }
      tls.privateKey = .privateKey(
        try parsed("client key") { try NIOSSLPrivateKey(bytes: client.key, format: .pem) })
    }
    return tls
  }

  private static func parsed<T>(_ what: String, _ body: () throws -> T) throws(ConnectionError) -> T {
    do { return try body() } catch {
      throw ConnectionError(.badSettings, "the \(what) is not readable PEM", cause: error)
    }
  }
}

/// Receives the certificate of a server that is inspected.
final class CertificateBox: Sendable {
  private let found = Mutex<ServerCertificate?>(nil)

  var certificate: ServerCertificate? { found.withLock { $0 } }

  func put(_ certificate: ServerCertificate) { found.withLock { $0 = certificate } }
}
