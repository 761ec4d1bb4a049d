import Bytes
import Glibc
import NIOCore
import NIOHTTP1
import NIOSSL

/// One connection: reads a request within its bounds, has it answered, and goes on with the next.
///
/// The pipeline below passes on one request at a time and leaves the socket unread meanwhile, so that a client that sends faster
/// than it is answered waits.
final class ServerConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// A request that has begun.
  private struct Exchange {
    let head: RequestHead
    let began: ContinuousClock.Instant
    let keepsAlive: Bool
    let bodyBytes: Int
    let deadline: Duration
    /// Bytes that the client says will come.
    let announced: Int
    var body: [UInt8] = []
    /// Of the bytes that all connections may hold.
    var held = 0
    /// A request that is answered late is not answered again.
    var isAnswered = false
  }

  private enum Phase {
    /// No request, or a part of its head.
    case waiting
    case receiving(Exchange)
    /// What is told to the number of an exchange that is over is dropped.
    case answering(Exchange, number: Int)
    /// Answered before the body was there: the rest is read and dropped, so that the client sees the answer.
    case draining(bytes: Int)
    case closed
  }

  /// Maximum number of bytes that room is made for before they come.
  private static let reserved = 1 << 20
  /// Bytes of a refused body that are read and dropped.
  private static let drainedBytes = 1 << 20
  private static let drainTime = TimeAmount.seconds(2)
  /// Bytes of a next request that are kept until the answer to this one has left.
  private static let earlyBytes = 1 << 20

  private let service: any ServerService
  private let limits: ServerLimits
  private let load: ServerLoad
  /// Of the client; empty before the connection is there.
  private var address = ""
  private var peer: Peer?
  private var phase = Phase.waiting
  private var timer: Scheduled<Void>?
  /// The next request, as far as it came while an answer was on its way.
  private var early: [HTTPServerRequestPart] = []
  private var earlyBytes = 0
  private var count = 0
  private var isStopping = false
  private var isCounted = false

  init(_ service: any ServerService, _ limits: ServerLimits, _ load: ServerLoad) {
    self.service = service
    self.limits = limits
    self.load = load
  }

  // MARK: Connection

  func channelActive(context: ChannelHandlerContext) {
    address = context.channel.remoteAddress?.ipAddress ?? ""
    isCounted = load.enter(address)
    guard isCounted else { return close(context) }
    wait(limits.head, context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(context)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end(context) }

  private func end(_ context: ChannelHandlerContext) {
    timer?.cancel()
    timer = nil
    switch phase {
    case .receiving(let exchange), .answering(let exchange, _): load.release(exchange.held)
    case .waiting, .draining, .closed: break
    }
    phase = .closed
    if isCounted { load.leave(address) }
    isCounted = false
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    // What is no HTTP was answered with 400 by the handler below.
    if error is HTTPParserError { service.note(nil, status: 400, took: .zero) }
    close(context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is ServerStop:
      isStopping = true
      if case .waiting = phase { close(context) }
    case ChannelEvent.inputClosed:
      // Whoever ended its side in the middle of a request will not finish it.
      switch phase {
      case .waiting, .receiving, .draining: close(context)
      case .answering: isStopping = true
      case .closed: break
      }
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  private func close(_ context: ChannelHandlerContext) {
    end(context)
    context.close(promise: nil)
  }

  /// Ends the connection unless something else happens first.
  private func wait(_ duration: Duration, _ context: ChannelHandlerContext) {
    after(.nanoseconds(duration.wholeNanoseconds), context) { $0.close($1) }
  }

  private func after(
    _ time: TimeAmount, _ context: ChannelHandlerContext,
    _ body: @escaping @Sendable (ServerConnection, ChannelHandlerContext) -> Void
  ) {
    timer?.cancel()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    timer = context.eventLoop.scheduleTask(in: time) {
      let (connection, context) = bound.value
      body(connection, context)
    }
  }

  // MARK: Request

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    // The pipeline passes on the next request once an answer is written, which is before it has left.
    guard case .answering = phase else { return take(part, context) }
    if case .body(let buffer) = part { earlyBytes += buffer.readableBytes }
    guard earlyBytes <= Self.earlyBytes else { return close(context) }
    early.append(part)
  }

  private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
    switch part {
    case .head(let head): begin(head, context)
    case .body(let buffer): take(buffer, context)
    case .end: finish(context)
    }
  }

  private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    guard case .waiting = phase else { return close(context) }
    let began = ContinuousClock.now
    if peer == nil { peer = Peer(address: address, certificate: PeerCertificate.of(context.channel)) }
    let request: RequestHead
    switch Self.read(head, peer ?? Peer(address: address)) {
    case .failure(let invalid):
      service.note(nil, status: 400, took: .zero)
      return self.refuse(.text(400, invalid.reason), isHead: head.method == .HEAD, context)
    case .success(let read): request = read
    }
    func refuse(_ response: ServerResponse) {
      service.note(request, status: response.status, took: ContinuousClock.now - began)
      self.refuse(response, isHead: head.method == .HEAD, context)
    }
    switch service.verdict(request) {
    case .refuse(let response): return refuse(response)
    case .accept(let bodyBytes, let deadline):
      let length = head.headers.first(name: "Content-Length").flatMap { Int($0) } ?? 0
      if length > bodyBytes {
        return refuse(.text(413, "\(length) bytes is more than the \(bodyBytes) that are read here"))
      }
      let exchange = Exchange(
        head: request, began: began, keepsAlive: head.isKeepAlive, bodyBytes: bodyBytes, deadline: deadline,
        announced: length)
      switch head.headers["Expect"].map({ $0.lowercased() }) {
      case []: break
      case ["100-continue"]:
        // RFC 9110, section 10.1.1: not to a client of HTTP/1.0.
        if head.version.minor > 0 {
          context.writeAndFlush(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .continue))), promise: nil)
        }
      default: return refuse(.text(417, "what is expected here is 100-continue and nothing else"))
      }
      phase = .receiving(exchange)
      wait(limits.body, context)
    }
  }

  private struct InvalidHead: Error {
    let reason: String
  }

  private static func read(_ head: HTTPRequestHead, _ peer: Peer) -> Result<RequestHead, InvalidHead> {
    if head.version.major != 1 { return .failure(InvalidHead(reason: "HTTP/1.1 is spoken here")) }
    if head.version.minor > 0, head.headers["Host"].count != 1 {
      return .failure(InvalidHead(reason: "a request has one Host field"))
    }
    guard head.uri.hasPrefix("/") else { return .failure(InvalidHead(reason: "the target is a path")) }
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    return .success(
      RequestHead(
        method: head.method.rawValue, path: String(parts[0]),
        query: parts.count > 1 ? FormQuery.pairs(parts[1]) : [],
        fields: head.headers.map { ($0.name, $0.value) }, peer: peer))
  }

  private func take(_ buffer: ByteBuffer, _ context: ChannelHandlerContext) {
    switch phase {
    case .receiving(var exchange):
      let count = buffer.readableBytes
      func refuse(_ response: ServerResponse) {
        service.note(exchange.head, status: response.status, took: ContinuousClock.now - exchange.began)
        load.release(exchange.held)
        self.refuse(response, isHead: exchange.head.method == "HEAD", context)
      }
      guard exchange.body.count + count <= exchange.bodyBytes else {
        return refuse(.text(413, "the body is longer than the \(exchange.bodyBytes) bytes that are read here"))
      }
      guard load.hold(count) else { return refuse(Self.busy) }
      exchange.held += count
      // Another reference to the body would have it copied.
      phase = .waiting
      if exchange.body.isEmpty { exchange.body.reserveCapacity(max(count, min(exchange.announced, Self.reserved))) }
      buffer.withUnsafeReadableBytes { exchange.body.append(contentsOf: $0) }
      phase = .receiving(exchange)
    case .draining(let left):
      guard left > buffer.readableBytes else { return close(context) }
      phase = .draining(bytes: left - buffer.readableBytes)
    case .waiting, .answering, .closed: break
    }
  }

  private func finish(_ context: ChannelHandlerContext) {
    if case .draining = phase { return close(context) }
    guard case .receiving(var exchange) = phase else { return }
    let encoding = exchange.head.field("Content-Encoding")
    var body = exchange.body
    exchange.body = []
    // The decompressed body counts as what it may become until it is there.
    do throws(BodyEncoding.Failure) {
      if encoding != nil {
        let packed = body.count
        body = try BodyEncoding.decoded(body, encoding, limit: exchange.bodyBytes)
        if body.count > packed {
          guard load.hold(body.count - packed) else { return answerNow(Self.busy, exchange, context) }
          exchange.held += body.count - packed
        }
      }
    } catch {
      switch error {
      case .unsupported(let name):
        var response = ServerResponse.text(
          415, "Content-Encoding \(name) is not known; \(BodyEncoding.known) are")
        response.fields.append(("Accept-Encoding", BodyEncoding.known))
        return answerNow(response, exchange, context)
      case .damaged(let reason): return answerNow(.text(400, reason), exchange, context)
      case .tooLarge:
        return answerNow(
          .text(413, "the body expands to more than the \(exchange.bodyBytes) bytes that are read here"), exchange,
          context)
      }
    }
    let request = ServerRequest(head: exchange.head, body: body)
    guard load.begin() else { return answerNow(service.late(request), exchange, context) }
    count += 1
    let number = count
    phase = .answering(exchange, number: number)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let loop = context.eventLoop
    let (service, load) = (service, load)
    Task {
      let response = await service.answer(request)
      load.end()
      loop.execute {
        let (connection, context) = bound.value
        connection.answer(response, to: number, context)
      }
    }
    after(.nanoseconds(exchange.deadline.wholeNanoseconds), context) { connection, context in
      connection.answer(connection.service.late(request), to: number, context)
    }
  }

  private static let busy = ServerResponse.text(
    503, "too much is being read at this moment; try again", fields: [("Retry-After", "1")])

  // MARK: Answer

  private func answerNow(_ response: ServerResponse, _ exchange: Exchange, _ context: ChannelHandlerContext) {
    count += 1
    phase = .answering(exchange, number: count)
    answer(response, to: count, context)
  }

  private func answer(_ response: ServerResponse, to number: Int, _ context: ChannelHandlerContext) {
    guard case .answering(var exchange, number: let current) = phase, current == number, !exchange.isAnswered else {
      return
    }
    exchange.isAnswered = true
    phase = .answering(exchange, number: number)
    service.note(exchange.head, status: response.status, took: ContinuousClock.now - exchange.began)
    let keepsAlive = exchange.keepsAlive && !isStopping
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    wait(limits.answer, context)
    write(response, isHead: exchange.head.method == "HEAD", keepsAlive: keepsAlive, context).whenComplete { result in
      let (connection, context) = bound.value
      connection.sent(result, number, keepsAlive: keepsAlive, context)
    }
  }

  private func sent(
    _ result: Result<Void, any Error>, _ number: Int, keepsAlive: Bool, _ context: ChannelHandlerContext
  ) {
    guard case .answering(let exchange, number: let current) = phase, current == number else { return }
    load.release(exchange.held)
    phase = .waiting
    guard case .success = result, keepsAlive, !isStopping else { return close(context) }
    wait(limits.idle, context)
    let next = early
    early = []
    earlyBytes = 0
    for part in next { take(part, context) }
  }

  /// Answers before the body was read, and ends the connection.
  private func refuse(_ response: ServerResponse, isHead: Bool, _ context: ChannelHandlerContext) {
    phase = .draining(bytes: Self.drainedBytes)
    after(Self.drainTime, context) { $0.close($1) }
    let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
    write(response, isHead: isHead, keepsAlive: false, context).whenSuccess {
      // The client learns that no more comes; what it still sends is dropped until it ends its side.
      bound.value.close(mode: .output, promise: nil)
    }
  }

  private func write(
    _ response: ServerResponse, isHead: Bool, keepsAlive: Bool, _ context: ChannelHandlerContext
  ) -> EventLoopFuture<Void> {
    var headers = HTTPHeaders(response.fields.map { ($0.name, $0.value) })
    headers.replaceOrAdd(name: "Content-Length", value: String(response.body.count))
    headers.add(name: "Date", value: HTTPDate.text(Glibc.time(nil)))
    headers.add(name: "X-Content-Type-Options", value: "nosniff")
    if !keepsAlive { headers.replaceOrAdd(name: "Connection", value: "close") }
    let head = HTTPResponseHead(
      version: .http1_1, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if !isHead, !response.body.isEmpty {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: response.body)))), promise: nil)
    }
    let promise = context.eventLoop.makePromise(of: Void.self)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    return promise.futureResult
  }
}

/// Told to every connection when the listener stops: those that wait for a request end at once.
struct ServerStop: Sendable {}

extension Duration {
  var wholeNanoseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ attoseconds / 1_000_000_000
  }
}
