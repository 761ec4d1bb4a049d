import Bytes
import SwiftASN1

/// What is known about revoked certificates. Lists come from files or from the network; here they are judged.
///
/// OCSP is not read: a certificate that offers nothing else is of unknown status.
package struct RevocationEvidence: Sendable {
  package let lists: [RevocationList]

  package init(lists: [RevocationList] = []) { self.lists = lists }

  /// Whether any certificate of a chain is revoked.
  ///
  /// - Parameters:
  ///   - chain: the leaf first; the last, a root, cannot be revoked by itself.
  ///   - signed: when the signature was made, where that is proved: keys that became bad later do not matter.
  /// - Returns: nil where none is revoked.
  func failure(_ chain: [SigningCertificate], signed: Timestamp?, now: Timestamp) -> TrustFailure? {
    for (certificate, issuer) in zip(chain, chain.dropFirst()) {
      if let failure = failure(certificate, issuer, signed, now) { return failure }
    }
    return nil
  }

  private func failure(
    _ certificate: SigningCertificate, _ issuer: SigningCertificate, _ signed: Timestamp?, _ now: Timestamp
  ) -> TrustFailure? {
    // Without a place to ask, its authority cannot revoke it.
    let distributionPoints = certificate.value([2, 5, 29, 31])
    let authorityAccess = certificate.value([1, 3, 6, 1, 5, 5, 7, 1, 1])
    let ours = lists.filter { $0.issuerDER == certificate.issuerDER && $0.isSigned(by: issuer) }
    guard distributionPoints != nil || authorityAccess != nil || !ours.isEmpty else { return nil }
    let complete = ours.filter { !$0.isDelta }.max { $0.thisUpdate < $1.thisUpdate }
    guard let complete else { return .revocationUnknown(name: certificate.name) }
    var entry = complete.entries[certificate.serial]
    var isCurrent = complete.isCurrent(at: now)
    if complete.hasDelta {
      let delta = ours.filter { $0.isDelta && $0.adds(to: complete) }.max { $0.thisUpdate < $1.thisUpdate }
      if let delta {
        isCurrent = isCurrent && delta.isCurrent(at: now)
        if let change = delta.entries[certificate.serial] { entry = change.reason == .removeFromList ? nil : change }
      } else {
        isCurrent = false
      }
    }
    if let entry, entry.reason != .removeFromList {
      if let since = entry.invalidityDate, let signed, signed < since {
        return isCurrent ? nil : .revocationUnknown(name: certificate.name)
      }
      // A certificate on hold may be released by a newer list; other revocations are for good.
      if isCurrent || entry.reason != .certificateHold { return .revoked(name: certificate.name, at: entry.date) }
    }
    return isCurrent ? nil : .revocationUnknown(name: certificate.name)
  }
}

extension RevocationList {
  /// Whether a delta belongs to a complete list: its base is not newer, and it is not older itself.
  func adds(to complete: RevocationList) -> Bool {
    guard let baseNumber, let number, let other = complete.number else { return false }
    return Self.isAtMost(baseNumber, other) && Self.isAtMost(other, number)
  }

  /// Compares two positive integers by their bytes.
  private static func isAtMost(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
    let (a, b) = (a.drop { $0 == 0 }, b.drop { $0 == 0 })
    return a.count == b.count ? !b.lexicographicallyPrecedes(a) : a.count < b.count
  }
}
