package import Bytes
package import Trust

/// How an image was made, as its attestations say (`image provenance`).
package struct ImageProvenanceAnswer: KindOfAnswer {
  package static let kind = "ImageProvenance"

  /// What one attestation says, and whether its signature was verified.
  package struct Claim: Sendable {
    package let origin: String
    package let provenance: SLSAProvenance
    /// Nil where no signer was expected, so that anybody may have written it.
    package let verdict: TrustVerdict?

    package init(origin: String, provenance: SLSAProvenance, verdict: TrustVerdict?) {
      self.origin = origin
      self.provenance = provenance
      self.verdict = verdict
    }
  }

  private let image: String
  private let digest: Digest
  private let claims: [Claim]
  /// Types of the other attestations.
  private let others: [String]
  private let gaps: [String]

  package init(image: String, digest: Digest, claims: [Claim], others: [String], gaps: [String]) {
    self.image = image
    self.digest = digest
    self.claims = claims
    self.others = others
    self.gaps = gaps
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("image", image)
    writer.field("digest", digest.text)
    writer.key("provenance")
    writer.array(of: claims) { writer, claim in
      writer.object { writer in
        let provenance = claim.provenance
        writer.field("origin", claim.origin)
        writer.field("slsa", provenance.version)
        writer.field("builder", provenance.builder)
        writer.field("buildType", provenance.buildType)
        writer.key("source")
        if let source = provenance.source { Self.write(source, &writer) } else { writer.null() }
        writer.key("entryPoint")
        writer.value(provenance.entryPoint)
        writer.key("invocation")
        writer.value(provenance.invocation)
        writer.key("started")
        writer.value(provenance.started?.text)
        writer.key("finished")
        writer.value(provenance.finished?.text)
        writer.key("materials")
        writer.array(of: provenance.materials) { Self.write($1, &$0) }
        writer.field("isVerified", claim.verdict?.isVerified ?? false)
        writer.signer(claim.verdict?.signer)
        writer.key("failure")
        writer.value(claim.verdict?.failure?.sentence)
      }
    }
    writer.field("otherAttestations", others)
    writer.field("notRead", gaps)
  }

  private static func write(_ material: SLSAProvenance.Material, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("uri", material.uri)
      writer.key("digest")
      writer.object { writer in
        for (algorithm, digits) in material.digests.sorted(by: { $0.key < $1.key }) { writer.field(algorithm, digits) }
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = "\(terminal.bold(Terminal.printable(image)))\n  \(digest.text)\n"
    for claim in claims {
      let provenance = claim.provenance
      text += "\n"
      func line(_ label: String, _ value: String?) {
        guard let value, !value.isEmpty else { return }
        text += "  " + Terminal.padded(label, 12) + Terminal.printable(value) + "\n"
      }
      line("Built by", provenance.builder)
      line("From", provenance.source.map { $0.uri + Self.suffix($0) })
      line("By", provenance.entryPoint)
      line("Build type", provenance.buildType)
      line("Run", provenance.invocation)
      line("Started", provenance.started?.text)
      line("Finished", provenance.finished?.text)
      line("Materials", provenance.materials.isEmpty ? nil : "\(provenance.materials.count)")
      switch claim.verdict {
      case nil: line("Signature", "not verified: name the expected signer")
      case let verdict?:
        if let failure = verdict.failure {
          line("Signature", "not verified: \(failure.sentence)")
        } else {
          line("Signature", "verified, by \(verdict.signer?.text ?? "nobody")")
        }
      }
    }
    if claims.isEmpty { text += "\n  No provenance is attached to it.\n" }
    if !others.isEmpty { text += "\n  Other attestations: \(others.map(Terminal.printable).joined(separator: ", "))\n" }
    for gap in gaps { text += terminal.wrapped("Not read: \(gap)", indent: 2) + "\n" }
    return text
  }

  private static func suffix(_ material: SLSAProvenance.Material) -> String {
    guard let (algorithm, digits) = material.digests.min(by: { $0.key < $1.key }) else { return "" }
    return " (\(algorithm) \(digits))"
  }
}
