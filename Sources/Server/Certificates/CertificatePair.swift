/// A certificate with its intermediates, and its key, in PEM.
package struct CertificatePair: Sendable, Hashable {
  package let certificate: [UInt8]
  package let key: [UInt8]

  package init(certificate: [UInt8], key: [UInt8]) {
    self.certificate = certificate
    self.key = key
  }
}
