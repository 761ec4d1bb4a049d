import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// One connection of a `StreamListener`, as whoever serves it sees it.
///
/// A socket is read only as far as its bytes are asked for: a client that sends faster than it is served waits.
package final class StreamConnection: Sendable {
  package let peer: Peer
  private let loop: any EventLoop
  private let handler: NIOLoopBound<StreamHandler>
  private let load: ServerLoad
  private let held = Mutex(0)

  fileprivate init(_ peer: Peer, _ loop: any EventLoop, _ handler: StreamHandler, _ load: ServerLoad) {
    self.peer = peer
    self.loop = loop
    self.handler = NIOLoopBound(handler, eventLoop: loop)
    self.load = load
  }

  /// Waits for the next bytes. One read at a time.
  package func read(within time: Duration) async -> StreamRead {
    await withCheckedContinuation { continuation in
      loop.execute { [handler] in handler.value.read(within: time, continuation) }
    }
  }

  /// Sends bytes.
  ///
  /// - Returns: whether they left in time; the connection is over where they did not.
  package func write(_ bytes: [UInt8], within time: Duration) async -> Bool {
    await withCheckedContinuation { continuation in
      loop.execute { [handler] in handler.value.write(bytes, within: time, continuation) }
    }
  }

  /// Counts bytes that are kept for this connection, instead of those that were counted before.
  ///
  /// - Returns: whether all connections together may keep that much; where they may not, the count is what it was.
  package func hold(_ bytes: Int) -> Bool {
    held.withLock { held in
      guard bytes <= held || load.hold(bytes - held) else { return false }
      if bytes < held { load.release(held - bytes) }
      held = bytes
      return true
    }
  }

  fileprivate func close() async {
    _ = hold(0)
    await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
      loop.execute { [handler] in handler.value.close(continuation) }
    }
  }
}

/// Told to every connection when its listener stops.
struct StreamStop: Sendable {}

