package import Bytes
package import Trust

/// What the attestations of an image say about its build.
package struct ImageProvenance: Sendable {
  /// One statement, and whether the expected signer made it.
  package struct Claim: Sendable {
    package let origin: String
    package let provenance: SLSAProvenance
    /// Nil where no signer is expected.
    package let verdict: TrustVerdict?
  }

  package let digest: Digest
  package private(set) var claims: [Claim] = []
  /// Types of the other attestations, each once.
  package private(set) var others: [String] = []
  package private(set) var gaps: [String]

  /// - Parameter signer: who should have signed; nil for nobody in particular.
  package init(_ image: SignedImage, judge: ImageJudge, signer: ImageAuthority?, now: Timestamp) async {
    digest = image.digest
    gaps = image.gaps
    for evidence in image.evidence {
      do throws(TrustFailure) {
        guard let statement = try evidence.statement() else { continue }
        guard statement.isAbout(ArtifactDigest(image.digest)) else {
          gaps.append("\(evidence.origin): a statement about another artifact")
          continue
        }
        guard let provenance = try SLSAProvenance(statement) else {
          if !others.contains(statement.predicateType) { others.append(statement.predicateType) }
          continue
        }
        var verdict: TrustVerdict?
        if let signer {
          verdict = await judge.verify(evidence, of: image, by: signer, now: now)?.verdict
        }
        claims.append(Claim(origin: evidence.origin, provenance: provenance, verdict: verdict))
      } catch { gaps.append("\(evidence.origin): \(error.sentence)") }
    }
  }
}
