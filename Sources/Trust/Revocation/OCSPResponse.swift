package import Bytes
import Crypto
import SwiftASN1
import X509

/// What a responder says of the status of certificates (OCSP, RFC 6960).
///
/// Nothing of it is believed before the responder is known: the authority of the certificate, or whom that has appointed.
package struct OCSPResponse: Sendable {
  /// What is said of one certificate.
  enum Status: Sendable, Hashable {
    case good
    case revoked(RevocationList.Entry)
    /// The responder does not know the certificate.
    case unknown
  }

  struct Answer: Sendable {
    let hash: IdentifierHash
    let issuerNameHash: ArraySlice<UInt8>
    let issuerKeyHash: ArraySlice<UInt8>
    let serial: ArraySlice<UInt8>
    let status: Status
    let thisUpdate: Timestamp
    let nextUpdate: Timestamp?

    func isAbout(_ certificate: SigningCertificate, _ issuer: SigningCertificate) -> Bool {
      serial == certificate.serial && hash.hash(issuer.subjectDER).elementsEqual(issuerNameHash)
        && hash.hash(issuer.keyBits).elementsEqual(issuerKeyHash)
    }
  }

  /// Hashes by which certificates are named. SHA-1 is what responders know; nothing rests on its strength.
  enum IdentifierHash: Sendable, Hashable {
    case sha1
    case sha2(HashAlgorithm)

    init(_ identifier: ASN1ObjectIdentifier) throws(TrustFailure) {
      self =
        identifier == [1, 3, 14, 3, 2, 26] ? .sha1 : .sha2(try HashAlgorithm(identifier, of: .statusResponse))
    }

    func hash(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
      switch self {
      case .sha1: Array(Insecure.SHA1.hash(data: Array(bytes)))
      case .sha2(let algorithm): algorithm.hash(bytes)
      }
    }
  }

  private enum Responder: Sendable, Hashable {
    case name(ArraySlice<UInt8>)
    /// SHA-1 of its key.
    case key(ArraySlice<UInt8>)
  }

  let answers: [Answer]
  /// The number by which a request is answered and no other; nil where the responder repeats none.
  package let nonce: [UInt8]?
  let produced: Timestamp
  private let responder: Responder
  private let certificates: [SigningCertificate]
  private let scheme: SignatureScheme
  private let signature: [UInt8]
  private let signed: [UInt8]

  /// - Parameter der: an `OCSPResponse`, as responders send and files hold it.
  package init(_ der: [UInt8]) throws(TrustFailure) {
    guard der.count <= TrustLimits.statusResponseBytes else {
      throw .tooLarge(.statusResponse, limit: TrustLimits.statusResponseBytes, unit: "bytes")
    }
    var outer = try DERFields(der: der[...], of: .statusResponse)
    let status = try outer.next()
    guard status.identifier == .enumerated, let code = status.primitive, code.count == 1, let value = code.first else {
      throw .malformed(.statusResponse, "its status is not valid")
    }
    guard value == 0 else { throw .malformed(.statusResponse, "the responder refuses: \(Self.refusal(value))") }
    var explicit = try outer.fields(.context(0))
    try outer.end()
    var typed = try explicit.fields()
    try explicit.end()
    guard try typed.objectIdentifier() == [1, 3, 6, 1, 5, 5, 7, 48, 1, 1] else {
      throw .unsupported(.statusResponse, "it is no basic response")
    }
    var basic = try DERFields(der: try typed.octets(), of: .statusResponse)
    try typed.end()
    let data = try basic.next()
    signed = Array(data.encodedBytes)
    var algorithm = try basic.fields()
    scheme = try SignatureScheme(
      try algorithm.objectIdentifier(), parameters: &algorithm, hash: nil, of: .statusResponse)
    signature = Array(try basic.bits())
    var certificates: [SigningCertificate] = []
    if let node = basic.next(if: .context(0)) {
      var explicit = try DERFields(node, .context(0), of: .statusResponse)
      var list = try explicit.fields()
      while !list.isAtEnd {
        guard certificates.count < TrustLimits.chain else {
          throw .tooLarge(.statusResponse, limit: TrustLimits.chain, unit: "certificates")
        }
        certificates.append(try SigningCertificate(der: Array(try list.next().encodedBytes)))
      }
    }
    try basic.end()
    self.certificates = certificates
    var fields = try DERFields(data, of: .statusResponse)
    // Version 1 is the default, which DER does not write; some do all the same.
    if let node = fields.next(if: .context(0)) {
      var version = try DERFields(node, .context(0), of: .statusResponse)
      guard try version.integer() == 0 else { throw .unsupported(.statusResponse, "version") }
    }
    if let node = fields.next(if: .context(1)) {
      var name = try DERFields(node, .context(1), of: .statusResponse)
      responder = .name(try name.next().encodedBytes)
    } else {
      var key = try fields.fields(.context(2))
      responder = .key(try key.octets())
    }
    produced = try fields.time()
    var list = try fields.fields()
    var answers: [Answer] = []
    while !list.isAtEnd {
      guard answers.count < TrustLimits.statusAnswers else {
        throw .tooLarge(.statusResponse, limit: TrustLimits.statusAnswers, unit: "answers")
      }
      var item = try list.fields()
      answers.append(try Self.answer(&item))
    }
    self.answers = answers
    var nonce: [UInt8]?
    if let node = fields.next(if: .context(1)) {
      for item in try Self.extensions(node, .context(1)) {
        switch item.identifier {
        case OCSPRequest.nonceIdentifier:
          let value = try DERFields.parse(item.value, of: .statusResponse)
          guard nonce == nil, value.identifier == .octetString, let bytes = value.primitive else {
            throw .malformed(.statusResponse, "its nonce is not valid")
          }
          nonce = Array(bytes)
        default:
          guard !item.isCritical else {
            throw .unsupported(.statusResponse, "critical extension \(item.identifier)")
          }
        }
      }
    }
    try fields.end()
    self.nonce = nonce
  }

  /// Source: RFC 6960, section 4.2.1.
  private static func refusal(_ code: UInt8) -> String {
    switch code {
    case 1: "malformed request"
    case 2: "internal error"
    case 3: "try later"
    case 5: "the request must be signed"
    case 6: "unauthorized"
    default: "status \(code)"
    }
  }

  private static func answer(_ item: inout DERFields) throws(TrustFailure) -> Answer {
    var identifier = try item.fields()
    var algorithm = try identifier.fields()
    let hash = try IdentifierHash(try algorithm.objectIdentifier())
    let name = try identifier.octets()
    let key = try identifier.octets()
    let serial = try identifier.bigInteger()
    try identifier.end()
    let node = try item.next()
    let thisUpdate = try item.time()
    var nextUpdate: Timestamp?
    if let node = item.next(if: .context(0)) {
      var explicit = try DERFields(node, .context(0), of: .statusResponse)
      nextUpdate = try explicit.time()
    }
    var invalidity: Timestamp?
    if let node = item.next(if: .context(1)) {
      for entry in try extensions(node, .context(1)) {
        switch entry.identifier {
        case .invalidityDate:
          invalidity = try DERFields.time(
            try DERFields.parse(entry.value, of: .statusResponse), of: .statusResponse)
        default:
          guard !entry.isCritical else {
            throw .unsupported(.statusResponse, "critical extension \(entry.identifier)")
          }
        }
      }
    }
    try item.end()
    let status: Status
    switch node.identifier {
    case .context(0): status = .good
    case .context(1):
      var fields = try DERFields(node, .context(1), of: .statusResponse)
      let date = try fields.time()
      var reason = RevocationList.Reason.unspecified
      if let node = fields.next(if: .context(0)) {
        var explicit = try DERFields(node, .context(0), of: .statusResponse)
        let value = try explicit.next()
        guard value.identifier == .enumerated, value.primitive?.count == 1, let byte = value.primitive?.first,
          let known = RevocationList.Reason(rawValue: Int(byte))
        else { throw .malformed(.statusResponse, "a reason is not valid") }
        reason = known
      }
      status = .revoked(.init(date: date, reason: reason, invalidityDate: invalidity))
    case .context(2): status = .unknown
    default: throw .malformed(.statusResponse, "an answer has no status")
    }
    return Answer(
      hash: hash, issuerNameHash: name, issuerKeyHash: key, serial: serial, status: status, thisUpdate: thisUpdate,
      nextUpdate: nextUpdate)
  }

  private static func extensions(
    _ node: ASN1Node, _ tag: ASN1Identifier
  ) throws(TrustFailure) -> [SigningCertificate.Extension] {
    var explicit = try DERFields(node, tag, of: .statusResponse)
    var list = try explicit.fields()
    var result: [SigningCertificate.Extension] = []
    while !list.isAtEnd {
      var item = try list.fields()
      let identifier = try item.objectIdentifier()
      let isCritical = item.next(if: .boolean)?.primitive?.first == 0xFF
      result.append(.init(identifier: identifier, isCritical: isCritical, value: try item.octets()))
    }
    return result
  }

  /// Whether the response comes from an authority, or from a responder that this has appointed by a certificate of its own (RFC
  /// 6960, section 4.2.2.2): issued by it directly, for this use, and valid now.
  ///
  /// - Parameter isRevoked: whether a list says so of the responder's certificate. A responder cannot speak for itself.
  func isSigned(
    for issuer: SigningCertificate, now: Timestamp, isRevoked: (SigningCertificate) -> Bool
  ) -> Bool {
    if isResponder(issuer) { return issuer.key.isValid(signature, for: signed, scheme) }
    for certificate in certificates where isResponder(certificate) {
      guard certificate.issuerDER == issuer.subjectDER,
        issuer.certificate.publicKey.isValidSignature(certificate.certificate.signature, for: certificate.certificate),
        let usages = try? certificate.certificate.extensions.extendedKeyUsage, usages.contains(.ocspSigning),
        certificate.mayUse(\.digitalSignature), certificate.isValid(at: now), certificate.isValid(at: produced),
        !isRevoked(certificate)
      else { continue }
      if certificate.key.isValid(signature, for: signed, scheme) { return true }
    }
    return false
  }

  private func isResponder(_ certificate: SigningCertificate) -> Bool {
    switch responder {
    case .name(let name): certificate.subjectDER == name
    case .key(let hash): IdentifierHash.sha1.hash(certificate.keyBits).elementsEqual(hash)
    }
  }
}

extension SigningCertificate {
  /// The key without its algorithm, as identifiers of keys hash it.
  var keyBits: ArraySlice<UInt8> {
    guard var fields = try? DERFields(der: key.spki[...], of: .publicKey), (try? fields.next()) != nil,
      let bits = try? fields.bits()
    else { return [] }
    return bits
  }
}

extension OCSPResponse {
  /// When the first of its answers ends; nil where one says no end.
  package var nextUpdate: Timestamp? {
    var end: Timestamp?
    for answer in answers {
      guard let next = answer.nextUpdate else { return nil }
      end = end.map { min($0, next) } ?? next
    }
    return end
  }
}
