import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A server on the loopback address that speaks no protocol: it waits for the first bytes of a client and says what it was
/// told to.
package final class RawServer: Sendable {
  package struct Script: Sendable {
    /// What it says at once; nothing where it stays silent.
    package var says: [UInt8] = []
    /// What it goes on with for ever, a byte at a time.
    package var drips: UInt8?
    /// Whether it ends the connection then.
    package var closes = false

    package init(_ says: String = "", drips: UInt8? = nil, closes: Bool = false) {
      self.says = Array(says.utf8)
      self.drips = drips
      self.closes = closes
    }
  }

  package let port: Int
  private let channel: any Channel
  private let log: Log

  private final class Log: Sendable { let bytes = Mutex<[UInt8]>([]) }

  /// What clients have sent.
  package var received: String { log.bytes.withLock { String(decoding: $0, as: UTF8.self) } }

  package init(_ script: Script, tls: TLSConfiguration? = nil) async throws {
    let context = try tls.map { try NIOSSLContext(configuration: $0) }
    let log = Log()
    self.log = log
    channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let context { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
          try channel.pipeline.syncOperations.addHandler(Speaker(script, log))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    port = channel.localAddress?.port ?? 0
  }

  package func close() async { try? await channel.close() }

  private final class Speaker: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let script: Script
    private let log: Log
    private var hasBegun = false
    private var dripping: RepeatedTask?

    init(_ script: Script, _ log: Log) {
      self.script = script
      self.log = log
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      log.bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
      guard !hasBegun else { return }
      hasBegun = true
      if !script.says.isEmpty {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: script.says)), promise: nil)
      }
      if let byte = script.drips {
        let channel = context.channel
        dripping = context.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: .milliseconds(20)) { _ in
          channel.writeAndFlush(ByteBuffer(bytes: [byte]), promise: nil)
        }
      }
      if script.closes { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) { dripping?.cancel() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }
}
