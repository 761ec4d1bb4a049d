import SwiftASN1

/// The question that is put to a responder about one certificate (RFC 6960, section 4.1).
package enum OCSPRequest {
  static let nonceIdentifier: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 48, 1, 2]

  /// - Parameter nonce: 1 to 32 bytes that nobody could know before.
  package static func bytes(
    _ certificate: SigningCertificate, issuer: SigningCertificate, nonce: [UInt8]
  ) -> [UInt8] {
    func octets(_ bytes: some Collection<UInt8>) -> [UInt8] { DERWriter.value(0x04, bytes) }
    func sequence(_ parts: [UInt8]...) -> [UInt8] { DERWriter.value(0x30, Array(parts.joined())) }
    let hash = OCSPResponse.IdentifierHash.sha1
    // AlgorithmIdentifier { sha1, NULL }.
    let algorithm: [UInt8] = [0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00]
    let identifier = sequence(
      algorithm, octets(hash.hash(issuer.subjectDER)), octets(hash.hash(issuer.keyBits)),
      DERWriter.value(0x02, certificate.serial))
    let nonceOID: [UInt8] = [0x06, 0x09, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02]
    let extensions = DERWriter.value(0xA2, sequence(sequence(nonceOID, octets(octets(nonce)))))
    return sequence(sequence(sequence(sequence(identifier)), extensions))
  }
}
