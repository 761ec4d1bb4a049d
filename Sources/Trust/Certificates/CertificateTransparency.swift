import Bytes
import Crypto
import SwiftASN1

/// Signed certificate timestamps (RFC 6962, section 3): a log of certificates has seen this one before it was issued.
enum CertificateTransparency {
  struct Entry: Sendable, Hashable {
    let log: [UInt8]
    /// Milliseconds since 1970.
    let timestamp: UInt64
    let extensions: [UInt8]
    let hash: UInt8
    let algorithm: UInt8
    let signature: [UInt8]

    var time: Timestamp? {
      guard let milliseconds = Int64(exactly: timestamp) else { return nil }
      return Timestamp(seconds: milliseconds / 1000, nanosecond: Int(milliseconds % 1000) * 1_000_000)
    }
  }

  private static let listIdentifier: ASN1ObjectIdentifier = [1, 3, 6, 1, 4, 1, 11129, 2, 4, 2]

  /// - Returns: nil where the certificate has no such extension.
  static func entries(_ certificate: SigningCertificate) throws(TrustFailure) -> [Entry]? {
    guard let value = certificate.value(listIdentifier) else { return nil }
    let node = try DERFields.parse(value, of: .signedCertificateTimestamp)
    guard node.identifier == .octetString, let list = node.primitive else {
      throw .malformed(.signedCertificateTimestamp, "it is not an octet string")
    }
    return try read(list)
  }

  static func read(_ list: ArraySlice<UInt8>) throws(TrustFailure) -> [Entry] {
    let incomplete = TrustFailure.malformed(.signedCertificateTimestamp, "its lengths do not fit")
    var reader = ByteReader(Array(list))
    guard let total = reader.integer(.big, as: UInt16.self), Int(total) == reader.remaining else { throw incomplete }
    var entries: [Entry] = []
    while !reader.isAtEnd {
      guard entries.count < TrustLimits.certificateTimestamps else {
        throw .tooLarge(.signedCertificateTimestamp, limit: TrustLimits.certificateTimestamps, unit: "entries")
      }
      guard let length = reader.integer(.big, as: UInt16.self), let bytes = reader.take(Int(length)) else {
        throw incomplete
      }
      var entry = ByteReader(Array(bytes))
      guard let version = entry.byte() else { throw incomplete }
      guard version == 0 else { throw .unsupported(.signedCertificateTimestamp, "version \(Int(version) + 1)") }
      guard let log = entry.take(32), let timestamp = entry.integer(.big, as: UInt64.self),
        let size = entry.integer(.big, as: UInt16.self), let extensions = entry.take(Int(size)),
        let hash = entry.byte(), let algorithm = entry.byte(), let count = entry.integer(.big, as: UInt16.self),
        let signature = entry.take(Int(count)), entry.isAtEnd
      else { throw incomplete }
      entries.append(
        Entry(
          log: Array(log), timestamp: timestamp, extensions: Array(extensions), hash: hash, algorithm: algorithm,
          signature: Array(signature)))
    }
    return entries
  }

  /// What the log signed: the certificate as it was before the log's answer became part of it.
  ///
  /// - Returns: nil for a certificate that exceeds the 24-bit length of the format.
  static func signedData(
    _ entry: Entry, certificate: SigningCertificate, issuer: SigningCertificate
  ) -> [UInt8]? {
    var content = Array(certificate.fieldsBeforeExtensions.joined())
    var list: [UInt8] = []
    for (item, encoded) in zip(certificate.extensions, certificate.encodedExtensions)
    where item.identifier != listIdentifier {
      list += encoded
    }
    if !list.isEmpty { content += DERWriter.value(0xA3, DERWriter.value(0x30, list)) }
    let tbs = DERWriter.value(0x30, content)
    guard tbs.count < 1 << 24, entry.extensions.count < 1 << 16 else { return nil }
    // Version 1, certificate_timestamp, the time, precert_entry.
    var data: [UInt8] = [0, 0]
    for shift in stride(from: 56, through: 0, by: -8) {
      data.append(UInt8(truncatingIfNeeded: entry.timestamp >> shift))
    }
    data += [0, 1]
    data += HashAlgorithm.sha256.hash(issuer.key.spki)
    for shift in [16, 8, 0] { data.append(UInt8(truncatingIfNeeded: tbs.count >> shift)) }
    data += tbs
    for shift in [8, 0] { data.append(UInt8(truncatingIfNeeded: entry.extensions.count >> shift)) }
    return data + entry.extensions
  }

  /// Verifies that at least one log of the trusted root has signed the certificate.
  ///
  /// - Returns: the time of the first valid entry.
  static func verify(
    _ certificate: SigningCertificate, issuer: SigningCertificate, root: TrustedRoot
  ) throws(TrustFailure) -> Timestamp {
    guard let entries = try entries(certificate), !entries.isEmpty else {
      throw .missing(.signedCertificateTimestamp)
    }
    var failure: TrustFailure?
    for entry in entries {
      guard let log = root.certificateLogs.first(where: { $0.id == entry.log }) else {
        failure = failure ?? .unknownLog(.signedCertificateTimestamp, id: Base64.encode(entry.log))
        continue
      }
      guard let time = entry.time, log.validity.contains(time) else {
        failure = .timeOutside(
          .signedCertificateTimestamp, name: log.name, time: entry.time ?? Timestamp(nanoseconds: 0),
          from: log.validity.start, to: log.validity.end)
        continue
      }
      // SHA-256 (4) with RSA (1) or ECDSA (3): RFC 6962 allows nothing else.
      let scheme: SignatureScheme = entry.algorithm == 1 ? .rsaPKCS1(.sha256) : .ecdsa(.sha256)
      guard entry.hash == 4, entry.algorithm == 1 || entry.algorithm == 3 else {
        failure = .unsupported(.signedCertificateTimestamp, "algorithm \(entry.hash).\(entry.algorithm)")
        continue
      }
      guard let data = signedData(entry, certificate: certificate, issuer: issuer),
        log.key.isValid(entry.signature, for: data, scheme)
      else {
        failure = .signatureInvalid(.signedCertificateTimestamp)
        continue
      }
      return time
    }
    throw failure ?? .missing(.signedCertificateTimestamp)
  }
}
