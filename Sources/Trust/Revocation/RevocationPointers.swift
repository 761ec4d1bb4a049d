import SwiftASN1

/// Where a certificate says that its status can be asked for.
struct RevocationPointers: Sendable, Hashable {
  /// Responders of OCSP (authority information access).
  var responders: [String] = []
  /// Lists of revoked certificates.
  var lists: [DistributionPoint] = []
  /// Deltas to those lists.
  var deltas: [DistributionPoint] = []

  /// Whether there is anybody who could say that it is revoked.
  var isRevocable: Bool { !responders.isEmpty || !lists.isEmpty }

  /// - Throws: for extensions that cannot be read: then nobody knows who could revoke it.
  init(_ certificate: SigningCertificate) throws(TrustFailure) {
    if let value = certificate.value(.authorityInformationAccess) {
      responders = try Self.responders(value)
    }
    if let value = certificate.value(.distributionPoints) {
      lists = try DistributionPoint.read(value, of: .certificate)
    }
    if let value = certificate.value(.freshestList) {
      deltas = try DistributionPoint.read(value, of: .certificate)
    }
  }

  private static func responders(_ value: ArraySlice<UInt8>) throws(TrustFailure) -> [String] {
    var list = try DERFields(der: value, of: .certificate)
    var result: [String] = []
    while !list.isAtEnd, result.count < TrustLimits.distributionPoints {
      var access = try list.fields()
      let method = try access.objectIdentifier()
      let place = try access.next()
      guard method == [1, 3, 6, 1, 5, 5, 7, 48, 1], place.identifier == .context(6), let bytes = place.primitive else {
        continue
      }
      result.append(String(decoding: bytes, as: UTF8.self))
    }
    return result
  }
}

/// A place where lists of revoked certificates are published, and what the lists there are about.
///
/// Source: RFC 5280, section 4.2.1.13.
struct DistributionPoint: Sendable, Hashable {
  /// Its names in DER, for comparison with what lists say of themselves.
  var names: [ArraySlice<UInt8>] = []
  var locations: [String] = []
  /// Nil: for any reason.
  var reasons: RevocationReasons?
  /// Whether another authority than the certificate's signs the lists there.
  var isIndirect = false

  static func read(
    _ value: ArraySlice<UInt8>, of input: TrustInput
  ) throws(TrustFailure) -> [DistributionPoint] {
    var list = try DERFields(der: value, of: input)
    var result: [DistributionPoint] = []
    while !list.isAtEnd {
      guard result.count < TrustLimits.distributionPoints else {
        throw .tooLarge(input, limit: TrustLimits.distributionPoints, unit: "distribution points")
      }
      var fields = try list.fields()
      var point = DistributionPoint()
      if let name = fields.next(if: .context(0)) { (point.names, point.locations) = try names(name, of: input) }
      if let node = fields.next(if: .context(1)) { point.reasons = try RevocationReasons(node, of: input) }
      if fields.next(if: .context(2)) != nil { point.isIndirect = true }
      try fields.end()
      result.append(point)
    }
    return result
  }

  /// The names of a DistributionPointName. A name relative to that of the issuer of lists is none that can be compared here.
  static func names(
    _ node: ASN1Node, of input: TrustInput
  ) throws(TrustFailure) -> (names: [ArraySlice<UInt8>], locations: [String]) {
    var choice = try DERFields(node, .context(0), of: input)
    guard let full = choice.next(if: .context(0)) else { return ([], []) }
    var list = try DERFields(full, .context(0), of: input)
    var names: [ArraySlice<UInt8>] = []
    var locations: [String] = []
    while !list.isAtEnd {
      guard names.count < TrustLimits.distributionPoints else {
        throw .tooLarge(input, limit: TrustLimits.distributionPoints, unit: "names of a distribution point")
      }
      let name = try list.next()
      names.append(name.encodedBytes)
      if name.identifier == .context(6), let bytes = name.primitive {
        locations.append(String(decoding: bytes, as: UTF8.self))
      }
    }
    return (names, locations)
  }
}

/// Reasons of revocation for which a list speaks (RFC 5280, ReasonFlags), as bits.
struct RevocationReasons: OptionSet, Sendable, Hashable {
  let rawValue: UInt16

  init(rawValue: UInt16) { self.rawValue = rawValue }

  /// From keyCompromise to aACompromise; the first bit is not used.
  static let all = RevocationReasons(rawValue: 0x1FE)

  /// - Parameter node: a bit string with an implicit tag.
  init(_ node: ASN1Node, of input: TrustInput) throws(TrustFailure) {
    guard let bytes = node.primitive, let unused = bytes.first, unused < 8 else {
      throw .malformed(input, "its reasons are not valid")
    }
    var value: UInt16 = 0
    for (index, byte) in bytes.dropFirst().prefix(2).enumerated() {
      for bit in 0..<8 where byte & (0x80 >> UInt8(bit)) != 0 { value |= 1 << UInt16(index * 8 + bit) }
    }
    rawValue = value & Self.all.rawValue
  }
}

extension ASN1ObjectIdentifier {
  static let authorityInformationAccess: ASN1ObjectIdentifier = [1, 3, 6, 1, 5, 5, 7, 1, 1]
  static let distributionPoints: ASN1ObjectIdentifier = [2, 5, 29, 31]
  static let freshestList: ASN1ObjectIdentifier = [2, 5, 29, 46]
  static let issuingDistributionPoint: ASN1ObjectIdentifier = [2, 5, 29, 28]
  static let invalidityDate: ASN1ObjectIdentifier = [2, 5, 29, 24]
}
