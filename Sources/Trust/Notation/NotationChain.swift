import Bytes
import SwiftASN1
import X509

/// The rules of Notation for chains in envelopes: complete, in order, and each certificate fit for its part. They are
/// judged before any trust store is asked.
///
/// Source: notaryproject/specifications, signature-specification.md, "Certificate Requirements".
enum NotationChain {
  static func validate(_ chain: [SigningCertificate], usage: CertificateUsage) throws(TrustFailure) {
    guard let leaf = chain.first, let root = chain.last else { throw .missing(.certificateChain) }
    try validateLeaf(leaf, usage, isAlone: chain.count == 1)
    for (index, certificate) in chain.enumerated() {
      if index + 1 < chain.count {
        let issuer = chain[index + 1]
        guard certificate.issuerDER == issuer.subjectDER,
          issuer.certificate.publicKey.isValidSignature(certificate.certificate.signature, for: certificate.certificate)
        else {
          throw .untrustedCertificate(name: certificate.name, reason: "the next one in the chain did not sign it")
        }
        guard !certificate.isSelfSigned else { throw .rootInChain(name: certificate.name) }
      }
      if index > 0 { try validateAuthority(certificate, below: index - 1) }
    }
    guard root.isSelfSigned else {
      throw .untrustedCertificate(name: root.name, reason: "the chain ends without a root")
    }
  }

  private static func validateLeaf(
    _ leaf: SigningCertificate, _ usage: CertificateUsage, isAlone: Bool
  ) throws(TrustFailure) {
    let wrong = TrustFailure.wrongUsage(name: leaf.name, usage: usage)
    guard !leaf.isAuthority else { throw wrong }
    guard let usages = try? leaf.certificate.extensions.keyUsage, usages.digitalSignature, !usages.keyEncipherment,
      !usages.dataEncipherment, !usages.keyAgreement, !usages.keyCertSign, !usages.cRLSign
    else { throw .wrongUsage(name: leaf.name, usage: .digitalSignature) }
    if let extended = try? leaf.certificate.extensions.extendedKeyUsage {
      let forbidden: [ExtendedKeyUsage.Usage] = [.any, .serverAuth, .clientAuth, .emailProtection, .timeStamping]
      guard usage == .timeStamping || !forbidden.contains(where: { extended.contains($0) }) else { throw wrong }
    } else if leaf.value([2, 5, 29, 37]) != nil {
      throw wrong
    }
    // RSA below 2048 bits and other curves were refused when the key was read.
  }

  private static func validateAuthority(
    _ certificate: SigningCertificate, below: Int
  ) throws(TrustFailure) {
    let wrong = TrustFailure.wrongUsage(name: certificate.name, usage: .certificateSigning)
    guard let constraints = try? certificate.certificate.extensions.basicConstraints,
      case .isCertificateAuthority(let length) = constraints, length.map({ $0 >= below }) ?? true,
      certificate.allows(.certificateSigning)
    else { throw wrong }
  }
}
