package import Bytes
import SwiftASN1

/// A timestamp (RFC 3161): an authority confirms that a hash existed at a time.
package struct TimestampToken: Sendable {
  let data: CMSSignedData
  let imprintAlgorithm: HashAlgorithm
  let imprint: ArraySlice<UInt8>
  /// When it was made, as the authority says.
  package let time: Timestamp
  /// How far the authority's clock may be off, in nanoseconds; zero where it does not say.
  let accuracy: Int64

  /// - Parameter der: a token (`ContentInfo`), or the response of an authority that holds one.
  package init(der: [UInt8]) throws(TrustFailure) {
    guard der.count <= TrustLimits.timestampBytes else {
      throw .tooLarge(.timestamp, limit: TrustLimits.timestampBytes, unit: "bytes")
    }
    var outer = try DERFields(der: der[...], of: .timestamp)
    if let status = outer.next(if: .sequence) {
      var fields = try DERFields(status, of: .timestamp)
      let code = try fields.integer()
      guard code == 0 || code == 1 else { throw .malformed(.timestamp, "the authority refused to make it (\(code))") }
      let token = try outer.next()
      try outer.end()
      self = try TimestampToken(token: token.encodedBytes)
    } else {
      self = try TimestampToken(token: der[...])
    }
  }

  private init(token: ArraySlice<UInt8>) throws(TrustFailure) {
    data = try CMSSignedData(der: token)
    guard data.contentType == [1, 2, 840, 113549, 1, 9, 16, 1, 4] else {
      throw .malformed(.timestamp, "its content is not a timestamp")
    }
    var fields = try DERFields(der: data.content, of: .timestamp)
    guard try fields.integer() == 1 else { throw .unsupported(.timestamp, "version of the timestamp") }
    _ = try fields.objectIdentifier()
    var imprint = try fields.fields()
    var algorithm = try imprint.fields()
    imprintAlgorithm = try HashAlgorithm(try algorithm.objectIdentifier(), of: .timestamp)
    self.imprint = try imprint.octets()
    try imprint.end()
    guard self.imprint.count == imprintAlgorithm.length else {
      throw .malformed(.timestamp, "its hash has a wrong length")
    }
    _ = try fields.bigInteger()
    let time = try fields.next()
    guard time.identifier == .generalizedTime else { throw .malformed(.timestamp, "its time is not valid") }
    self.time = try DERFields.time(time, of: .timestamp)
    var accuracy: Int64 = 0
    if let node = fields.next(if: .sequence) {
      var parts = try DERFields(node, of: .timestamp)
      if !parts.isAtEnd, let seconds = parts.next(if: .integer), let value = try? Int(derEncoded: seconds),
        (0...3600).contains(value)
      {
        accuracy = Int64(value) * 1_000_000_000
      }
    }
    self.accuracy = accuracy
  }

  /// Whether it was made for these bytes.
  package func covers(_ bytes: [UInt8]) -> Bool { imprintAlgorithm.hash(bytes).elementsEqual(imprint) }

  /// Verifies the token under one authority.
  ///
  /// - Parameters:
  ///   - chain: the authority's certificates, the root last. A signer's certificate among them must be the signer's.
  ///   - usesEmbedded: whether intermediates may come from the token.
  /// - Returns: the path from the signer to the root.
  func verify(
    _ bytes: [UInt8], roots: [SigningCertificate], known: [SigningCertificate]
  ) async throws(TrustFailure) -> [SigningCertificate] {
    guard covers(bytes) else { throw .imprintMismatch }
    guard let signer = (known + data.certificates).first(where: data.isSigner) else { throw .unknownAuthority }
    guard data.isValid(key: signer.key) else { throw .signatureInvalid(.timestamp) }
    // RFC 3161, section 2.3: the only usage, and critical.
    guard let usage = signer.extensions.first(where: { $0.identifier == [2, 5, 29, 37] }), usage.isCritical else {
      throw .wrongUsage(name: signer.name, usage: .timeStamping)
    }
    let path = CertificatePath(
      roots: roots,
      intermediates: Array(
        (known + data.certificates).filter { $0 != signer && !roots.contains($0) }
          .prefix(TrustLimits.chain - 1)),
      usage: .timeStamping)
    return try await path.validate(signer, at: time)
  }
}
