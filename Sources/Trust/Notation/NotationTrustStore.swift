/// Certificates that are trusted, in stores by kind and name, as the folder `truststore/x509` holds them.
package struct NotationTrustStore: Sendable, Hashable {
  private var stores: [NotationTrustPolicy.StoreName: [SigningCertificate]] = [:]

  package init() {}

  /// Adds the certificates of a file.
  ///
  /// - Throws: for anything else than certificates of authorities, or that signed themselves.
  package mutating func add(
    _ file: [UInt8], to store: NotationTrustPolicy.StoreName
  ) throws(TrustFailure) {
    let certificates = try SigningCertificate.read(file, of: .trustStore)
    for certificate in certificates {
      guard certificate.isAuthority || certificate.isSelfSigned && store.kind != .tsa else {
        throw .wrongUsage(name: certificate.name, usage: .certificateSigning)
      }
      guard certificate.isSelfSigned || store.kind != .tsa else { throw .noRoot(name: certificate.name) }
    }
    stores[store, default: []] += certificates
    guard stores[store]?.count ?? 0 <= TrustLimits.trustedItems else {
      throw .tooLarge(.trustStore, limit: TrustLimits.trustedItems, unit: "certificates")
    }
  }

  /// All that is in it, in order, so that a change can be told.
  package var contents: [UInt8] {
    stores.sorted { ($0.key.kind.rawValue, $0.key.name) < ($1.key.kind.rawValue, $1.key.name) }.flatMap { name, list in
      Array("\(name.kind.rawValue):\(name.name)\n".utf8) + list.flatMap(\.der)
    }
  }

  /// Nil where there is no such store, or nothing in it.
  package func certificates(_ store: NotationTrustPolicy.StoreName) -> [SigningCertificate]? { stores[store] }
}
