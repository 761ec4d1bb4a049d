package import Bytes

/// What a verification of one piece of evidence gave.
package struct EvidenceVerdict: Sendable {
  /// What a piece of evidence is good for: who signed the image, or a statement on it.
  package enum Purpose: String, Sendable {
    case signature
    case attestation
  }

  /// Where the evidence was found.
  package let origin: String
  package let purpose: Purpose
  package let verdict: TrustVerdict
}

/// Whether one authority's demands are met.
package struct AuthorityVerdict: Sendable {
  package let name: String
  /// All evidence that was looked at for it, good or not.
  package let evidence: [EvidenceVerdict]
  /// Types of attestations that are missing or do not hold.
  package let missingAttestations: [String]
  package let isSatisfied: Bool
}

/// Whether one policy is met.
package struct PolicyVerdict: Sendable {
  /// What the policy comes to for the image.
  package enum Outcome: Sendable {
    case satisfied
    /// The policy is not met, and an exception lets the image through.
    case excepted(reason: String, expires: CalendarDate?)
    case refused
  }

  package let policy: String
  package let authorities: [AuthorityVerdict]
  package let outcome: Outcome
  /// An exception that would have applied and is over.
  package let expiredException: CalendarDate?
}

/// What is known of an image's signatures under all policies that apply to it.
package struct SignedImageVerdict: Sendable {
  /// What all policies together come to.
  package enum Standing: String, Sendable, CaseIterable {
    /// Every policy that applies is met.
    case verified
    /// Not met, and let through by an exception.
    case excepted
    /// There is no signature at all.
    case unsigned
    /// There are signatures, and none by those who should have signed.
    case untrusted
    /// The signature is there; a required attestation is not, or its conditions do not hold.
    case attestationMissing
    /// No policy says anything about the image.
    case noPolicy
    /// Signatures could not all be read, so that their absence proves nothing.
    case unknown
  }

  package let reference: String
  package let digest: Digest
  package let policies: [PolicyVerdict]
  package let standing: Standing
  /// What could not be read.
  package let gaps: [String]
  /// Whether it is an index of images for several platforms, each of which may have signatures of its own.
  package var isIndex = false
  /// The index whose signature it is; nil where the image itself is signed.
  package var index: Digest?

  package var isGood: Bool { standing == .verified || standing == .excepted }

  /// Nil where nothing was verified: who signed first.
  package var signer: Signer? {
    for policy in policies {
      for authority in policy.authorities where authority.isSatisfied {
        for evidence in authority.evidence where evidence.verdict.isVerified {
          if let signer = evidence.verdict.signer { return signer }
        }
      }
    }
    return nil
  }
}