/// Reads a socket on demand.
final class StreamHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case starting
    case serving
    case over
  }

  private let service: any StreamService
  private let limits: StreamLimits
  private let load: ServerLoad
  private let sessions: StreamSessions
  private let isTLS: Bool

  private var context: ChannelHandlerContext?
  private var phase = Phase.starting
  private var address = ""
  private var isCounted = false
  private var isEnded = false
  private var isStopping = false
  private var arrived = ByteBuffer()
  /// A read of the socket that has found nothing yet.
  private var isReading = false
  private var reader: CheckedContinuation<StreamRead, Never>?
  private var readTimer: Scheduled<Void>?
  private var handshakeTimer: Scheduled<Void>?

  init(
    _ service: any StreamService, _ limits: StreamLimits, _ load: ServerLoad, _ sessions: StreamSessions, isTLS: Bool
  ) {
    self.service = service
    self.limits = limits
    self.load = load
    self.sessions = sessions
    self.isTLS = isTLS
  }

  // MARK: Connection

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    end()
    self.context = nil
  }

  func channelActive(context: ChannelHandlerContext) {
    address = StreamAddress.text(context.channel.remoteAddress)
    guard service.admits(address) else { return refuse(.address) }
    isCounted = load.enter(address)
    guard isCounted else { return refuse(.connections) }
    guard isTLS else { return start() }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    handshakeTimer = context.eventLoop.scheduleTask(in: .nanoseconds(limits.handshake.wholeNanoseconds)) {
      bound.value.refuse(.handshake)
    }
    context.read()
  }

  private func refuse(_ refusal: StreamRefusal) {
    guard case .starting = phase else { return }
    service.refused(refusal, from: address)
    end()
    context?.close(promise: nil)
    hearGoodbye()
  }

  /// TLS waits for the goodbye of the other side, which nobody else reads any more.
  private func hearGoodbye() {
    if isTLS { context?.read() }
  }

  private func start() {
    guard case .starting = phase, let context else { return }
    handshakeTimer?.cancel()
    phase = .serving
    let peer = Peer(address: address, certificate: isTLS ? PeerCertificate.of(context.channel) : nil)
    let connection = StreamConnection(peer, context.eventLoop, self, load)
    sessions.run { [service] in
      await service.serve(connection)
      await connection.close()
    }
    demand()
  }

  private func end() {
    handshakeTimer?.cancel()
    phase = .over
    isEnded = true
    if isCounted { load.leave(address) }
    isCounted = false
    answer()
  }

  func channelInactive(context: ChannelHandlerContext) {
    if isTLS { refuse(.handshake) }
    end()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // A client that ends without TLS's own goodbye has sent what it wanted to send.
    if case NIOSSLError.uncleanShutdown = error {
      isEnded = true
      return answer()
    }
    refuse(.handshake)
    end()
    context.close(promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if let event = event as? TLSUserEvent {
      switch event {
      case .handshakeCompleted: start()
      case .shutdownCompleted: endInput()
      }
      return
    }
    switch event {
    case ChannelEvent.inputClosed: endInput()
    case is StreamStop:
      if case .starting = phase { return context.close(promise: nil) }
      isStopping = true
      answer()
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  private func endInput() {
    if case .starting = phase { return refuse(.handshake) }
    isEnded = true
    answer()
  }

  // MARK: Reading

  /// Reads the socket once, unless there is something to be taken.
  private func demand() {
    guard !isReading, !isEnded, arrived.readableBytes == 0, let context else { return }
    isReading = true
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var buffer = unwrapInboundIn(data)
    isReading = false
    if arrived.readableBytes == 0 { arrived = buffer } else { arrived.writeBuffer(&buffer) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    answer()
    context.fireChannelReadComplete()
  }

  func read(within time: Duration, _ continuation: CheckedContinuation<StreamRead, Never>) {
    // Two at a time would be a mistake of ours; the first is not left waiting.
    reader?.resume(returning: .late)
    reader = continuation
    answer()
    guard reader != nil, let context else { return }
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    readTimer = context.eventLoop.scheduleTask(in: .nanoseconds(time.wholeNanoseconds)) {
      bound.value.give(.late)
    }
  }

  /// Tells whoever reads what there is to tell.
  private func answer() {
    guard reader != nil else { return }
    if arrived.readableBytes > 0 {
      let bytes = Array(arrived.readableBytesView)
      arrived = ByteBuffer()
      give(.bytes(bytes))
      return demand()
    }
    if isEnded { return give(.ended) }
    if isStopping { give(.stopping) }
  }

  private func give(_ read: StreamRead) {
    readTimer?.cancel()
    readTimer = nil
    let waiting = reader
    reader = nil
    waiting?.resume(returning: read)
  }

  // MARK: Writing

  func write(_ bytes: [UInt8], within time: Duration, _ continuation: CheckedContinuation<Bool, Never>) {
    guard let context, case .serving = phase else { return continuation.resume(returning: false) }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    let timer = context.eventLoop.scheduleTask(in: .nanoseconds(time.wholeNanoseconds)) {
      bound.value.close(promise: nil)
    }
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.whenComplete { result in
      timer.cancel()
      if case .success = result { continuation.resume(returning: true) } else { continuation.resume(returning: false) }
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: promise)
  }

  func close(_ continuation: CheckedContinuation<Void, Never>) {
    end()
    guard let context else { return continuation.resume() }
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.whenComplete { _ in continuation.resume() }
    context.close(promise: promise)
    hearGoodbye()
  }
}

/// What serves connections.
final class StreamSessions: Sendable {
  private struct State {
    var running: [Int: Task<Void, Never>] = [:]
    var ended: Set<Int> = []
    var next = 0
  }

  private let state = Mutex(State())

  func run(_ body: @escaping @Sendable () async -> Void) {
    let number = state.withLock { state in
      state.next += 1
      return state.next
    }
    let task = Task { [self] in
      await body()
      state.withLock { state in
        // It may be over before it is known.
        if state.running.removeValue(forKey: number) == nil { state.ended.insert(number) }
      }
    }
    state.withLock { state in
      if state.ended.remove(number) == nil { state.running[number] = task }
    }
  }

  var all: [Task<Void, Never>] { state.withLock { Array($0.running.values) } }
}

/// Addresses of peers.
enum StreamAddress {
  /// Without the port; an IPv4 address is written as one also where it reached a socket of IPv6. Empty where there is none.
  static func text(_ address: SocketAddress?) -> String {
    guard let text = address?.ipAddress else { return "" }
    let mapped = "::ffff:"
    return text.hasPrefix(mapped) && text.contains(".") ? String(text.dropFirst(mapped.count)) : text
  }
}
