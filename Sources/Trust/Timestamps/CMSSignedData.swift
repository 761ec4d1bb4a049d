import Bytes
import Crypto
import SwiftASN1
import X509

/// Signed data with one signer (RFC 5652), as timestamp tokens are.
struct CMSSignedData {
  enum SignerIdentifier: Hashable {
    /// The issuer's name in DER, and the content of the serial number.
    case issuerAndSerial(ArraySlice<UInt8>, ArraySlice<UInt8>)
    case subjectKeyIdentifier(ArraySlice<UInt8>)
  }

  let contentType: ASN1ObjectIdentifier
  let content: ArraySlice<UInt8>
  let certificates: [SigningCertificate]
  let signer: SignerIdentifier
  let digestAlgorithm: HashAlgorithm
  let scheme: SignatureScheme
  let signature: [UInt8]
  /// The attributes as a `SET OF`, which is what is signed.
  let signedAttributes: [UInt8]
  let messageDigest: ArraySlice<UInt8>
  /// The hash of the signer's certificate (RFC 2634, RFC 5035), where the signer gives one.
  let certificateHash: CertificateHash?

  enum CertificateHash: Hashable {
    case sha1(ArraySlice<UInt8>)
    case sha2(HashAlgorithm, ArraySlice<UInt8>)
  }

  /// - Parameter der: a `ContentInfo`.
  init(der: ArraySlice<UInt8>) throws(TrustFailure) {
    var info = try DERFields(der: der, of: .timestamp)
    guard try info.objectIdentifier() == [1, 2, 840, 113549, 1, 7, 2] else {
      throw .malformed(.timestamp, "it is not signed data")
    }
    var explicit = try info.fields(.context(0))
    try info.end()
    var data = try explicit.fields()
    try explicit.end()
    guard [1, 3, 4, 5].contains(try data.integer()) else { throw .unsupported(.timestamp, "version of CMS") }
    _ = try data.fields(.set)
    var encapsulated = try data.fields()
    contentType = try encapsulated.objectIdentifier()
    var content = try encapsulated.fields(.context(0))
    self.content = try content.octets()
    try content.end()
    try encapsulated.end()
    var certificates: [SigningCertificate] = []
    if let node = data.next(if: .context(0)) {
      var list = try DERFields(node, .context(0), of: .timestamp)
      for item in list.rest() where item.identifier == .sequence {
        guard certificates.count < TrustLimits.chain else {
          throw .tooLarge(.timestamp, limit: TrustLimits.chain, unit: "certificates")
        }
        // Authorities embed certificates of kinds that are not known here beside the ones that matter.
        if let certificate = try? SigningCertificate(der: Array(item.encodedBytes)) { certificates.append(certificate) }
      }
    }
    self.certificates = certificates
    _ = data.next(if: .context(1))
    var signers = try data.fields(.set)
    try data.end()
    var signer = try signers.fields()
    guard signers.isAtEnd else { throw .malformed(.timestamp, "it has more than one signer") }
    _ = try signer.integer()
    if let key = signer.next(if: .context(0)) {
      guard let bytes = key.primitive else { throw .malformed(.timestamp, "its signer is not valid") }
      self.signer = .subjectKeyIdentifier(bytes)
    } else {
      var identifier = try signer.fields()
      let issuer = try identifier.next().encodedBytes
      self.signer = .issuerAndSerial(issuer, try identifier.bigInteger())
      try identifier.end()
    }
    var digest = try signer.fields()
    digestAlgorithm = try HashAlgorithm(try digest.objectIdentifier(), of: .timestamp)
    guard let attributes = signer.next(if: .context(0)) else {
      throw .malformed(.timestamp, "it has no signed attributes")
    }
    // Signed is the same value with the tag of a set.
    signedAttributes = [0x31] + attributes.encodedBytes.dropFirst()
    var algorithm = try signer.fields()
    scheme = try SignatureScheme(
      try algorithm.objectIdentifier(), parameters: &algorithm, hash: digestAlgorithm, of: .timestamp)
    signature = Array(try signer.octets())
    var list = try DERFields(attributes, .context(0), of: .timestamp)
    var messageDigest: ArraySlice<UInt8>?
    var statedType: ASN1ObjectIdentifier?
    var certificateHash: CertificateHash?
    for node in list.rest() {
      var attribute = try DERFields(node, of: .timestamp)
      let identifier = try attribute.objectIdentifier()
      var values = try attribute.fields(.set)
      switch identifier {
      case [1, 2, 840, 113549, 1, 9, 3]:
        guard statedType == nil else { throw .malformed(.timestamp, "an attribute occurs twice") }
        statedType = try values.objectIdentifier()
        try values.end()
      case [1, 2, 840, 113549, 1, 9, 4]:
        guard messageDigest == nil else { throw .malformed(.timestamp, "an attribute occurs twice") }
        messageDigest = try values.octets()
        try values.end()
      case [1, 2, 840, 113549, 1, 9, 16, 2, 12]:
        var value = try values.fields()
        var list = try value.fields()
        var first = try list.fields()
        if certificateHash == nil { certificateHash = .sha1(try first.octets()) }
      case [1, 2, 840, 113549, 1, 9, 16, 2, 47]:
        var value = try values.fields()
        var list = try value.fields()
        var first = try list.fields()
        var hash = HashAlgorithm.sha256
        if let algorithm = first.next(if: .sequence) {
          var fields = try DERFields(algorithm, of: .timestamp)
          hash = try HashAlgorithm(try fields.objectIdentifier(), of: .timestamp)
        }
        certificateHash = .sha2(hash, try first.octets())
      default: break
      }
    }
    guard let messageDigest, let statedType, statedType == contentType else {
      throw .malformed(.timestamp, "its attributes do not describe its content")
    }
    self.messageDigest = messageDigest
    self.certificateHash = certificateHash
  }

  /// Whether a certificate is the one that the signer names.
  func isSigner(_ certificate: SigningCertificate) -> Bool {
    switch signer {
    case .issuerAndSerial(let issuer, let serial):
      guard certificate.issuerDER == issuer, certificate.serial == serial else { return false }
    case .subjectKeyIdentifier(let identifier):
      let stated = try? certificate.certificate.extensions.subjectKeyIdentifier
      guard let stated, stated.keyIdentifier == identifier else { return false }
    }
    switch certificateHash {
    case nil: return true
    case .sha1(let hash): return Array(Insecure.SHA1.hash(data: certificate.der)).elementsEqual(hash)
    case .sha2(let algorithm, let hash): return algorithm.hash(certificate.der).elementsEqual(hash)
    }
  }

  /// Whether the content is what the signer's key signed.
  func isValid(key: VerificationKey) -> Bool {
    digestAlgorithm.hash(content).elementsEqual(messageDigest) && key.isValid(signature, for: signedAttributes, scheme)
  }
}
