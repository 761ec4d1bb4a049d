import Bytes
import Crypto
package import Foundation
import SwiftASN1
package import X509

/// A signer of Notation under an authority of its own, and what that says of revoked certificates: lists and answers of a responder.
package struct VirtualSigner: Sendable {
  package static let now = Date(timeIntervalSince1970: 1_790_000_000)
  package static let responder = "http://ocsp.example/"
  package static let place = "http://crl.example/a.crl"
  package static let manifest = "sha256:" + String(repeating: "a", count: 64)

  private let rootKey: P256.Signing.PrivateKey
  private let leafKey: P256.Signing.PrivateKey
  private let delegateKey: P256.Signing.PrivateKey
  private let rootName: DistinguishedName
  /// DER.
  package let root: [UInt8]
  package let leaf: [UInt8]
  /// A responder that the authority has appointed.
  private let delegate: [UInt8]
  package let serial = Self.serial
  private static let serial: [UInt8] = [0x11, 0x22, 0x33]

  /// - Parameters:
  ///   - locations: of a responder and of a list, as the leaf names them; empty for none.
  ///   - delegateUse: the extended key usage of the responder's certificate.
  package init(
    responder: String? = Self.responder, place: String? = Self.place, deltaPlace: String? = nil,
    delegateUse: ExtendedKeyUsage.Usage = .ocspSigning, signsLists: Bool = true
  ) throws {
    let (rootKey, leafKey, delegateKey) = (
      P256.Signing.PrivateKey(), P256.Signing.PrivateKey(), P256.Signing.PrivateKey()
    )
    (self.rootKey, self.leafKey, self.delegateKey) = (rootKey, leafKey, delegateKey)
    let rootName = try DistinguishedName { CommonName("authority") }
    self.rootName = rootName
    let day: TimeInterval = 86_400
    func certificate(
      _ key: P256.Signing.PrivateKey, _ name: DistinguishedName, _ serial: [UInt8], _ extensions: Certificate.Extensions
    ) throws -> [UInt8] {
      let made = try Certificate(
        version: .v3, serialNumber: Certificate.SerialNumber(bytes: serial), publicKey: .init(key.publicKey),
        notValidBefore: Self.now.addingTimeInterval(-100 * day), notValidAfter: Self.now.addingTimeInterval(100 * day),
        issuer: rootName, subject: name, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions,
        issuerPrivateKey: .init(rootKey))
      var serializer = DER.Serializer()
      try serializer.serialize(made)
      return serializer.serializedBytes
    }
    root = try certificate(
      rootKey, rootName, [0x01],
      try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(keyCertSign: true, cRLSign: signsLists))
      })
    var list: [Certificate.Extension] = []
    if let responder {
      list.append(
        .init(
          oid: [1, 3, 6, 1, 5, 5, 7, 1, 1], critical: false,
          value: Self.sequence(
            Self.sequence([0x06, 0x08, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01], Self.uri(responder)))[...]))
    }
    if let place { list.append(.init(oid: [2, 5, 29, 31], critical: false, value: Self.points(place)[...])) }
    if let deltaPlace { list.append(.init(oid: [2, 5, 29, 46], critical: false, value: Self.points(deltaPlace)[...])) }
    let others = list
    leaf = try certificate(
      leafKey, try DistinguishedName { CommonName("signer") }, Self.serial,
      try Certificate.Extensions {
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.codeSigning])
        for item in others { item }
      })
    delegate = try certificate(
      delegateKey, try DistinguishedName { CommonName("responder") }, [0x44],
      try Certificate.Extensions {
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([delegateUse])
      })
  }

  // MARK: The signature

  /// A JWS envelope.
  ///
  /// - Parameter signed: when it was signed, as an authority for signing says; nil: nobody says so.
  package func envelope(signed: Date? = nil) throws -> [UInt8] {
    let scheme = "io.cncf.notary.signingScheme"
    let time = "io.cncf.notary.authenticSigningTime"
    let format = ISO8601DateFormatter()
    let protected =
      signed.map {
        """
        {"alg":"ES256","cty":"application/vnd.cncf.notary.payload.v1+json","crit":["\(scheme)","\(time)"],
        "\(scheme)":"notary.x509.signingAuthority","\(time)":"\(format.string(from: $0))"}
        """
      }
        ?? """
        {"alg":"ES256","cty":"application/vnd.cncf.notary.payload.v1+json","crit":["\(scheme)"],
        "\(scheme)":"notary.x509","io.cncf.notary.signingTime":"\(format.string(from: Self.now))"}
        """
    let payload = """
      {"targetArtifact":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"\(Self.manifest)","size":2}}
      """
    let signedText = Base64.encodeForURL(Array(protected.utf8)) + "." + Base64.encodeForURL(Array(payload.utf8))
    let signature = try leafKey.signature(for: Array(signedText.utf8)).rawRepresentation
    let parts = signedText.split(separator: ".")
    return Array(
      """
      {"payload":"\(parts[1])","protected":"\(parts[0])","signature":"\(Base64.encodeForURL(Array(signature)))",
      "header":{"x5c":["\(Base64.encode(leaf))","\(Base64.encode(root))"]}}
      """.utf8)
  }

  // MARK: Lists

  package struct Revoked: Sendable {
    package var reason: UInt8
    package var date = VirtualSigner.now.addingTimeInterval(-3_600)
    package var invalidity: Date?

    package init(_ reason: UInt8, date: Date = VirtualSigner.now.addingTimeInterval(-3_600), invalidity: Date? = nil) {
      self.reason = reason
      self.date = date
      self.invalidity = invalidity
    }
  }

  /// - Parameters:
  ///   - revoked: of the leaf; nil: it is not in the list.
  ///   - next: seconds from now until the next list; nil: the list does not say.
  ///   - base: number of the list to which it adds; nil for a complete one.
  ///   - scope: the content of its issuing distribution point.
  package func list(
    _ revoked: Revoked? = nil, this: TimeInterval = -3_600, next: TimeInterval? = 3_600, number: UInt8 = 5,
    base: UInt8? = nil, delta: String? = nil, scope: [UInt8]? = nil, forged: Bool = false
  ) throws -> [UInt8] {
    var fields = Self.value(0x02, [1]) + Self.algorithm + (try nameDER())
    fields += Self.time(this)
    if let next { fields += Self.time(next) }
    if let revoked {
      var extensions = Self.extension([0x55, 0x1D, 0x15], Self.value(0x0A, [revoked.reason]))
      if let invalidity = revoked.invalidity {
        extensions += Self.extension([0x55, 0x1D, 0x18], Self.generalized(invalidity))
      }
      fields += Self.sequence(
        Self.sequence(Self.value(0x02, serial), Self.generalized(revoked.date), Self.value(0x30, extensions)))
    }
    var extensions = Self.extension([0x55, 0x1D, 0x14], Self.value(0x02, [number]))
    if let base { extensions += Self.extension([0x55, 0x1D, 0x1B], Self.value(0x02, [base]), critical: true) }
    if let delta { extensions += Self.extension([0x55, 0x1D, 0x2E], Self.points(delta)) }
    if let scope { extensions += Self.extension([0x55, 0x1D, 0x1C], Self.value(0x30, scope), critical: true) }
    fields += Self.value(0xA0, Self.value(0x30, extensions))
    let body = Self.value(0x30, fields)
    let key = forged ? leafKey : rootKey
    return Self.sequence(body, Self.algorithm, Self.bits(try key.signature(for: body).derRepresentation))
  }

  /// A scope: the name of a place, and flags by their tags.
  package static func scope(place: String? = nil, flags: [UInt8] = [], reasons: [UInt8]? = nil) -> [UInt8] {
    var content: [UInt8] = []
    if let place { content += value(0xA0, value(0xA0, uri(place))) }
    for flag in flags where flag < 3 { content += value(0x80 | flag, [0xFF]) }
    if let reasons { content += value(0x83, reasons) }
    for flag in flags where flag > 3 { content += value(0x80 | flag, [0xFF]) }
    return content
  }

  // MARK: Answers

  package enum Status: Sendable {
    case good
    case revoked(Revoked)
    case unknown
  }

  /// - Parameters:
  ///   - delegated: by a responder that the authority appointed; otherwise by itself.
  ///   - serial: nil: that of the leaf.
  package func response(
    _ status: Status, this: TimeInterval = -60, next: TimeInterval? = 3_600, delegated: Bool = false,
    nonce: [UInt8]? = nil, serial: [UInt8]? = nil, forged: Bool = false
  ) throws -> [UInt8] {
    let spki = rootKey.publicKey.derRepresentation
    // The key without its algorithm: 65 bytes of an uncompressed point.
    let keyBits = Array(spki.suffix(65))
    let identifier = Self.sequence(
      Self.sequence([0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00]),
      Self.value(0x04, Array(Insecure.SHA1.hash(data: try nameDER()))),
      Self.value(0x04, Array(Insecure.SHA1.hash(data: keyBits))), Self.value(0x02, serial ?? self.serial))
    var answer = identifier
    var extensions: [UInt8] = []
    switch status {
    case .good: answer += Self.value(0x80, [])
    case .unknown: answer += Self.value(0x82, [])
    case .revoked(let revoked):
      answer += Self.value(
        0xA1, Self.generalized(revoked.date) + Self.value(0xA0, Self.value(0x0A, [revoked.reason])))
      if let invalidity = revoked.invalidity {
        extensions = Self.extension([0x55, 0x1D, 0x18], Self.generalized(invalidity))
      }
    }
    answer += Self.generalized(Self.now.addingTimeInterval(this))
    if let next { answer += Self.value(0xA0, Self.generalized(Self.now.addingTimeInterval(next))) }
    if !extensions.isEmpty { answer += Self.value(0xA1, Self.value(0x30, extensions)) }
    let key = forged ? leafKey : delegated ? delegateKey : rootKey
    let responder = Array((delegated ? delegateKey : rootKey).publicKey.derRepresentation.suffix(65))
    var data = Self.value(0xA2, Self.value(0x04, Array(Insecure.SHA1.hash(data: responder))))
    data += Self.generalized(Self.now.addingTimeInterval(this)) + Self.sequence(Self.value(0x30, answer))
    if let nonce {
      data += Self.value(
        0xA1,
        Self.value(
          0x30,
          Self.extension([0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02], Self.value(0x04, nonce))))
    }
    let signed = Self.value(0x30, data)
    var basic = signed + Self.algorithm + Self.bits(try key.signature(for: signed).derRepresentation)
    if delegated { basic += Self.value(0xA0, Self.value(0x30, delegate)) }
    return Self.sequence(
      Self.value(0x0A, [0]),
      Self.value(
        0xA0,
        Self.sequence(
          [0x06, 0x09, 0x2B, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x01],
          Self.value(0x04, Self.value(0x30, basic)))))
  }

  // MARK: DER

  private func nameDER() throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(rootName)
    return serializer.serializedBytes
  }

  /// ecdsa-with-SHA256.
  private static let algorithm = sequence([0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x02])

  package static func value(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
    var length: [UInt8] = [UInt8(truncatingIfNeeded: content.count)]
    if content.count >= 0x80 {
      length =
        content.count < 0x100
        ? [0x81, UInt8(content.count)] : [0x82, UInt8(content.count >> 8), UInt8(content.count & 0xFF)]
    }
    return [tag] + length + content
  }

  private static func sequence(_ parts: [UInt8]...) -> [UInt8] { value(0x30, Array(parts.joined())) }

  private static func bits(_ bytes: Data) -> [UInt8] { value(0x03, [0] + Array(bytes)) }

  private static func uri(_ text: String) -> [UInt8] { value(0x86, Array(text.utf8)) }

  private static func points(_ text: String) -> [UInt8] { sequence(sequence(value(0xA0, value(0xA0, uri(text))))) }

  private static func `extension`(_ identifier: [UInt8], _ content: [UInt8], critical: Bool = false) -> [UInt8] {
    sequence(value(0x06, identifier), critical ? [0x01, 0x01, 0xFF] : [], value(0x04, content))
  }

  private static func time(_ offset: TimeInterval) -> [UInt8] { generalized(now.addingTimeInterval(offset)) }

  private static func generalized(_ date: Date) -> [UInt8] {
    let format = DateFormatter()
    format.locale = Locale(identifier: "en_US_POSIX")
    format.timeZone = TimeZone(identifier: "UTC")
    format.dateFormat = "yyyyMMddHHmmss'Z'"
    return value(0x18, Array(format.string(from: date).utf8))
  }
}
