import Bytes
import SwiftASN1
@_spi(DisableValidityCheck) import X509

/// Finds a path from a certificate to a trusted root and judges it at a time (RFC 5280, section 6, through
/// swift-certificates), with the key usages that signing and time stamping ask for.
struct CertificatePath {
  let roots: [SigningCertificate]
  let intermediates: [SigningCertificate]
  let usage: CertificateUsage

  /// - Returns: the path, the leaf first and the root last.
  func validate(
    _ leaf: SigningCertificate, at time: Timestamp
  ) async throws(TrustFailure) -> [SigningCertificate] {
    guard intermediates.count + 1 <= TrustLimits.chain else {
      throw .tooLarge(.certificateChain, limit: TrustLimits.chain, unit: "certificates")
    }
    guard leaf.allows(usage) else { throw .wrongUsage(name: leaf.name, usage: usage) }
    guard leaf.isValid(at: time) else {
      throw .timeOutside(.certificate, name: leaf.name, time: time, from: leaf.notBefore, to: leaf.notAfter)
    }
    // A path is judged as a whole, so the certificates that cannot be part of one at this time are left out before.
    let known = roots + intermediates + [leaf]
    var verifier = Verifier(
      rootCertificates: CertificateStore(roots.filter { $0.isValid(at: time) }.map(\.certificate))
    ) {
      RFC5280Policy.withValidityCheckDisabled()
      SigningUsagePolicy(usage: usage)
    }
    let result = await verifier.validate(
      leaf: leaf.certificate,
      intermediates: CertificateStore(intermediates.filter { $0.isValid(at: time) }.map(\.certificate)))
    switch result {
    case .validCertificate(let chain):
      var path: [SigningCertificate] = []
      for certificate in chain {
        guard let member = known.first(where: { $0.certificate == certificate }) else {
          throw .untrustedCertificate(name: leaf.name, reason: "")
        }
        path.append(member)
      }
      return path
    case .couldNotValidate(let failures):
      if failures.isEmpty, let old = (roots + intermediates).first(where: { !$0.isValid(at: time) }) {
        throw .timeOutside(.certificate, name: old.name, time: time, from: old.notBefore, to: old.notAfter)
      }
      throw .untrustedCertificate(
        name: leaf.name, reason: failures.first.map { String(describing: $0.policyFailureReason) } ?? "")
    }
  }
}

/// Usages along a path: the leaf is for this purpose only, and the others may sign certificates.
private struct SigningUsagePolicy: VerifierPolicy {
  let usage: CertificateUsage

  // The names of a leaf are compared by the caller; here they only have to be understood.
  let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [
    .X509ExtensionID.extendedKeyUsage, .X509ExtensionID.subjectAlternativeName,
  ]

  func chainMeetsPolicyRequirements(chain: UnverifiedCertificateChain) -> PolicyEvaluationResult {
    for (index, certificate) in chain.enumerated() {
      let usages = try? certificate.extensions.keyUsage
      let extended = try? certificate.extensions.extendedKeyUsage
      let wanted: ExtendedKeyUsage.Usage = usage == .codeSigning ? .codeSigning : .timeStamping
      if index == 0 {
        if let usages, !usages.digitalSignature { return .failsToMeetPolicy(reason: "it may not sign data") }
        guard let extended, extended.contains(wanted) else {
          return .failsToMeetPolicy(reason: "its extended key usage does not allow it")
        }
        continue
      }
      if let usages, !usages.keyCertSign {
        return .failsToMeetPolicy(reason: "an issuer may not sign certificates")
      }
      // Authorities that restrict what they issue for. Roots usually do not.
      if let extended, !extended.contains(wanted), !extended.contains(.any) {
        return .failsToMeetPolicy(reason: "the extended key usage of an issuer does not allow it")
      }
    }
    return .meetsPolicy
  }
}
