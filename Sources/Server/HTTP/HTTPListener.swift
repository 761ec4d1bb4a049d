import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Waits for HTTP/1.1, with TLS or without, and has requests answered by a service.
package final class HTTPListener: Sendable {
  /// Where it waits, with the port that the system chose.
  package let address: ListenAddress
  private let server: any Channel
  private let children: OpenChannels
  private let tls: TLSIdentity?
  private let limits: ServerLimits
  private let load: ServerLoad

  /// Why nothing listens.
  package struct Failure: Error, Sendable {
    /// One line: where, and why.
    package let message: String
  }

  /// - Parameter tls: nil for plain HTTP.
  package init(
    _ address: ListenAddress, tls: TLSIdentity?, limits: ServerLimits = ServerLimits(), service: any ServerService
  ) async throws(Failure) {
    let load = ServerLoad(limits)
    let children = OpenChannels()
    self.load = load
    self.limits = limits
    self.children = children
    self.tls = tls
    var heads = NIOHTTPDecoderLimitConfiguration()
    heads.maxHeaderFieldSize = limits.headBytes
    heads.maxHeaderListSize = limits.headBytes
    heads.maxHeaderFieldCount = limits.headFields
    let decoding = heads
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer { channel in
        children.add(channel)
        return channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
          try pipeline.configureHTTPServerPipeline(
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
          try pipeline.addHandler(ServerConnection(service, limits, load))
        }
      }
    do {
      server = try await bootstrap.bind(host: address.host, port: address.port).get()
    } catch let error as IOError {
      throw Failure(message: "\(address.text): \(String(cString: strerror(error.errnoCode)))")
    } catch {
      throw Failure(message: "\(address.text): cannot be listened on")
    }
    self.address = ListenAddress(host: address.host, port: server.localAddress?.port ?? address.port)
  }

  package var connections: Int { load.connections }
  /// Requests that are being worked on.
  package var requests: Int { load.requests }

  /// Takes no more connections, lets requests that are being answered end within `ServerLimits.stop`, and closes the rest.
  package func stop() async {
    try? await server.close()
    for child in children.all { child.pipeline.fireUserInboundEventTriggered(ServerStop()) }
    let all = children.all
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for child in all { _ = try? await child.closeFuture.get() } }
      group.addTask { [limits] in
        try? await Task.sleep(for: limits.stop)
        for child in all { child.close(promise: nil) }
      }
      await group.next()
      group.cancelAll()
      for child in all { child.close(promise: nil) }
      await group.waitForAll()
    }
  }
}

/// The certificate and key of a listener, which may be replaced while it runs: connections that are there keep what they have.
package final class TLSIdentity: Sendable {
  private let current: Mutex<NIOSSLContext>

  /// Why it cannot be used.
  package struct Invalid: Error, Sendable {
    package let message: String
  }

  /// - Parameters:
  ///   - clientAuthorities: PEM; a client may show a certificate of one of these. Nil: none is asked for.
  package init(_ pair: CertificatePair, clientAuthorities: [UInt8]?) throws(Invalid) {
    current = Mutex(try Self.context(pair, clientAuthorities))
  }

  var context: NIOSSLContext { current.withLock { $0 } }

  package func replace(_ pair: CertificatePair, clientAuthorities: [UInt8]?) throws(Invalid) {
    let context = try Self.context(pair, clientAuthorities)
    current.withLock { $0 = context }
  }

  private static func context(_ pair: CertificatePair, _ authorities: [UInt8]?) throws(Invalid) -> NIOSSLContext {
    let chain = try read("the certificate") { try NIOSSLCertificate.fromPEMBytes(pair.certificate) }
    let key = try read("the key") { try NIOSSLPrivateKey(bytes: pair.key, format: .pem) }
    guard !chain.isEmpty else { throw Invalid(message: "there is no certificate in the PEM") }
    var settings = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    settings.minimumTLSVersion = .tlsv12
    settings.applicationProtocols = ["http/1.1"]
    if let authorities {
      let roots = try read("the authority of clients") { try NIOSSLCertificate.fromPEMBytes(authorities) }
      guard !roots.isEmpty else { throw Invalid(message: "there is no certificate among the authorities of clients") }
      settings.trustRoots = .certificates(roots)
      settings.certificateVerification = .optionalVerification
    }
    let final = settings
    do { return try NIOSSLContext(configuration: final) } catch {
      throw Invalid(message: "the key does not belong to the certificate, or TLS cannot use them")
    }
  }

  private static func read<T>(_ what: String, _ body: () throws -> T) throws(Invalid) -> T {
    do { return try body() } catch { throw Invalid(message: "\(what) is not readable PEM") }
  }
}
