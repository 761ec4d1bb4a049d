import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization

/// An HTTP/1.1 server on the loopback address, for tests: a function from requests to answers.
package final class LoopbackServer: Sendable {
  package struct Request: Sendable {
    package let method: String
    /// Path and query.
    package let uri: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  package enum Answer: Sendable {
    case full(status: Int, headers: [(String, String)], body: [UInt8])
    /// Promises the length of the whole body, sends part of it, and breaks off.
    case cutOff(type: String, body: [UInt8], after: Int, headers: [(String, String)] = [])
    /// Says nothing at all.
    case silence
  }

  package let port: Int
  private let channel: any Channel

  package init(tls: TLSConfiguration?, _ respond: @escaping @Sendable (Request) -> Answer) async throws {
    let context = try tls.map { try NIOSSLContext(configuration: $0) }
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
          try pipeline.configureHTTPServerPipeline()
          try pipeline.addHandler(Responder(respond))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  package func close() async { try? await channel.close() }

  private final class Responder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let respond: @Sendable (Request) -> Answer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ respond: @escaping @Sendable (Request) -> Answer) { self.respond = respond }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head):
        self.head = head
        body = []
      case .body(let buffer): body.append(contentsOf: buffer.readableBytesView)
      case .end:
        guard let head else { return }
        let request = Request(
          method: head.method.rawValue, uri: head.uri, headers: head.headers.map { ($0.name, $0.value) }, body: body)
        answer(respond(request), head, context)
      }
    }

    private func answer(_ answer: Answer, _ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
      switch answer {
      case .silence: return
      case .full(let status, let headers, let body):
        var all = HTTPHeaders(headers)
        all.replaceOrAdd(name: "Content-Length", value: String(body.count))
        let head = HTTPResponseHead(
          version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: all)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        // The head of an answer to HEAD tells of a body that does not come (RFC 9110, section 9.3.2).
        if request.method != .HEAD {
          context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      case .cutOff(let type, let body, let count, let others):
        let headers = HTTPHeaders([("Content-Type", type), ("Content-Length", String(body.count))] + others)
        context.write(
          wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .ok, headers: headers))), promise: nil)
        context.writeAndFlush(
          wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body.prefix(count))))), promise: nil)
        context.close(promise: nil)
      }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}

/// The requests that came to a server, in order.
package final class RequestLog: Sendable {
  private let entries = Mutex<[LoopbackServer.Request]>([])

  package init() {}

  package var requests: [LoopbackServer.Request] { entries.withLock { $0 } }

  package func add(_ request: LoopbackServer.Request) { entries.withLock { $0.append(request) } }
}
