import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Transport

/// Finds out what is wrong with a certificate that was refused. It shakes hands once more and looks, sends nothing, and
/// trusts nothing that it sees.
enum ServerCertificate {
  static func trouble(with endpoint: ClusterEndpoint) async -> String {
    guard let address = ServerAddress(endpoint.server), let leaf = await certificate(address) else {
      return "the certificate of \(endpoint.server) was refused"
    }
    let now = time(nil)
    if leaf.notValidAfter < now {
      return "the certificate of \(endpoint.server) expired on \(CalendarDay.text(leaf.notValidAfter))"
    }
    if leaf.notValidBefore > now {
      return
        "the certificate of \(endpoint.server) is valid only from \(CalendarDay.text(leaf.notValidBefore)); check the clock"
    }
    let name = endpoint.serverName ?? address.host
    let trusted =
      endpoint.certificateAuthority == nil
      ? "the system trusts" : "the kubeconfig's certificate authority has signed"
    return
      "the certificate of \(endpoint.server) is none that \(trusted), or does not bear the name \(name); check certificate-authority and tls-server-name"
  }

  /// The last day of the certificate that a server shows, `YYYY-MM-DD`; nil where none was seen.
  static func lastDay(at address: ServerAddress) async -> String? {
    await certificate(address).map { CalendarDay.text($0.notValidAfter) }
  }

  private static func certificate(_ address: ServerAddress) async -> NIOSSLCertificate? {
    let holder = Holder()
    do {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.certificateVerification = .noHostnameVerification
      let context = try NIOSSLContext(configuration: tls)
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.seconds(5))
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            let handler = try NIOSSLClientHandler(
              context: context, serverHostname: nil,
              customVerificationCallback: { certificates, promise in
                holder.found.withLock { $0 = certificates.first }
                promise.succeed(.failed)
              })
            try channel.pipeline.syncOperations.addHandler(handler)
          }
        }
        .connect(host: address.host, port: address.port ?? 443).get()
      try? await channel.closeFuture.get()
    } catch {
      return holder.found.withLock { $0 }
    }
    return holder.found.withLock { $0 }
  }

  private final class Holder: Sendable {
    let found = Mutex<NIOSSLCertificate?>(nil)
  }
}