/// Judges images by policies: signatures and time in, verdicts out.
package struct ImageJudge: Sendable {
  package let policies: [ImagePolicy]
  /// Nil: nothing with a certificate of Sigstore can be verified, which then is said.
  package let root: TrustedRoot?
  package let store: NotationTrustStore
  package let revocation: RevocationEvidence

  package init(
    policies: [ImagePolicy], root: TrustedRoot?, store: NotationTrustStore = NotationTrustStore(),
    revocation: RevocationEvidence = RevocationEvidence()
  ) {
    self.policies = policies
    self.root = root
    self.store = store
    self.revocation = revocation
  }

  /// An image that was chosen out of an index is good where its own signatures are, or those of the index.
  package func judge(_ image: SignedImage, now: Timestamp) async -> SignedImageVerdict {
    let own = await judgeAlone(image, now)
    guard !own.isGood, let index = image.indexes.first else { return own }
    let whole = await judgeAlone(index, now)
    guard whole.isGood else { return own }
    return SignedImageVerdict(
      reference: image.reference, digest: image.digest, policies: whole.policies, standing: whole.standing,
      gaps: whole.gaps, index: index.digest)
  }

  private func judgeAlone(_ image: SignedImage, _ now: Timestamp) async -> SignedImageVerdict {
    var verdicts: [PolicyVerdict] = []
    for policy in policies where policy.applies(to: image) {
      verdicts.append(await judge(image, policy, now))
    }
    return SignedImageVerdict(
      reference: image.reference, digest: image.digest, policies: verdicts, standing: standing(image, verdicts),
      gaps: image.gaps, isIndex: image.isIndex)
  }

  private func standing(_ image: SignedImage, _ verdicts: [PolicyVerdict]) -> SignedImageVerdict.Standing {
    guard !verdicts.isEmpty else { return .noPolicy }
    var isExcepted = false
    var refused: [PolicyVerdict] = []
    for verdict in verdicts {
      switch verdict.outcome {
      case .satisfied: break
      case .excepted: isExcepted = true
      case .refused: refused.append(verdict)
      }
    }
    guard !refused.isEmpty else { return isExcepted ? .excepted : .verified }
    guard image.gaps.isEmpty else { return .unknown }
    guard !image.evidence.isEmpty else { return .unsigned }
    let lacksOnlyAttestations = refused.allSatisfy { policy in
      policy.authorities.contains { authority in
        !authority.missingAttestations.isEmpty && authority.evidence.contains { $0.verdict.signer != nil }
      }
    }
    return lacksOnlyAttestations ? .attestationMissing : .untrusted
  }

  private func judge(_ image: SignedImage, _ policy: ImagePolicy, _ now: Timestamp) async -> PolicyVerdict {
    var authorities: [AuthorityVerdict] = []
    for authority in policy.authorities { authorities.append(await judge(image, authority, policy, now)) }
    let isMet =
      switch policy.quorum {
      case .any: authorities.contains { $0.isSatisfied }
      case .all: !authorities.isEmpty && authorities.allSatisfy { $0.isSatisfied }
      }
    if isMet {
      return PolicyVerdict(
        policy: policy.name, authorities: authorities, outcome: .satisfied, expiredException: nil)
    }
    var over: CalendarDate?
    for exception in policy.exceptions
    where exception.images.contains(where: { $0.matches(image, tagIsProved: image.isTagProved) }) {
      if let expires = exception.expires, expires < now.date {
        over = expires
        continue
      }
      return PolicyVerdict(
        policy: policy.name, authorities: authorities,
        outcome: .excepted(reason: exception.reason, expires: exception.expires), expiredException: nil)
    }
    return PolicyVerdict(policy: policy.name, authorities: authorities, outcome: .refused, expiredException: over)
  }

  // MARK: Authorities

  private func judge(
    _ image: SignedImage, _ authority: ImageAuthority, _ policy: ImagePolicy, _ now: Timestamp
  ) async -> AuthorityVerdict {
    var results: [EvidenceVerdict] = []
    for evidence in image.evidence {
      guard let result = await verify(evidence, of: image, by: authority, now: now) else { continue }
      var verdict = result.verdict
      if verdict.isVerified, let limit = policy.maximumAge { Self.judgeAge(&verdict, limit, now) }
      results.append(EvidenceVerdict(origin: evidence.origin, purpose: result.purpose, verdict: verdict))
    }
    guard !authority.attestations.isEmpty else {
      let isSigned = results.contains { $0.purpose == .signature && $0.verdict.isVerified }
      return AuthorityVerdict(
        name: authority.name, evidence: results, missingAttestations: [], isSatisfied: isSigned)
    }
    var missing: [String] = []
    for wanted in authority.attestations where !Self.hold(wanted, &results, image) {
      missing.append(wanted.predicateType)
    }
    return AuthorityVerdict(
      name: authority.name, evidence: results, missingAttestations: missing, isSatisfied: missing.isEmpty)
  }

  /// Whether a verified statement of the type is there whose conditions all hold. Those that do not are recorded in it.
  private static func hold(
    _ wanted: ImageAuthority.Attestation, _ results: inout [EvidenceVerdict], _ image: SignedImage
  ) -> Bool {
    var isFound = false
    for (index, result) in results.enumerated() where result.verdict.isVerified {
      guard let statement = result.verdict.statement,
        PredicateType.matches(statement.predicateType, wanted.predicateType)
      else { continue }
      var verdict = result.verdict
      for condition in wanted.conditions {
        if let failure = condition.failure(statement, image, verdict.signer) {
          verdict.failed(.condition, failure)
          break
        }
        verdict.passed(.condition, .text(condition.source))
      }
      if verdict.isVerified { isFound = true }
      results[index] = EvidenceVerdict(origin: result.origin, purpose: result.purpose, verdict: verdict)
    }
    return isFound
  }

  /// The oldest proved time counts: anybody can have an old signature stamped again. Without one the age is not known.
  private static func judgeAge(_ verdict: inout TrustVerdict, _ days: Int, _ now: Timestamp) {
    guard let signed = verdict.times.min() else {
      verdict.failed(.age, .noSigningTime)
      return
    }
    let (end, isBeyond) = signed.seconds.addingReportingOverflow(Int64(clamping: days) * 86_400)
    if !isBeyond, now.seconds > end {
      verdict.failed(.age, .tooOld(signed: signed, limit: days))
    } else {
      verdict.passed(.age, .time(signed, source: .timestampAuthority))
      if let last = Timestamp(seconds: end) { verdict.limit(to: last) }
    }
  }

  /// Verifies one piece of evidence, whatever the policies say.
  ///
  /// - Returns: nil for evidence that the authority's kind cannot have made.
  package func verify(
    _ evidence: SignedImage.Evidence, of image: SignedImage, by authority: ImageAuthority, now: Timestamp
  ) async -> EvidenceVerdict? {
    guard let (purpose, verdict) = await verify(evidence, image, authority, now) else { return nil }
    return EvidenceVerdict(origin: evidence.origin, purpose: purpose, verdict: verdict)
  }

  private func verify(
    _ evidence: SignedImage.Evidence, _ image: SignedImage, _ authority: ImageAuthority, _ now: Timestamp
  ) async -> (EvidenceVerdict.Purpose, TrustVerdict)? {
    switch (evidence.form, authority.kind) {
    case (.notation(let bytes, let format), .notation(let statement)):
      let verifier = NotationVerifier(store: store, revocation: revocation)
      let artifact = NotationVerifier.Artifact(
        digest: image.digest.text, mediaType: image.mediaType, size: image.size)
      return (
        .signature,
        await verifier.verify(bytes, format: format, artifact: artifact, statement: statement, now: now)
      )
    case (.notation, _), (_, .notation): return nil
    case (_, .keys(let keys)):
      return await verifySigstore(evidence, image, keys.map(SignerExpectation.key), authority)
    case (_, .keyless(let identities)):
      return await verifySigstore(evidence, image, [.identities(identities)], authority)
    }
  }

  private func verifySigstore(
    _ evidence: SignedImage.Evidence, _ image: SignedImage, _ expected: [SignerExpectation],
    _ authority: ImageAuthority
  ) async -> (EvidenceVerdict.Purpose, TrustVerdict) {
    var verdict = TrustVerdict()
    do throws(TrustFailure) {
      let bundle: SigstoreBundle
      var payload: [UInt8]?
      switch evidence.form {
      case .bundle(let json): bundle = try SigstoreBundle(json: json)
      case .cosign(let content, let layer):
        bundle = try CosignManifest.bundle(content, layer)
        if case .message = bundle.content { payload = content }
      case .notation: return (.signature, verdict)
      }
      guard let root = self.root ?? (authority.needsRoot ? nil : .empty) else { throw .missing(.trustedRoot) }
      let verifier = SigstoreVerifier(
        root: root,
        requirements: .init(
          log: authority.requiresLog, certificateTimestamp: authority.requiresCertificateTimestamp))
      let artifact = payload.map { Artifact.bytes($0) } ?? .digest(ArtifactDigest(image.digest))
      for one in expected {
        verdict = await verifier.verify(bundle, artifact: artifact, expected: one)
        if verdict.isVerified { break }
      }
      if let payload, verdict.isVerified {
        let signed = try SimpleSigning(payload: payload)
        guard signed.digest == image.digest.text else {
          throw .digestMismatch(signed: signed.digest, given: image.digest.text)
        }
        if let name = authority.signedName, !name.accepts(signed.reference, of: image) {
          throw .otherName(signed.reference)
        }
        verdict.passed(.artifact, .digest(signed.digest))
      } else if authority.signedName != nil, verdict.isVerified {
        throw .otherName("")
      }
      return (Self.purpose(bundle), verdict)
    } catch {
      verdict.failed(verdict.steps.isEmpty ? .format : .artifact, error)
      return (.signature, verdict)
    }
  }

  /// A statement of cosign 3 that says nothing but that it is signed is a signature.
  private static func purpose(_ bundle: SigstoreBundle) -> EvidenceVerdict.Purpose {
    guard case .envelope(let envelope) = bundle.content else { return .signature }
    let statement = try? InTotoStatement(payload: envelope.payload)
    return statement?.predicateType == PredicateType.cosignSignature ? .signature : .attestation
  }
}
