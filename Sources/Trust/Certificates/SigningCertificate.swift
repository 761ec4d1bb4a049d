package import Bytes
import SwiftASN1
import X509

/// A certificate (RFC 5280) with those of its fields that verification asks for.
package struct SigningCertificate: Sendable, Hashable {
  struct Extension: Sendable, Hashable {
    let identifier: ASN1ObjectIdentifier
    let isCritical: Bool
    /// The content of the octet string.
    let value: ArraySlice<UInt8>
  }

  /// The certificate as it was given.
  package let der: [UInt8]
  let certificate: Certificate
  package let key: VerificationKey
  /// The names in DER, for comparison.
  let subjectDER: ArraySlice<UInt8>
  let issuerDER: ArraySlice<UInt8>
  /// The content of the serial number.
  let serial: ArraySlice<UInt8>
  package let notBefore: Timestamp
  package let notAfter: Timestamp
  let extensions: [Extension]
  /// The fields of TBSCertificate before the extensions, and the encoded extensions, for the precertificate.
  let fieldsBeforeExtensions: [ArraySlice<UInt8>]
  let encodedExtensions: [ArraySlice<UInt8>]

  package init(der: [UInt8]) throws(TrustFailure) {
    guard der.count <= TrustLimits.certificateBytes else {
      throw .tooLarge(.certificate, limit: TrustLimits.certificateBytes, unit: "bytes")
    }
    let root = try DERFields.parse(der[...], of: .certificate)
    do { certificate = try Certificate(derEncoded: root) } catch {
      throw Self.keyFailure(der) ?? .malformed(.certificate, "\(error)")
    }
    self.der = der
    var outer = try DERFields(root, of: .certificate)
    let tbs = try outer.next()
    var fields = try DERFields(tbs, of: .certificate)
    var before: [ArraySlice<UInt8>] = []
    if let version = fields.next(if: .context(0)) { before.append(version.encodedBytes) }
    let serialNode = try fields.next()
    serial = serialNode.primitive ?? []
    let signature = try fields.next()
    let issuer = try fields.next()
    let validity = try fields.next()
    let subject = try fields.next()
    let spki = try fields.next()
    for node in [serialNode, signature, issuer, validity, subject, spki] { before.append(node.encodedBytes) }
    subjectDER = subject.encodedBytes
    issuerDER = issuer.encodedBytes
    var interval = try DERFields(validity, of: .certificate)
    notBefore = try interval.time()
    notAfter = try interval.time()
    key = try VerificationKey(spki: Array(spki.encodedBytes))
    var extensions: [Extension] = []
    var encoded: [ArraySlice<UInt8>] = []
    for node in fields.rest() {
      guard node.identifier == .context(3) else {
        before.append(node.encodedBytes)
        continue
      }
      var explicit = try DERFields(node, .context(3), of: .certificate)
      var list = try explicit.fields()
      for item in list.rest() {
        encoded.append(item.encodedBytes)
        var parts = try DERFields(item, of: .certificate)
        let identifier = try parts.objectIdentifier()
        let critical = parts.next(if: .boolean)?.primitive?.first == 0xFF
        extensions.append(Extension(identifier: identifier, isCritical: critical, value: try parts.octets()))
      }
    }
    self.extensions = extensions
    fieldsBeforeExtensions = before
    encodedExtensions = encoded
  }

  /// The library refuses a certificate whose key it does not take, in words about the whole certificate.
  private static func keyFailure(_ der: [UInt8]) -> TrustFailure? {
    guard var outer = try? DERFields(der: der[...], of: .certificate), var fields = try? outer.fields() else {
      return nil
    }
    _ = fields.next(if: .context(0))
    for _ in 0..<5 where (try? fields.next()) == nil { return nil }
    guard let spki = try? fields.next() else { return nil }
    do { _ = try VerificationKey(spki: Array(spki.encodedBytes)) } catch { return error }
    return nil
  }

  /// The certificates of a PEM file, or the one of a DER file.
  package static func read(_ bytes: [UInt8], of input: TrustInput) throws(TrustFailure) -> [SigningCertificate] {
    if bytes.first == 0x30 { return [try SigningCertificate(der: bytes)] }
    var result: [SigningCertificate] = []
    for document in try PEM.documents(bytes, of: input) {
      guard document.label == "CERTIFICATE" || document.label == "X509 CERTIFICATE" else {
        throw .malformed(input, "it holds \(document.label), not a certificate")
      }
      result.append(try SigningCertificate(der: document.der))
    }
    return result
  }

  package static func == (a: SigningCertificate, b: SigningCertificate) -> Bool { a.der == b.der }

  package func hash(into hasher: inout Hasher) { hasher.combine(der) }

  func value(_ identifier: ASN1ObjectIdentifier) -> ArraySlice<UInt8>? {
    extensions.first { $0.identifier == identifier }?.value
  }

  /// The subject for people; its serial number where it has none, as Fulcio's have.
  package var name: String {
    let subject = certificate.subject.description
    return subject.isEmpty ? "with serial number \(Hex.text(serial))" : subject
  }

  package var issuerName: String { certificate.issuer.description }

  /// Whether subject and issuer are the same and its own key signed it.
  package var isSelfSigned: Bool {
    subjectDER == issuerDER && certificate.publicKey.isValidSignature(certificate.signature, for: certificate)
  }

  package var isAuthority: Bool {
    guard let constraints = try? certificate.extensions.basicConstraints else { return false }
    if case .isCertificateAuthority = constraints { return true }
    return false
  }

  /// Whether its key usage allows this; a certificate without the extension is not restricted (RFC 5280, section 4.2.1.3).
  func mayUse(_ usage: (KeyUsage) -> Bool) -> Bool {
    do { return try certificate.extensions.keyUsage.map(usage) ?? true } catch { return false }
  }

  package func isValid(at time: Timestamp) -> Bool { notBefore <= time && time <= notAfter }

  /// Whether its extended key usage allows this. A certificate without the extension is unrestricted by RFC 5280, but signers
  /// must have it.
  func allows(_ usage: CertificateUsage) -> Bool {
    switch usage {
    case .codeSigning, .timeStamping:
      guard let usages = try? certificate.extensions.extendedKeyUsage else { return false }
      return usages.contains(usage == .codeSigning ? .codeSigning : .timeStamping)
    case .certificateSigning:
      guard let usages = try? certificate.extensions.keyUsage else { return false }
      return usages.keyCertSign
    case .digitalSignature:
      guard let usages = try? certificate.extensions.keyUsage else { return false }
      return usages.digitalSignature
    }
  }
}
