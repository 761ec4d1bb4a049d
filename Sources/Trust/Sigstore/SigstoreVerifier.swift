import Bytes

/// Verifies Sigstore's bundles: bytes, keys, time and expectation in, a verdict with its steps out.
///
/// Source of the order: Sigstore client specification, "Verification".
package struct SigstoreVerifier: Sendable {
  /// Which evidence a signature must bring.
  package struct Requirements: Sendable {
    /// An entry in a transparency log. Signatures with keys that never left the house may do without.
    package var log = true
    /// A signed certificate timestamp; private authorities may have no certificate log.
    package var certificateTimestamp = true

    package init(log: Bool = true, certificateTimestamp: Bool = true) {
      self.log = log
      self.certificateTimestamp = certificateTimestamp
    }
  }

  package let root: TrustedRoot
  package let requirements: Requirements

  package init(root: TrustedRoot, requirements: Requirements = Requirements()) {
    self.root = root
    self.requirements = requirements
  }

  /// Verifies that the expected signer signed the artifact.
  ///
  /// Steps follow one another until one fails; the later ones would rest on it.
  package func verify(
    _ bundle: SigstoreBundle, artifact: Artifact, expected: SignerExpectation
  ) async -> TrustVerdict {
    var verdict = TrustVerdict()
    verdict.passed(.format, .text("0.\(bundle.version.rawValue)"))
    let evidence = Evidence(bundle, artifact)
    let times: [Timestamp]
    switch await self.times(evidence, &verdict) {
    case nil: return verdict
    case let proved?: times = proved
    }
    guard let key = await signer(bundle, expected, times, &verdict) else { return verdict }
    guard verifyLog(evidence, key, times, &verdict) else { return verdict }
    guard verifySignature(evidence, key, &verdict) else { return verdict }
    guard verifyArtifact(evidence, &verdict) else { return verdict }
    verdict.times = times
    verdict.signer =
      switch bundle.material {
      case .publicKey: .key(fingerprint: key.fingerprint)
      case .certificates(let chain):
        chain.first.flatMap { try? CertificateIdentity($0) }.map(Signer.certificate)
      }
    return verdict
  }

  /// Reads and verifies a bundle.
  package func verify(
    json: [UInt8], artifact: Artifact, expected: SignerExpectation
  ) async -> TrustVerdict {
    do throws(TrustFailure) {
      return await verify(try SigstoreBundle(json: json), artifact: artifact, expected: expected)
    } catch {
      var verdict = TrustVerdict()
      verdict.failed(.format, error)
      return verdict
    }
  }

  /// The pieces of a bundle that several steps ask for.
  private struct Evidence {
    let bundle: SigstoreBundle
    let artifact: Artifact
    let signature: [UInt8]
    let envelope: DSSEEnvelope?
    /// What the signature is over.
    let signed: Artifact

    init(_ bundle: SigstoreBundle, _ artifact: Artifact) {
      self.bundle = bundle
      self.artifact = artifact
      switch bundle.content {
      case .message(let signature, _):
        self.signature = signature
        envelope = nil
        signed = artifact
      case .envelope(let envelope):
        signature = envelope.signatures.first?.bytes ?? []
        self.envelope = envelope
        signed = .bytes(envelope.signedBytes)
      }
    }
  }

  // MARK: Time

  /// The times that timestamp authorities and logs vouch for; nil where a step failed.
  private func times(_ evidence: Evidence, _ verdict: inout TrustVerdict) async -> [Timestamp]? {
    var times: [Timestamp] = []
    var firstFailure: TrustFailure?
    for stamp in evidence.bundle.timestamps {
      do throws(TrustFailure) {
        let time = try await verifyTimestamp(stamp, evidence.signature)
        times.append(time)
        verdict.passed(.signingTime, .time(time, source: .timestampAuthority))
      } catch {
        // One good timestamp is enough: a bundle may bring those of authorities that are not trusted here.
        firstFailure = firstFailure ?? error
      }
    }
    for entry in evidence.bundle.logEntries {
      guard let seconds = entry.integratedTime, let promise = entry.promise else { continue }
      do throws(TrustFailure) {
        let time = try verifyPromise(entry, seconds, promise)
        verdict.passed(.inclusionPromise, .entry(log: logName(entry), index: entry.index))
        times.append(time)
        verdict.passed(.signingTime, .time(time, source: .transparencyLog))
      } catch {
        guard !isOfNoInterest(error) else {
          verdict.noted(.inclusionPromise, error)
          continue
        }
        verdict.failed(.inclusionPromise, error)
        return nil
      }
    }
    if times.isEmpty {
      if let firstFailure {
        verdict.failed(.signingTime, firstFailure)
        return nil
      }
      // A key has no validity of its own to compare with.
      if case .publicKey = evidence.bundle.material {
        verdict.skipped(.signingTime, .keyGiven)
        return []
      }
      verdict.failed(.signingTime, .noSigningTime)
      return nil
    }
    if let firstFailure { verdict.noted(.signingTime, firstFailure) }
    return times
  }

  private func verifyTimestamp(_ der: [UInt8], _ signature: [UInt8]) async throws(TrustFailure) -> Timestamp {
    let token = try TimestampToken(der: der)
    var failure: TrustFailure?
    for authority in root.timestampAuthorities {
      guard let root = authority.chain.last else { continue }
      // Where the trusted root names the signer's certificate, another one under the same root does not do.
      let leaf = authority.chain.first.flatMap { $0.isAuthority ? nil : $0 }
      if let leaf, !token.data.isSigner(leaf) { continue }
      guard leaf != nil || token.data.certificates.contains(where: token.data.isSigner) else { continue }
      do throws(TrustFailure) {
        _ = try await token.verify(signature, roots: [root], known: Array(authority.chain.dropLast()) + [root])
        guard authority.validity.contains(token.time) else {
          throw TrustFailure.timeOutside(
            .timestamp, name: authority.name, time: token.time, from: authority.validity.start,
            to: authority.validity.end)
        }
        return token.time
      } catch { failure = failure ?? error }
    }
    throw failure ?? .unknownAuthority
  }

  private func log(_ entry: LogEntry) throws(TrustFailure) -> TrustedRoot.Log {
    guard let log = root.transparencyLogs.first(where: { $0.id == entry.logID }) else {
      throw .unknownLog(.logEntry, id: Base64.encode(entry.logID))
    }
    return log
  }

  private func logName(_ entry: LogEntry) -> String { (try? log(entry))?.name ?? Base64.encode(entry.logID) }

  private func verifyPromise(
    _ entry: LogEntry, _ seconds: UInt64, _ promise: [UInt8]
  ) throws(TrustFailure) -> Timestamp {
    let log = try log(entry)
    guard let time = Timestamp(seconds: Int64(clamping: seconds)) else {
      throw .malformed(.logEntry, "integratedTime is out of range")
    }
    guard log.validity.contains(time) else {
      throw .timeOutside(.logEntry, name: log.name, time: time, from: log.validity.start, to: log.validity.end)
    }
    guard log.key.isValid(promise, for: entry.promisedBytes) else { throw .signatureInvalid(.logEntry) }
    return time
  }

  // MARK: Signer

  /// The key that signed, once it is known to be that of the expected signer; nil where a step failed.
  private func signer(
    _ bundle: SigstoreBundle, _ expected: SignerExpectation, _ times: [Timestamp], _ verdict: inout TrustVerdict
  ) async -> VerificationKey? {
    switch (bundle.material, expected) {
    case (.publicKey, .identities):
      verdict.failed(.identity, .signedWithKey)
      return nil
    case (.publicKey, .key(let key)):
      verdict.skipped(.certificateChain, .keyGiven)
      verdict.passed(.identity, .key(key.fingerprint))
      return key
    case (.certificates(let chain), .key(let key)):
      // A certificate around the key that was given adds nothing to it, and takes nothing from it.
      guard let leaf = chain.first, leaf.key.spki == key.spki else {
        verdict.failed(.identity, .signedWithCertificate)
        return nil
      }
      verdict.skipped(.certificateChain, .keyGiven)
      verdict.passed(.identity, .key(key.fingerprint))
      return key
    case (.certificates(let chain), .identities(let identities)):
      return await certificateSigner(chain, identities, times, &verdict)
    }
  }

  private func certificateSigner(
    _ chain: [SigningCertificate], _ identities: [ExpectedIdentity], _ times: [Timestamp],
    _ verdict: inout TrustVerdict
  ) async -> VerificationKey? {
    guard let leaf = chain.first else { return nil }
    let issuer: SigningCertificate
    do throws(TrustFailure) {
      var found: SigningCertificate?
      for time in times { found = try await validate(leaf, Array(chain.dropFirst()), at: time) }
      guard let found else { throw TrustFailure.noSigningTime }
      issuer = found
    } catch {
      verdict.failed(.certificateChain, error)
      return nil
    }
    verdict.passed(.certificateChain, .certificate(subject: leaf.name, issuer: issuer.name))
    if requirements.certificateTimestamp {
      do throws(TrustFailure) {
        let time = try CertificateTransparency.verify(leaf, issuer: issuer, root: root)
        verdict.passed(.certificateTransparency, .time(time, source: .transparencyLog))
      } catch {
        verdict.failed(.certificateTransparency, error)
        return nil
      }
    } else {
      verdict.skipped(.certificateTransparency, .policy)
    }
    do throws(TrustFailure) {
      let identity = try CertificateIdentity(leaf)
      let mismatches = identities.map { $0.mismatch(identity) }
      guard mismatches.contains(where: { $0 == nil }) else {
        throw mismatches.count == 1
          ? mismatches.compactMap { $0 }.first ?? .noSigningTime
          : TrustFailure.identityMismatch(
            wanted: identities.map { $0.name.text + " (" + $0.issuer.text + ")" },
            found: identity.names.map { $0 + " (" + identity.issuer + ")" })
      }
      verdict.passed(.identity, .identity(identity.names.first ?? "", issuer: identity.issuer))
    } catch {
      verdict.failed(.identity, error)
      return nil
    }
    return leaf.key
  }

  /// - Returns: the certificate that issued the leaf.
  private func validate(
    _ leaf: SigningCertificate, _ given: [SigningCertificate], at time: Timestamp
  ) async throws(TrustFailure) -> SigningCertificate {
    var failure: TrustFailure?
    for authority in root.certificateAuthorities {
      guard let root = authority.chain.last else { continue }
      let path = CertificatePath(
        roots: [root], intermediates: Array(authority.chain.dropLast()) + given, usage: .codeSigning)
      do throws(TrustFailure) {
        let chain = try await path.validate(leaf, at: time)
        guard authority.validity.contains(time) else {
          throw TrustFailure.timeOutside(
            .certificateChain, name: authority.name, time: time, from: authority.validity.start,
            to: authority.validity.end)
        }
        guard chain.count >= 2 else {
          throw TrustFailure.untrustedCertificate(name: leaf.name, reason: "it is a root itself")
        }
        return chain[1]
      } catch {
        // The refusal of the authority that issued it says most.
        if failure == nil || authority.chain.contains(where: { $0.subjectDER == leaf.issuerDER }) { failure = error }
      }
    }
    throw failure ?? .untrustedCertificate(name: leaf.name, reason: "the trusted root has no certificate authority")
  }

  // MARK: Log

  private func verifyLog(
    _ evidence: Evidence, _ key: VerificationKey, _ times: [Timestamp], _ verdict: inout TrustVerdict
  ) -> Bool {
    let bundle = evidence.bundle
    guard !bundle.logEntries.isEmpty else {
      guard !requirements.log else {
        verdict.failed(.logEntry, .missing(.logEntry))
        return false
      }
      verdict.skipped(.logEntry, .policy)
      return true
    }
    let verifier: EntryBody.Verifier =
      switch bundle.material {
      case .publicKey: .key(key.spki)
      case .certificates(let chain): .certificate(chain.first?.der ?? [])
      }
    let signed = EntryBody.Signed(
      signature: evidence.signature, verifier: verifier, hashed: evidence.signed, envelope: evidence.envelope)
    for entry in bundle.logEntries {
      var kind = TrustStep.Kind.inclusionProof
      do throws(TrustFailure) {
        let log = try log(entry)
        if let proof = entry.proof {
          try verifyProof(entry, proof)
          verdict.passed(.inclusionProof, .entry(log: log.name, index: entry.index))
          kind = .checkpoint
          let checkpoint = try verifyCheckpoint(proof, log)
          for time in times where !log.validity.contains(time) {
            throw TrustFailure.timeOutside(
              .checkpoint, name: log.name, time: time, from: log.validity.start, to: log.validity.end)
          }
          verdict.passed(.checkpoint, .checkpoint(log: checkpoint.origin, size: checkpoint.size))
        } else if entry.promise == nil {
          throw TrustFailure.missing(.inclusionProof)
        }
        kind = .logEntry
        try EntryBody.compare(entry, with: signed)
        verdict.passed(.logEntry, .entry(log: log.name, index: entry.index))
      } catch {
        guard !isOfNoInterest(error) else {
          verdict.noted(kind, error)
          continue
        }
        verdict.failed(kind, error)
        return false
      }
    }
    return true
  }

  /// Where no log is asked for, an entry of one that nobody here knows, such as a company's own, proves nothing and disproves
  /// nothing. What a known log says must be true all the same.
  private func isOfNoInterest(_ failure: TrustFailure) -> Bool {
    if !requirements.log, case .unknownLog(.logEntry, _) = failure { return true }
    return false
  }

  private func verifyProof(_ entry: LogEntry, _ proof: LogEntry.InclusionProof) throws(TrustFailure) {
    let root = MerkleTree.root(leaf: entry.body, index: proof.index, size: proof.treeSize, proof: proof.hashes)
    guard let root, root == proof.rootHash else { throw .inclusionMismatch }
  }

  private func verifyCheckpoint(
    _ proof: LogEntry.InclusionProof, _ log: TrustedRoot.Log
  ) throws(TrustFailure) -> Checkpoint {
    guard let note = proof.checkpoint else { throw .missing(.checkpoint) }
    let checkpoint = try Checkpoint(note)
    try checkpoint.verify(log)
    guard checkpoint.rootHash == proof.rootHash, checkpoint.size == proof.treeSize else { throw .inclusionMismatch }
    return checkpoint
  }

  // MARK: Signature and artifact

  private func verifySignature(
    _ evidence: Evidence, _ key: VerificationKey, _ verdict: inout TrustVerdict
  ) -> Bool {
    let isValid: Bool
    switch evidence.signed {
    case .bytes(let bytes): isValid = key.isValid(evidence.signature, for: bytes)
    case .digest(let digest):
      guard key.takesHash else {
        verdict.failed(
          .signature, .unsupported(.signature, "\(key.kind.rawValue) over a digest alone; give the artifact itself"))
        return false
      }
      isValid = key.isValid(evidence.signature, hash: digest.bytes)
    }
    guard isValid else {
      verdict.failed(.signature, .signatureInvalid(evidence.envelope == nil ? .payload : .envelope))
      return false
    }
    verdict.passed(.signature)
    return true
  }

  private func verifyArtifact(_ evidence: Evidence, _ verdict: inout TrustVerdict) -> Bool {
    switch evidence.bundle.content {
    case .message(_, let stated):
      if let stated, let given = evidence.artifact.digest(stated.algorithm), given != stated {
        verdict.failed(.artifact, .digestMismatch(signed: stated.text, given: given.text))
        return false
      }
      verdict.passed(.artifact, .digest(evidence.artifact.shown))
      return true
    case .envelope(let envelope):
      do throws(TrustFailure) {
        guard envelope.payloadType == DSSEEnvelope.inTotoType else {
          throw TrustFailure.unsupported(.envelope, "payload type \(envelope.payloadType)")
        }
        let statement = try InTotoStatement(payload: envelope.payload)
        guard HashAlgorithm.allCases.contains(where: { evidence.artifact.digest($0).map(statement.isAbout) ?? false })
        else { throw TrustFailure.notASubject(given: evidence.artifact.shown) }
        verdict.statement = statement
        verdict.passed(.statement, .text(statement.predicateType))
        verdict.passed(.artifact, .digest(evidence.artifact.shown))
        return true
      } catch {
        verdict.failed(.statement, error)
        return false
      }
    }
  }
}
