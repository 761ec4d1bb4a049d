package import Bytes
import Crypto
import FoundationEssentials
import SwiftASN1
import X509

/// A certificate authority of our own, for the certificates of our listeners: whoever trusts it need not be told of each renewal.
package struct ServerAuthority: Sendable {
  /// PEM, for the `caBundle` of a webhook configuration.
  package let certificate: String
  /// PEM; a secret.
  package let key: String
  /// Seconds since 1970-01-01T00:00:00Z.
  package let expires: Int

  private let name: DistinguishedName
  private let privateKey: Certificate.PrivateKey

  /// Why there is no authority, or no certificate of it.
  package struct Failure: Error, Sendable {
    package let message: String
  }

  private static let days = 3_650
  /// How long a certificate of a listener holds; it is made anew when a third of that is left.
  package static let leafDays = 30
  private static let day = 86_400
  /// Clocks differ.
  private static let leeway = 3_600

  /// Makes a new one.
  ///
  /// - Parameter now: seconds since 1970-01-01T00:00:00Z.
  package static func make(now: Int) throws(Failure) -> ServerAuthority {
    let key = P256.Signing.PrivateKey()
    do {
      let serial = Certificate.SerialNumber()
      // The number tells authorities of several installations apart, whose names are otherwise the same.
      let name = try DistinguishedName {
        OrganizationName("Bartizan")
        CommonName("Bartizan authority \(Hex.text(serial.bytes.prefix(4)))")
      }
      let certificate = try Certificate(
        version: .v3, serialNumber: serial, publicKey: .init(key.publicKey),
        notValidBefore: date(now - leeway), notValidAfter: date(now + days * day), issuer: name, subject: name,
        signatureAlgorithm: .ecdsaWithSHA256,
        extensions: try Certificate.Extensions {
          Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
          Critical(KeyUsage(keyCertSign: true))
          SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
        }, issuerPrivateKey: .init(key))
      return try ServerAuthority(
        certificate: try certificate.serializeAsPEM().pemString, key: key.pemRepresentation)
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(message: "no certificate authority could be made")
    }
  }

  /// - Parameters: PEM, as `make` gave it.
  package init(certificate: String, key: String) throws(Failure) {
    do {
      let own = try Certificate(pemEncoded: certificate)
      let privateKey = try Certificate.PrivateKey(pemEncoded: key)
      guard privateKey.publicKey == own.publicKey else {
        throw Failure(message: "the key does not belong to the certificate of the authority")
      }
      name = own.subject
      self.privateKey = privateKey
      expires = Int(own.notValidAfter.timeIntervalSince1970)
    } catch let error as Failure {
      throw error
    } catch {
      throw Failure(message: "the certificate authority is not readable PEM")
    }
    self.certificate = certificate
    self.key = key
  }

  /// A certificate for a server.
  ///
  /// - Parameters:
  ///   - names: DNS names by which clients call it.
  ///   - addresses: IP addresses by which they do.
  ///   - now: seconds since 1970-01-01T00:00:00Z.
  /// - Returns: the pair, and when the certificate expires.
  package func serverPair(
    names: [String], addresses: [IPAddress], now: Int
  ) throws(Failure) -> (pair: CertificatePair, expires: Int) {
    let end = min(now + Self.leafDays * Self.day, expires)
    guard now < end else {
      throw Failure(message: "the certificate authority has expired; remove its files, and apply the new one")
    }
    let key = P256.Signing.PrivateKey()
    do {
      let alternatives =
        names.map { GeneralName.dnsName($0) }
        + addresses.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: ArraySlice(Self.bytes($0)))) }
      let certificate = try Certificate(
        version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: .init(key.publicKey),
        notValidBefore: Self.date(now - Self.leeway), notValidAfter: Self.date(end), issuer: name,
        subject: try DistinguishedName { CommonName(names.first ?? "bartizan") },
        signatureAlgorithm: .ecdsaWithSHA256,
        extensions: try Certificate.Extensions {
          Critical(BasicConstraints.notCertificateAuthority)
          Critical(KeyUsage(digitalSignature: true))
          try ExtendedKeyUsage([.serverAuth])
          SubjectAlternativeNames(alternatives)
        }, issuerPrivateKey: privateKey)
      return (
        CertificatePair(
          certificate: Array(try certificate.serializeAsPEM().pemString.utf8), key: Array(key.pemRepresentation.utf8)),
        end
      )
    } catch {
      throw Failure(message: "no certificate could be made for \(names.joined(separator: ", "))")
    }
  }

  /// Whether a certificate that expires then is to be made anew.
  package static func isDue(expires: Int, now: Int) -> Bool { expires - now < leafDays * day / 3 }

  private static func date(_ seconds: Int) -> Date { Date(timeIntervalSince1970: TimeInterval(seconds)) }

  private static func bytes(_ address: IPAddress) -> [UInt8] {
    let count = address.isV6 ? 16 : 4
    return (0..<count).map { UInt8(truncatingIfNeeded: address.value >> UInt128(8 * (count - 1 - $0))) }
  }
}

/// When the first certificate of a PEM expires.
package enum CertificateExpiry {
  /// - Returns: seconds since 1970-01-01T00:00:00Z; nil for what is no certificate.
  package static func seconds(_ pem: [UInt8]) -> Int? {
    guard let documents = try? PEMDocument.parseMultiple(pemString: String(decoding: pem, as: UTF8.self)),
      let first = documents.first, let certificate = try? Certificate(pemDocument: first)
    else { return nil }
    return Int(certificate.notValidAfter.timeIntervalSince1970)
  }
}
