import NIOCore
import NIOSSL
import SwiftASN1
import X509

extension PeerCertificate {
  /// The certificate of the client of a connection. TLS has verified it: a client that shows one that does not hold gets no
  /// connection.
  static func of(_ channel: any Channel) -> PeerCertificate? {
    guard let shown = try? channel.pipeline.syncOperations.nioSSL_peerCertificate(), let bytes = try? shown.toDERBytes()
    else { return nil }
    // One that is shown and cannot be read is not the same as none; nobody is called the empty name.
    guard let certificate = try? Certificate(derEncoded: bytes) else {
      return PeerCertificate(commonName: "", organizations: [])
    }
    var commonName = ""
    var organizations: [String] = []
    for attribute in certificate.subject.flatMap(Array.init) {
      if attribute.type == .RDNAttributeType.commonName {
        commonName = String(attribute.value) ?? ""
      } else if attribute.type == .RDNAttributeType.organizationName, let name = String(attribute.value) {
        organizations.append(name)
      }
    }
    return PeerCertificate(commonName: commonName, organizations: organizations)
  }
}
