import Bytes

extension NodeRecord.CertificateSummary {
  /// Reads the certificate of DER bytes. Source: RFC 5280 section 4.1.
  ///
  /// - Parameter fingerprint: SHA-256 of the bytes, in hexadecimal digits.
  /// - Returns: nil for what is no certificate.
  package init?(der: [UInt8], fingerprint: String) {
    var outer = DERElements(der[...])
    guard let certificate = outer.next(0x30) else { return nil }
    var inner = DERElements(certificate)
    guard let body = inner.next(0x30) else { return nil }
    var fields = DERElements(body)
    _ = fields.next(0xA0)
    guard fields.next(0x02) != nil, fields.next(0x30) != nil, let issuer = fields.next(0x30),
      let validity = fields.next(0x30), let subject = fields.next(0x30)
    else { return nil }
    var times = DERElements(validity)
    guard let start = times.time(), let end = times.time() else { return nil }
    let names = Self.attributes(subject)
    self.init(
      commonName: names.commonName, organizations: names.organizations, issuer: Self.attributes(issuer).commonName,
      notBefore: start, notAfter: end, fingerprint: fingerprint)
  }

  /// The DER bytes of the first certificate in PEM text; nil where there is none.
  package static func der(pem text: String) -> [UInt8]? {
    guard let start = text.firstRange(of: "-----BEGIN CERTIFICATE-----"),
      let end = text[start.upperBound...].firstRange(of: "-----END CERTIFICATE-----")
    else { return nil }
    return Base64.decode(String(text[start.upperBound..<end.lowerBound]))
  }

  private static func attributes(_ name: ArraySlice<UInt8>) -> (commonName: String, organizations: [String]) {
    var commonName = ""
    var organizations: [String] = []
    var sets = DERElements(name)
    while let set = sets.next(0x31) {
      var members = DERElements(set)
      while let pair = members.next(0x30) {
        var parts = DERElements(pair)
        guard let kind = parts.next(0x06), let value = parts.next(nil) else { continue }
        let text = String(decoding: value, as: UTF8.self)
        switch Array(kind) {
        case [0x55, 0x04, 0x03]: commonName = text
        case [0x55, 0x04, 0x0A]: organizations.append(text)
        default: break
        }
      }
    }
    return (commonName, organizations)
  }
}

/// The elements of a DER sequence, one after the other; it ends at the first that does not fit.
private struct DERElements {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// The content of the next element if it has the tag; nil tag for any.
  mutating func next(_ tag: UInt8?) -> ArraySlice<UInt8>? {
    guard rest.count >= 2, tag == nil || rest.first == tag else { return nil }
    var bytes = rest.dropFirst()
    guard let first = bytes.popFirst() else { return nil }
    var length = Int(first)
    if first >= 0x80 {
      let count = Int(first & 0x7F)
      guard (1...4).contains(count), bytes.count >= count else { return nil }
      length = bytes.prefix(count).reduce(0) { $0 << 8 | Int($1) }
      bytes = bytes.dropFirst(count)
    }
    guard length <= bytes.count else { return nil }
    rest = bytes.dropFirst(length)
    return bytes.prefix(length)
  }

  /// `UTCTime` or `GeneralizedTime` as RFC 3339.
  mutating func time() -> String? {
    let century: Bool
    let content: ArraySlice<UInt8>
    if let short = next(0x17) {
      (century, content) = (false, short)
    } else if let long = next(0x18) {
      (century, content) = (true, long)
    } else {
      return nil
    }
    var digits = String(decoding: content.prefix { $0 &- 0x30 < 10 }, as: UTF8.self)
    guard digits.count == (century ? 14 : 12) else { return nil }
    if !century { digits = ((Int(digits.prefix(2)) ?? 0) < 50 ? "20" : "19") + digits }
    let part = { (from: Int, count: Int) in String(digits.dropFirst(from).prefix(count)) }
    return "\(part(0, 4))-\(part(4, 2))-\(part(6, 2))T\(part(8, 2)):\(part(10, 2)):\(part(12, 2))Z"
  }
}
