import NIOCore
import NIOPosix
import Synchronization

/// A client that sends bytes as they are, and reads until the server ends the connection.
struct RawClient {
  private let channel: any Channel
  private let log: Log

  private final class Log: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let bytes = Mutex<[UInt8]>([])

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let buffer = unwrapInboundIn(data)
      bytes.withLock { $0.append(contentsOf: buffer.readableBytesView) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  init(port: Int) async throws {
    let log = Log()
    self.log = log
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { $0.pipeline.addHandler(log) }
      .connect(host: "127.0.0.1", port: port).get()
  }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

  /// Everything that came once the server has ended the connection.
  func rest() async throws -> String {
    try? await channel.closeFuture.get()
    return log.bytes.withLock { String(decoding: $0, as: UTF8.self) }
  }

  func close() async { try? await channel.close() }

  /// Sends a request whole, and reads the answer to its end.
  static func exchange(port: Int, _ bytes: [UInt8]) async throws -> String {
    let client = try await RawClient(port: port)
    try? await client.send(bytes)
    return try await client.rest()
  }
}
