import FakeCluster
import NIOCore
import NIOPosix
import NIOSSL

/// A client of a socket that sends bytes as they are.
struct StreamClient {
  private let channel: any Channel
  /// Everything that came back.
  let received: Observed<UInt8>

  private final class Reader: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    let received: Observed<UInt8>

    init(_ received: Observed<UInt8>) { self.received = received }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received.add(unwrapInboundIn(data).readableBytesView)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  /// - Parameters:
  ///   - authority: PEM of whom the server's certificate is trusted by; nil for plain TCP.
  ///   - identity: PEM of the client's own certificate and key.
  init(port: Int, trusting authority: String? = nil, identity: VirtualAuthority.Pair? = nil) async throws {
    let received = Observed<UInt8>()
    self.received = received
    var settings = TLSConfiguration.makeClientConfiguration()
    if let authority {
      settings.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
    }
    if let identity {
      settings.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8)).map {
        .certificate($0)
      }
      settings.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem))
    }
    let context = authority == nil ? nil : try NIOSSLContext(configuration: settings)
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context { try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil)) }
          try pipeline.addHandler(Reader(received))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }

  func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Says that no more comes, and still reads.
  func finish() async throws { try await channel.close(mode: .output) }

  func close() async { try? await channel.close() }

  /// Waits until the server has ended the connection.
  func ended() async { try? await channel.closeFuture.get() }

  /// Sends one datagram, and waits for the answer where one is wanted.
  static func datagram(_ bytes: [UInt8], port: Int, expecting count: Int = 0) async throws -> [UInt8] {
    let received = Observed<UInt8>()
    let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { $0.pipeline.addHandler(Datagrams(received)) }
      .bind(host: "127.0.0.1", port: 0).get()
    let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
    try await channel.writeAndFlush(AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: bytes)))
    let answer = await received.wait { $0.count >= count }
    try await channel.close()
    return answer
  }

  private final class Datagrams: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>
    let received: Observed<UInt8>

    init(_ received: Observed<UInt8>) { self.received = received }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      received.add(unwrapInboundIn(data).data.readableBytesView)
    }
  }
}
