package import Bytes
import SwiftASN1
import X509

/// Verifies envelopes of Notation under a policy: bytes, certificates and time in, a verdict with its steps out.
///
/// Source of the order: notaryproject/specifications, trust-store-trust-policy.md, "Signature Verification".
package struct NotationVerifier: Sendable {
  /// What the signature is for: the manifest as the registry describes it.
  package struct Artifact: Sendable, Hashable {
    package let digest: String
    /// Nil where it is not known, such as for a digest given alone.
    package let mediaType: String?
    package let size: Int64?

    package init(digest: String, mediaType: String? = nil, size: Int64? = nil) {
      self.digest = digest
      self.mediaType = mediaType
      self.size = size
    }
  }

  package let store: NotationTrustStore
  package let revocation: RevocationEvidence

  package init(store: NotationTrustStore, revocation: RevocationEvidence = RevocationEvidence()) {
    self.store = store
    self.revocation = revocation
  }

  /// Reads and verifies an envelope.
  ///
  /// - Parameter statement: of a policy that applies to the artifact's repository.
  package func verify(
    _ bytes: [UInt8], format: NotationEnvelope.Format, artifact: Artifact,
    statement: NotationTrustPolicy.Statement, now: Timestamp
  ) async -> TrustVerdict {
    var verdict = TrustVerdict()
    guard statement.level != .skip else {
      verdict.skipped(.format, .policy)
      return verdict
    }
    let envelope: NotationEnvelope
    do throws(TrustFailure) {
      envelope = try NotationEnvelope(bytes, format: format)
      verdict.passed(.format, .text(format.rawValue))
      try verifyIntegrity(envelope)
      verdict.passed(.signature)
    } catch {
      verdict.failed(verdict.steps.isEmpty ? .format : .signature, error)
      return verdict
    }
    do throws(TrustFailure) {
      try verifyTarget(envelope, artifact)
      verdict.passed(.artifact, .digest(artifact.digest))
    } catch {
      verdict.failed(.artifact, error)
      return verdict
    }
    guard verifyAuthenticity(envelope, statement, &verdict) else { return verdict }
    guard verifyExpiry(envelope, statement, now, &verdict) else { return verdict }
    let (isProved, time) = await verifyTime(envelope, statement, now, &verdict)
    guard isProved else { return verdict }
    guard await verifyRevocation(envelope, statement, signed: time, now, &verdict) else { return verdict }
    if let time { verdict.times = [time] }
    verdict.signer = envelope.certificates.first.flatMap { try? CertificateIdentity($0) }.map(Signer.certificate)
    return verdict
  }

  /// Records a failure as the policy says.
  ///
  /// - Returns: whether verification goes on.
  private func record(
    _ failure: TrustFailure, _ kind: TrustStep.Kind, _ action: NotationTrustPolicy.Action,
    _ verdict: inout TrustVerdict
  ) -> Bool {
    switch action {
    case .enforce:
      verdict.failed(kind, failure)
      return false
    case .log:
      verdict.noted(kind, failure)
      return true
    case .skip:
      verdict.skipped(kind, .policy)
      return true
    }
  }

  // MARK: Integrity

  private func verifyIntegrity(_ envelope: NotationEnvelope) throws(TrustFailure) {
    guard envelope.contentType == NotationEnvelope.payloadType else {
      throw .unsupported(.envelope, "content type \(envelope.contentType)")
    }
    guard let leaf = envelope.certificates.first else { throw .missing(.certificateChain) }
    try NotationChain.validate(envelope.certificates, usage: .codeSigning)
    // The key decides on the algorithm; another one in the header is an attempt at something.
    let scheme: SignatureScheme? =
      switch (leaf.key.kind, leaf.key.rsaBits) {
      case (.p256, _): .ecdsa(.sha256)
      case (.p384, _): .ecdsa(.sha384)
      case (.p521, _): .ecdsa(.sha512)
      case (.rsa, 2048?): .rsaPSS(.sha256)
      case (.rsa, 3072?): .rsaPSS(.sha384)
      case (.rsa, 4096?): .rsaPSS(.sha512)
      default: nil
      }
    guard let scheme, scheme == envelope.algorithm else {
      throw .unsupported(.envelope, "an algorithm that does not belong to the key")
    }
    var signature = envelope.signature
    if case .ecdsa = scheme {
      guard let der = Self.der(signature, leaf.key.kind) else { throw .malformed(.signature, "its length is wrong") }
      signature = der
    }
    guard leaf.key.isValid(signature, for: envelope.signedBytes, scheme) else { throw .signatureInvalid(.envelope) }
    guard envelope.scheme != .signingAuthority || envelope.authenticSigningTime != nil else {
      throw .malformed(.envelope, "the signing time of the authority is missing")
    }
    if let plugin = envelope.plugin { throw .pluginRequired(plugin) }
    if let name = envelope.unknownCritical.first { throw .unsupported(.envelope, "critical attribute \(name)") }
  }

  /// JOSE and COSE write the two numbers of an ECDSA signature one behind the other.
  private static func der(_ raw: [UInt8], _ kind: VerificationKey.Kind) -> [UInt8]? {
    let half =
      switch kind {
      case .p256: 32
      case .p384: 48
      case .p521: 66
      default: 0
      }
    guard half > 0, raw.count == 2 * half else { return nil }
    func integer(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
      var digits = Array(bytes.drop { $0 == 0 })
      if digits.isEmpty { digits = [0] }
      if let first = digits.first, first >= 0x80 { digits.insert(0, at: 0) }
      return DERWriter.value(0x02, digits)
    }
    return DERWriter.value(0x30, integer(raw[..<half]) + integer(raw[half...]))
  }

  private func verifyTarget(_ envelope: NotationEnvelope, _ artifact: Artifact) throws(TrustFailure) {
    let target = try envelope.target()
    guard target.digest == artifact.digest else {
      throw .digestMismatch(signed: target.digest, given: artifact.digest)
    }
    guard artifact.mediaType == nil || artifact.mediaType == target.mediaType,
      artifact.size == nil || artifact.size == target.size
    else { throw .malformed(.payload, "its media type or size is that of another artifact") }
  }

  // MARK: Authenticity

  private func verifyAuthenticity(
    _ envelope: NotationEnvelope, _ statement: NotationTrustPolicy.Statement, _ verdict: inout TrustVerdict
  ) -> Bool {
    do throws(TrustFailure) {
      let kind: NotationTrustPolicy.StoreKind = envelope.scheme == .x509 ? .ca : .signingAuthority
      let trusted = try certificates(statement, kind)
      guard let leaf = envelope.certificates.first else { throw .missing(.certificate) }
      guard envelope.certificates.contains(where: trusted.contains) else {
        throw .untrustedCertificate(name: leaf.name, reason: "no certificate of its chain is in the trust store")
      }
      if let identities = statement.identities {
        let subject = Self.attributes(leaf)
        guard identities.contains(where: { $0.attributes.allSatisfy { subject[$0.key] == [$0.value] } }) else {
          throw .identityMismatch(wanted: identities.map(\.text), found: [leaf.name])
        }
      }
      verdict.passed(.authenticity, .certificate(subject: leaf.name, issuer: leaf.issuerName))
      return true
    } catch { return record(error, .authenticity, statement.action(.authenticity), &verdict) }
  }

  private func certificates(
    _ statement: NotationTrustPolicy.Statement, _ kind: NotationTrustPolicy.StoreKind
  ) throws(TrustFailure) -> [SigningCertificate] {
    var result: [SigningCertificate] = []
    for name in statement.stores where name.kind == kind {
      guard let certificates = store.certificates(name), !certificates.isEmpty else {
        throw .malformed(.trustStore, "\(name.kind.rawValue):\(name.name) does not exist or is empty")
      }
      result += certificates
    }
    guard !result.isEmpty else { throw .malformed(.trustStore, "the policy names no store of kind \(kind.rawValue)") }
    return result
  }

  /// The subject of a certificate by the short names of its attributes.
  private static func attributes(_ certificate: SigningCertificate) -> [String: [String]] {
    var result: [String: [String]] = [:]
    for names in certificate.certificate.subject {
      for attribute in names {
        guard let text = String(attribute.value) else { continue }
        let type: String =
          switch attribute.type {
          case .RDNAttributeType.countryName: "C"
          case .RDNAttributeType.stateOrProvinceName: "ST"
          case .RDNAttributeType.organizationName: "O"
          case .RDNAttributeType.organizationalUnitName: "OU"
          case .RDNAttributeType.localityName: "L"
          case .RDNAttributeType.commonName: "CN"
          case .RDNAttributeType.streetAddress: "STREET"
          case .RDNAttributeType.domainComponent: "DC"
          case .RDNAttributeType.emailAddress: "EMAILADDRESS"
          case [2, 5, 4, 5]: "SERIALNUMBER"
          case [2, 5, 4, 17]: "POSTALCODE"
          default: attribute.type.description
          }
        result[type, default: []].append(text)
      }
    }
    return result
  }

  // MARK: Time

  private func verifyExpiry(
    _ envelope: NotationEnvelope, _ statement: NotationTrustPolicy.Statement, _ now: Timestamp,
    _ verdict: inout TrustVerdict
  ) -> Bool {
    guard let expiry = envelope.expiry else {
      verdict.skipped(.expiry, .notPresent)
      return true
    }
    guard now >= expiry else {
      verdict.passed(.expiry, .time(expiry, source: .signer))
      verdict.limit(to: expiry)
      return true
    }
    return record(.expired(expiry), .expiry, statement.action(.expiry), &verdict)
  }

  /// - Returns: whether verification goes on, and the time that is proved.
  private func verifyTime(
    _ envelope: NotationEnvelope, _ statement: NotationTrustPolicy.Statement, _ now: Timestamp,
    _ verdict: inout TrustVerdict
  ) async -> (Bool, Timestamp?) {
    let action = statement.action(.authenticTimestamp)
    do throws(TrustFailure) {
      if envelope.scheme == .signingAuthority {
        guard let time = envelope.authenticSigningTime else { throw .noSigningTime }
        try Self.validate(envelope.certificates, from: time, to: time)
        verdict.passed(.signingTime, .time(time, source: .signer))
        return (true, time)
      }
      let isExpired = envelope.certificates.contains { !$0.isValid(at: now) }
      let isWanted =
        statement.stores.contains { $0.kind == .tsa } && (!statement.timestampAfterExpiry || isExpired)
      guard isWanted else {
        try Self.validate(envelope.certificates, from: now, to: now)
        verdict.skipped(.signingTime, .notPresent)
        return (true, nil)
      }
      guard let der = envelope.timestamp else { throw .missing(.timestamp) }
      let token = try TimestampToken(der: der)
      let roots = try certificates(statement, .tsa)
      let path = try await token.verify(envelope.signature, roots: roots, known: roots)
      let lower = Timestamp(nanoseconds: token.time.nanoseconds &- token.accuracy)
      let upper = Timestamp(nanoseconds: token.time.nanoseconds &+ token.accuracy)
      try Self.validate(envelope.certificates, from: lower, to: upper)
      if statement.action(.revocation) != .skip || !revocation.isEmpty {
        // The path ends in a store of ours, so that all of it is trusted.
        let judgement = await revocation.judge(path, trusted: path.count - 1, signed: nil, now: now)
        switch judgement.failure {
        case .revoked(let name, let time)?: throw .revoked(name: name, at: time)
        case let failure?:
          guard record(failure, .revocation, statement.action(.revocation), &verdict) else { return (false, nil) }
        case nil: judgement.ends.map { verdict.limit(to: $0) }
        }
      }
      verdict.passed(.signingTime, .time(token.time, source: .timestampAuthority))
      return (true, token.time)
    } catch { return (record(error, .signingTime, action, &verdict), nil) }
  }

  private static func validate(
    _ chain: [SigningCertificate], from: Timestamp, to: Timestamp
  ) throws(TrustFailure) {
    for certificate in chain {
      guard certificate.isValid(at: from), certificate.isValid(at: to) else {
        throw .timeOutside(
          .certificate, name: certificate.name, time: from, from: certificate.notBefore, to: certificate.notAfter)
      }
    }
  }

  private func verifyRevocation(
    _ envelope: NotationEnvelope, _ statement: NotationTrustPolicy.Statement, signed: Timestamp?, _ now: Timestamp,
    _ verdict: inout TrustVerdict
  ) async -> Bool {
    let action = statement.action(.revocation)
    guard action != .skip else {
      verdict.skipped(.revocation, .policy)
      return true
    }
    let kind: NotationTrustPolicy.StoreKind = envelope.scheme == .x509 ? .ca : .signingAuthority
    // Where the policy only logs that a signer is not trusted, nobody is asked at places that the signer chose.
    let trusted = (try? certificates(statement, kind)).flatMap { trusted in
      envelope.certificates.lastIndex(where: trusted.contains)
    }
    let judgement = await revocation.judge(envelope.certificates, trusted: trusted, signed: signed, now: now)
    guard let failure = judgement.failure else {
      judgement.ends.map { verdict.limit(to: $0) }
      verdict.passed(.revocation, judgement.ends.map { .text("known until \($0.text)") } ?? .none)
      return true
    }
    return record(failure, .revocation, action, &verdict)
  }
}
