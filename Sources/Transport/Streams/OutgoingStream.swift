import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// A connection over TCP or TLS to a server that does not speak HTTP, such as one of syslog or of Fluent Forward.
///
/// A server of TLS is verified as one of `https` is.
package final class OutgoingStream: Sendable {
  private let channel: any Channel
  private let inbox: Inbox
  private let server: String
  private let timeouts: HTTPTimeouts

  /// Bytes that a server may have sent before they are asked for.
  fileprivate static let mostBytes = 1 << 20

  private init(_ channel: any Channel, _ inbox: Inbox, _ server: String, _ timeouts: HTTPTimeouts) {
    self.channel = channel
    self.inbox = inbox
    self.server = server
    self.timeouts = timeouts
  }

  /// - Parameters:
  ///   - host: a name or an address.
  ///   - isSecure: whether it speaks TLS.
  ///   - settings: whom to trust, certificates of the client, timeouts. Proxies are not asked.
  package static func open(
    host: String, port: Int, isSecure: Bool, _ settings: HTTPSettings
  ) async throws(ConnectionError) -> OutgoingStream {
    let server = "\(HTTPURL.bracketed(host)):\(port)"
    let own = settings.settings(of: host)
    let identity = ServerIdentity(host: own.certificateName ?? host)
    let inbox = Inbox(isSecure: isSecure)
    do {
      var context: NIOSSLContext?
      if isSecure { context = try NIOSSLContext(configuration: try HTTPConnections.tls(own, settings)) }
      var name: String?
      // Addresses cannot be used in SNI.
      if case .name(let text) = identity { name = text }
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.nanoseconds(settings.timeouts.connect.nanoseconds))
        .channelOption(.allowRemoteHalfClosure, value: true)
        .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        .channelInitializer { [context, name] channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let context { try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: name)) }
            try pipeline.addHandler(Reader(inbox))
          }
        }
        .connect(host: host, port: port).get()
      let stream = OutgoingStream(channel, inbox, server, settings.timeouts)
      guard isSecure else { return stream }
      do {
        try await inbox.ready(on: channel.eventLoop, within: settings.timeouts.connect)
        if own.verification == .full {
          let certificate = try await channel.eventLoop.submit {
            try HTTPConnections.certificate(of: channel, server)
          }.get()
          try HTTPConnections.check(certificate, identity, server)
        }
      } catch {
        await stream.close()
        throw error
      }
      return stream
    } catch {
      throw ConnectionError.of(error, server: server, timeouts: settings.timeouts)
    }
  }

  /// Sends bytes, and returns once the system has taken them.
  package func write(_ bytes: [UInt8]) async throws(ConnectionError) {
    let timer = channel.eventLoop.scheduleTask(in: .nanoseconds(timeouts.idle.nanoseconds)) { [channel, inbox] in
      inbox.fail(ChannelError.connectTimeout(.nanoseconds(0)))
      channel.close(promise: nil)
    }
    defer { timer.cancel() }
    do { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) } catch { throw failure(error) }
  }

  /// Waits for what the server says next.
  ///
  /// - Returns: at least one byte; nil where it has ended the connection in order.
  package func read(within time: Duration) async throws(ConnectionError) -> [UInt8]? {
    do { return try await inbox.read(on: channel.eventLoop, within: time) } catch { throw failure(error) }
  }

  /// Says that nothing more comes. What the server says can still be read, and tells whether it was there to the end.
  package func finish() async { try? await channel.close(mode: .output) }

  package func close() async { try? await channel.close() }

  private func failure(_ error: any Error) -> ConnectionError {
    if error is Late { return ConnectionError(.timedOut, "\(server) did not answer in time", cause: error) }
    return ConnectionError.of(error, server: server, timeouts: timeouts)
  }

  fileprivate struct Late: Error {}

  /// What came and was not asked for yet. Its lock guards its state; whoever waits is told outside of it.
  fileprivate final class Inbox: Sendable {
    private struct State {
      var bytes: [UInt8] = []
      var isReady: Bool
      var isEnded = false
      var failure: (any Error)?
      var reader: CheckedContinuation<[UInt8]?, any Error>?
      var opener: CheckedContinuation<Void, any Error>?
    }

    private let state: Mutex<State>

    init(isSecure: Bool) { state = Mutex(State(isReady: !isSecure)) }

    /// - Returns: whether there is room for more.
    func add(_ bytes: some Sequence<UInt8>) -> Bool {
      let isFull = state.withLock { state in
        state.bytes += bytes
        return state.bytes.count > OutgoingStream.mostBytes
      }
      tell()
      return !isFull
    }

    func begin() {
      state.withLock { $0.isReady = true }
      tell()
    }

    func end() {
      state.withLock { $0.isEnded = true }
      tell()
    }

    func fail(_ error: any Error) {
      state.withLock { $0.failure = $0.failure ?? error }
      tell()
    }

    private func tell() {
      enum Word {
        case opened(CheckedContinuation<Void, any Error>, (any Error)?)
        case read(CheckedContinuation<[UInt8]?, any Error>, Result<[UInt8]?, any Error>)
      }
      let words = state.withLock { state in
        var words: [Word] = []
        if let opener = state.opener, state.isReady || state.isEnded || state.failure != nil {
          state.opener = nil
          let early: (any Error)? = state.isReady ? nil : state.failure ?? NIOSSLError.uncleanShutdown
          words.append(.opened(opener, early))
        }
        if let reader = state.reader, let result = Self.result(&state) {
          state.reader = nil
          words.append(.read(reader, result))
        }
        return words
      }
      for word in words {
        switch word {
        case .opened(let continuation, nil): continuation.resume()
        case .opened(let continuation, let error?): continuation.resume(throwing: error)
        case .read(let continuation, let result): continuation.resume(with: result)
        }
      }
    }

    private static func result(_ state: inout State) -> Result<[UInt8]?, any Error>? {
      if !state.bytes.isEmpty {
        let bytes = state.bytes
        state.bytes = []
        return .success(bytes)
      }
      if let failure = state.failure { return .failure(failure) }
      return state.isEnded ? .success(nil) : nil
    }

    func ready(on loop: any EventLoop, within time: Duration) async throws {
      let timer = loop.scheduleTask(in: .nanoseconds(time.nanoseconds)) { [self] in fail(Late()) }
      defer { timer.cancel() }
      try await withCheckedThrowingContinuation { continuation in
        state.withLock { $0.opener = continuation }
        tell()
      }
    }

    func read(on loop: any EventLoop, within time: Duration) async throws -> [UInt8]? {
      let timer = loop.scheduleTask(in: .nanoseconds(time.nanoseconds)) { [self] in late() }
      defer { timer.cancel() }
      return try await withCheckedThrowingContinuation { continuation in
        state.withLock { $0.reader = continuation }
        tell()
      }
    }

    /// Whoever reads has waited long enough; the connection goes on.
    private func late() {
      let reader = state.withLock { state in
        defer { state.reader = nil }
        return state.reader
      }
      reader?.resume(throwing: Late())
    }
  }

  private final class Reader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    private let inbox: Inbox

    init(_ inbox: Inbox) { self.inbox = inbox }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      if !inbox.add(unwrapInboundIn(data).readableBytesView) {
        inbox.fail(NIOTooManyBytesError(maxBytes: OutgoingStream.mostBytes))
        context.close(promise: nil)
      }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if case TLSUserEvent.handshakeCompleted = event { inbox.begin() }
      if case TLSUserEvent.shutdownCompleted = event { inbox.end() }
      if case ChannelEvent.inputClosed = event { inbox.end() }
      context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) { inbox.end() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
      // Many servers end TLS without its goodbye.
      if case NIOSSLError.uncleanShutdown = error { inbox.end() } else { inbox.fail(error) }
      context.close(promise: nil)
    }
  }
}
