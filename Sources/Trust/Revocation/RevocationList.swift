package import Bytes
import SwiftASN1
import X509

/// A list of revoked certificates (RFC 5280, section 5), complete or a delta.
package struct RevocationList: Sendable, Hashable {
  /// Why a certificate was revoked. Source: RFC 5280, section 5.3.1.
  package enum Reason: Int, Sendable, Hashable {
    case unspecified = 0
    case keyCompromise = 1
    case authorityCompromise = 2
    case affiliationChanged = 3
    case superseded = 4
    case cessationOfOperation = 5
    case certificateHold = 6
    case removeFromList = 8
    case privilegeWithdrawn = 9
    case attributeAuthorityCompromise = 10
  }

  /// A revoked certificate.
  package struct Entry: Sendable, Hashable {
    package let date: Timestamp
    package let reason: Reason
    /// Since when the key is known to be bad.
    package let invalidityDate: Timestamp?

    /// Whether a newer list may take it back.
    var isTemporary: Bool { reason == .certificateHold || reason == .removeFromList }

    /// Of two statements on one certificate: what is for good counts, and otherwise the later one.
    static func graver(_ a: Entry, _ b: Entry) -> Entry {
      if a.isTemporary != b.isTemporary { return a.isTemporary ? b : a }
      return a.date > b.date ? a : b
    }
  }

  let issuerDER: ArraySlice<UInt8>
  package let thisUpdate: Timestamp
  package let nextUpdate: Timestamp?
  /// By the content of the serial number. A list that names one twice says the graver of both.
  let entries: [ArraySlice<UInt8>: Entry]
  /// The content of the list's number; larger is newer.
  let number: ArraySlice<UInt8>?
  /// The number of the complete list that a delta adds to; nil for a complete list.
  let baseNumber: ArraySlice<UInt8>?
  /// Where deltas to it are published.
  let deltas: [DistributionPoint]
  /// Nil: all certificates of its authority, for any reason.
  let scope: RevocationScope?
  private let scheme: SignatureScheme
  private let signature: [UInt8]
  /// Lists have megabytes, and are held against the keys of many authorities.
  private let signed: MessageDigest

  package var isDelta: Bool { baseNumber != nil }

  /// - Parameter bytes: DER, or PEM with one list.
  package init(_ bytes: [UInt8]) throws(TrustFailure) {
    guard bytes.count <= TrustLimits.revocationListBytes else {
      throw .tooLarge(.revocationList, limit: TrustLimits.revocationListBytes, unit: "bytes")
    }
    var der = bytes
    if bytes.first != 0x30 {
      let documents = try PEM.documents(bytes, of: .revocationList)
      guard documents.count == 1, documents[0].label == "X509 CRL" else {
        throw .malformed(.revocationList, "the file must hold exactly one list")
      }
      der = documents[0].der
    }
    var outer = try DERFields(der: der[...], of: .revocationList)
    let tbs = try outer.next()
    var algorithm = try outer.fields()
    let identifier = try algorithm.objectIdentifier()
    scheme = try SignatureScheme(identifier, parameters: &algorithm, hash: nil, of: .revocationList)
    signed = MessageDigest(Array(tbs.encodedBytes), scheme)
    signature = Array(try outer.bits())
    try outer.end()
    var fields = try DERFields(tbs, of: .revocationList)
    if let version = fields.next(if: .integer) {
      guard version.primitive == [1] else { throw .unsupported(.revocationList, "version") }
    }
    var inner = try fields.fields()
    guard try inner.objectIdentifier() == identifier else {
      throw .malformed(.revocationList, "its two signature algorithms differ")
    }
    issuerDER = try fields.next().encodedBytes
    thisUpdate = try fields.time()
    if let node = fields.next(if: .utcTime) ?? fields.next(if: .generalizedTime) {
      nextUpdate = try DERFields.time(node, of: .revocationList)
    } else {
      nextUpdate = nil
    }
    var entries: [ArraySlice<UInt8>: Entry] = [:]
    if let node = fields.next(if: .sequence) {
      var list = try DERFields(node, of: .revocationList)
      while !list.isAtEnd {
        var item = try list.fields()
        let serial = try item.bigInteger()
        let date = try item.time()
        let entry = try Self.entry(date, &item)
        entries[serial] = entries[serial].map { Entry.graver($0, entry) } ?? entry
      }
    }
    self.entries = entries
    var number: ArraySlice<UInt8>?
    var base: ArraySlice<UInt8>?
    var deltas: [DistributionPoint] = []
    var scope: RevocationScope?
    if let node = fields.next(if: .context(0)) {
      var explicit = try DERFields(node, .context(0), of: .revocationList)
      var list = try explicit.fields()
      while !list.isAtEnd {
        var item = try list.fields()
        let identifier = try item.objectIdentifier()
        let isCritical = item.next(if: .boolean)?.primitive?.first == 0xFF
        let value = try item.octets()
        switch identifier {
        case [2, 5, 29, 20]: number = try Self.number(value)
        case [2, 5, 29, 27]: base = try Self.number(value)
        case .freshestList: deltas = try DistributionPoint.read(value, of: .revocationList)
        case .issuingDistributionPoint: scope = try RevocationScope(value)
        case [2, 5, 29, 35]: break
        default:
          guard !isCritical else { throw .unsupported(.revocationList, "critical extension \(identifier)") }
        }
      }
    }
    try fields.end()
    self.number = number
    baseNumber = base
    self.deltas = deltas
    self.scope = scope
  }

  private static func number(_ der: ArraySlice<UInt8>) throws(TrustFailure) -> ArraySlice<UInt8> {
    let node = try DERFields.parse(der, of: .revocationList)
    guard node.identifier == .integer, let bytes = node.primitive else {
      throw .malformed(.revocationList, "its number is not valid")
    }
    return bytes
  }

  private static func entry(_ date: Timestamp, _ item: inout DERFields) throws(TrustFailure) -> Entry {
    var reason = Reason.unspecified
    var invalidity: Timestamp?
    if !item.isAtEnd {
      var list = try item.fields()
      while !list.isAtEnd {
        var field = try list.fields()
        let identifier = try field.objectIdentifier()
        let isCritical = field.next(if: .boolean)?.primitive?.first == 0xFF
        let value = try field.octets()
        switch identifier {
        case [2, 5, 29, 21]:
          let node = try DERFields.parse(value, of: .revocationList)
          guard node.identifier == .enumerated, let byte = node.primitive?.first, node.primitive?.count == 1,
            let known = Reason(rawValue: Int(byte))
          else { throw .malformed(.revocationList, "a reason is not valid") }
          reason = known
        case .invalidityDate:
          invalidity = try DERFields.time(try DERFields.parse(value, of: .revocationList), of: .revocationList)
        default:
          guard !isCritical else { throw .unsupported(.revocationList, "critical extension \(identifier)") }
        }
      }
    }
    return Entry(date: date, reason: reason, invalidityDate: invalidity)
  }

  /// Whether the authority signed it, and may sign lists (RFC 5280, section 6.3.3, f).
  func isSigned(by issuer: SigningCertificate) -> Bool {
    guard issuer.subjectDER == issuerDER, issuer.isAuthority, issuer.mayUse(\.cRLSign) else { return false }
    return issuer.key.isValid(signature, for: signed, scheme)
  }

  func isCurrent(at now: Timestamp) -> Bool { RevocationPeriod(thisUpdate, nextUpdate).contains(now) }

  /// The reasons for which it would say that a certificate is revoked; nil where it does not speak for it.
  func reasons(for certificate: SigningCertificate, _ points: [DistributionPoint]) -> RevocationReasons? {
    scope.map { $0.reasons(for: certificate, points) } ?? .all
  }
}
