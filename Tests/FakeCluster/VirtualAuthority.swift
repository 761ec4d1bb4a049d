import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate authority for one test, with certificates for servers and clients.
package struct VirtualAuthority: Sendable {
  package struct Pair: Sendable {
    /// PEM.
    package let certificate: String
    package let key: String
  }

  private let key: P256.Signing.PrivateKey
  private let name: DistinguishedName
  package let certificate: String

  package init(_ commonName: String = "virtual authority") throws {
    key = P256.Signing.PrivateKey()
    name = try DistinguishedName { CommonName(commonName) }
    let now = Date()
    let root = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
      notValidBefore: now.addingTimeInterval(-864_000), notValidAfter: now.addingTimeInterval(864_000),
      issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
      extensions: try Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
        Critical(KeyUsage(keyCertSign: true))
      }, issuerPrivateKey: .init(key))
    certificate = try root.serializeAsPEM().pemString
  }

  /// - Parameters:
  ///   - days: from now until the end; negative: it has expired.
  ///   - startsIn: days from now until it holds.
  package func server(
    names: [String] = ["localhost"], address: [UInt8]? = [127, 0, 0, 1], days: Double = 5, startsIn: Double = -1,
    commonName: String = "server"
  ) throws -> Pair {
    try issue(
      subject: try DistinguishedName { CommonName(commonName) }, days: days, startsIn: startsIn,
      extensions: try Self.serverExtensions(names, address))
  }

  /// A certificate that nobody vouches for but itself.
  package static func selfSigned(names: [String], address: [UInt8]?) throws -> Pair {
    let key = P256.Signing.PrivateKey()
    let name = try DistinguishedName { CommonName("self") }
    let now = Date()
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
      notValidBefore: now.addingTimeInterval(-86_400), notValidAfter: now.addingTimeInterval(864_000), issuer: name,
      subject: name, signatureAlgorithm: .ecdsaWithSHA256, extensions: try serverExtensions(names, address),
      issuerPrivateKey: .init(key))
    return Pair(certificate: try certificate.serializeAsPEM().pemString, key: key.pemRepresentation)
  }

  private static func serverExtensions(_ names: [String], _ address: [UInt8]?) throws -> Certificate.Extensions {
    var alternatives = names.map { GeneralName.dnsName($0) }
    if let address { alternatives.append(.ipAddress(ASN1OctetString(contentBytes: ArraySlice(address)))) }
    let all = alternatives
    return try Certificate.Extensions {
      try ExtendedKeyUsage([.serverAuth])
      if !all.isEmpty { SubjectAlternativeNames(all) }
    }
  }

  package func client(_ user: String, group: String = "testers", days: Double = 5) throws -> Pair {
    try issue(
      subject: try DistinguishedName {
        OrganizationName(group)
        CommonName(user)
      }, days: days, extensions: try Certificate.Extensions { try ExtendedKeyUsage([.clientAuth]) })
  }

  private func issue(
    subject: DistinguishedName, days: Double, startsIn: Double = -1, extensions: Certificate.Extensions
  ) throws -> Pair {
    let own = P256.Signing.PrivateKey()
    let end = Date().addingTimeInterval(days * 86_400)
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(own.publicKey),
      notValidBefore: min(end, Date()).addingTimeInterval(startsIn * 86_400), notValidAfter: end, issuer: name,
      subject: subject, signatureAlgorithm: .ecdsaWithSHA256, extensions: extensions, issuerPrivateKey: .init(key))
    return Pair(certificate: try certificate.serializeAsPEM().pemString, key: own.pemRepresentation)
  }
}
