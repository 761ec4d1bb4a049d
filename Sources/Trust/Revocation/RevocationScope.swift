import SwiftASN1

/// Which certificates of its authority a list speaks for: its issuing distribution point (RFC 5280, section 5.2.5).
struct RevocationScope: Sendable, Hashable {
  private var names: [ArraySlice<UInt8>]?
  private var onlyUsers = false
  private var onlyAuthorities = false
  private var onlyAttributes = false
  private var isIndirect = false
  private var reasons = RevocationReasons.all

  init(_ value: ArraySlice<UInt8>) throws(TrustFailure) {
    var fields = try DERFields(der: value, of: .revocationList)
    if let node = fields.next(if: .context(0)) {
      names = try DistributionPoint.names(node, of: .revocationList).names
    }
    func flag(_ number: UInt) -> Bool { fields.next(if: .context(number))?.primitive?.first == 0xFF }
    onlyUsers = flag(1)
    onlyAuthorities = flag(2)
    if let node = fields.next(if: .context(3)) { reasons = try RevocationReasons(node, of: .revocationList) }
    isIndirect = flag(4)
    onlyAttributes = flag(5)
    try fields.end()
  }

  /// The reasons for which the list would say that a certificate is revoked; nil where it does not speak for it.
  func reasons(for certificate: SigningCertificate, _ points: [DistributionPoint]) -> RevocationReasons? {
    guard !isIndirect, !onlyAttributes, !(onlyUsers && certificate.isAuthority),
      !(onlyAuthorities && !certificate.isAuthority)
    else { return nil }
    guard let names else { return reasons }
    let point = points.first { point in !point.isIndirect && point.names.contains { names.contains($0) } }
    guard let point else { return nil }
    return point.reasons.map(reasons.intersection) ?? reasons
  }
}
