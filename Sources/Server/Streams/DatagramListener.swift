import Glibc
import NIOCore
import NIOPosix

/// What stands behind a `DatagramListener`.
package protocol DatagramService: Sendable {
  /// Called on the thread of the socket, one datagram at a time: it must not wait.
  ///
  /// - Returns: what is sent back; nil for nothing.
  func receive(_ bytes: [UInt8], from address: String) -> [UInt8]?
}

/// Waits for datagrams over UDP.
package final class DatagramListener: Sendable {
  /// Where it waits, with the port that the system chose.
  package let address: ListenAddress
  private let channel: any Channel

  /// Bytes that the system keeps until they are read; it grants less where `net.core.rmem_max` is lower.
  private static let systemBytes = 8 << 20

  package init(_ address: ListenAddress, service: any DatagramService) async throws(ListenFailure) {
    let bootstrap = DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.socketOption(.so_rcvbuf), value: Self.systemBytes)
      // No datagram is longer.
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 65_536))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Receiver(service))
        }
      }
    do {
      channel = try await bootstrap.bind(host: address.host, port: address.port).get()
    } catch let error as IOError {
      throw ListenFailure(message: "\(address.text) (UDP): \(String(cString: strerror(error.errnoCode)))")
    } catch {
      throw ListenFailure(message: "\(address.text) (UDP): cannot be listened on")
    }
    self.address = ListenAddress(host: address.host, port: channel.localAddress?.port ?? address.port)
  }

  package func stop() async { try? await channel.close() }

  private final class Receiver: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    typealias OutboundOut = AddressedEnvelope<ByteBuffer>

    private let service: any DatagramService

    init(_ service: any DatagramService) { self.service = service }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let envelope = unwrapInboundIn(data)
      let reply = service.receive(
        Array(envelope.data.readableBytesView), from: StreamAddress.text(envelope.remoteAddress))
      guard let reply else { return }
      context.writeAndFlush(
        wrapOutboundOut(AddressedEnvelope(remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: reply))),
        promise: nil)
    }

    // An error of one datagram, such as a port that nobody listens on, ends nothing.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {}
  }
}
