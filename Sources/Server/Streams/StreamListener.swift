import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// Waits for connections over TCP, with TLS or without, and has each served from its beginning to its end.
package final class StreamListener: Sendable {
  /// Where it waits, with the port that the system chose.
  package let address: ListenAddress
  private let server: any Channel
  private let children: OpenChannels
  private let sessions: StreamSessions
  private let limits: StreamLimits
  private let load: ServerLoad

  /// Seconds without a sign of life after which the system asks the other side, and between such questions; and how many may
  /// stay unanswered. What is left of a machine that is gone ends within two minutes.
  private static let keepAlive = (idle: 60, interval: 10, count: 6)
  /// Bytes that one read of a socket takes at most.
  private static let readBytes = 64 << 10

  /// - Parameter tls: nil for plain TCP.
  package init(
    _ address: ListenAddress, tls: TLSIdentity?, limits: StreamLimits = StreamLimits(), service: any StreamService
  ) async throws(ListenFailure) {
    let load = ServerLoad(limits.load)
    let children = OpenChannels()
    let sessions = StreamSessions()
    self.load = load
    self.limits = limits
    self.children = children
    self.sessions = sessions
    func option(_ name: CInt) -> ChannelOptions.Types.SocketOption { .init(level: .tcp, name: .init(rawValue: name)) }
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 256)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 8_192, maximum: Self.readBytes)
      )
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.socketOption(.so_keepalive), value: 1)
      .childChannelOption(option(TCP_KEEPIDLE), value: Self.keepAlive.idle)
      .childChannelOption(option(TCP_KEEPINTVL), value: Self.keepAlive.interval)
      .childChannelOption(option(TCP_KEEPCNT), value: Self.keepAlive.count)
      .childChannelInitializer { channel in
        children.add(channel)
        return channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
          try pipeline.addHandler(StreamHandler(service, limits, load, sessions, isTLS: tls != nil))
        }
      }
    do {
      server = try await bootstrap.bind(host: address.host, port: address.port).get()
    } catch let error as IOError {
      throw ListenFailure(message: "\(address.text): \(String(cString: strerror(error.errnoCode)))")
    } catch {
      throw ListenFailure(message: "\(address.text): cannot be listened on")
    }
    self.address = ListenAddress(host: address.host, port: server.localAddress?.port ?? address.port)
  }

  package var connections: Int { load.connections }
  /// Bytes that connections keep at this moment.
  package var heldBytes: Int { load.bytes }

  /// Takes no more connections, lets those that are there end what they have begun within `StreamLimits.stop`, and ends the
  /// rest.
  package func stop() async {
    try? await server.close()
    for child in children.all { child.pipeline.fireUserInboundEventTriggered(StreamStop()) }
    let running = sessions.all
    await withTaskGroup(of: Void.self) { group in
      group.addTask { for session in running { await session.value } }
      group.addTask { [limits] in try? await Task.sleep(for: limits.stop) }
      await group.next()
      group.cancelAll()
      for session in running { session.cancel() }
      for child in children.all { child.close(promise: nil) }
      await group.waitForAll()
    }
  }
}
