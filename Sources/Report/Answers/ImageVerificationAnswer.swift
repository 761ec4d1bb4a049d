package import Bytes
package import Trust

/// Whether images are signed as their policies ask (`image verify`).
package struct ImageVerificationAnswer: KindOfAnswer {
  package static let kind = "ImageVerification"

  /// An image that could not be found, and why.
  package struct Missing: Sendable {
    package let image: String
    package let reason: String

    package init(image: String, reason: String) {
      self.image = image
      self.reason = reason
    }
  }

  private let verdicts: [SignedImageVerdict]
  private let missing: [Missing]
  private let remarks: [String]
  private let explains: Bool

  /// - Parameters:
  ///   - remarks: what is left out of other tools' policies.
  ///   - explains: whether the text shows each step.
  package init(_ verdicts: [SignedImageVerdict], missing: [Missing], remarks: [String], explains: Bool) {
    self.verdicts = verdicts
    self.missing = missing
    self.remarks = remarks
    self.explains = explains
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.key("images")
    writer.array(of: verdicts) { writer, verdict in
      writer.object { writer in
        writer.field("image", verdict.reference)
        writer.field("digest", verdict.digest.text)
        writer.key("index")
        writer.value(verdict.index?.text)
        writer.field("standing", verdict.standing.rawValue)
        writer.signer(verdict.signer)
        writer.key("policies")
        writer.array(of: verdict.policies) { Self.write($1, &$0) }
        writer.field("notRead", verdict.gaps)
      }
    }
    writer.key("notFound")
    writer.array(of: missing) { writer, item in
      writer.object { writer in
        writer.field("image", item.image)
        writer.field("reason", item.reason)
      }
    }
    writer.field("remarks", remarks)
  }

  private static func write(_ policy: PolicyVerdict, _ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("name", policy.policy)
      switch policy.outcome {
      case .satisfied: writer.field("outcome", "satisfied")
      case .refused: writer.field("outcome", "refused")
      case .excepted: writer.field("outcome", "excepted")
      }
      writer.key("exception")
      if case .excepted(let reason, let expires) = policy.outcome {
        writer.object { writer in
          writer.field("reason", reason)
          writer.key("expires")
          writer.value(expires?.text)
        }
      } else {
        writer.null()
      }
      writer.key("expiredException")
      writer.value(policy.expiredException?.text)
      writer.key("authorities")
      writer.array(of: policy.authorities) { writer, authority in
        writer.object { writer in
          writer.field("name", authority.name)
          writer.field("isSatisfied", authority.isSatisfied)
          writer.field("missingAttestations", authority.missingAttestations)
          writer.key("signatures")
          writer.array(of: authority.evidence) { writer, evidence in
            writer.object { writer in
              writer.field("origin", evidence.origin)
              writer.field("purpose", evidence.purpose.rawValue)
              writer.key("predicateType")
              writer.value(evidence.verdict.statement?.predicateType)
              writer.fields(evidence.verdict)
            }
          }
        }
      }
    }
  }

  // MARK: Text

  package func text(_ terminal: Terminal) -> String {
    var text = TextTable(
      columns: ["image", "digest", "result", "signed by"],
      rows: verdicts.map { verdict in
        [verdict.reference, verdict.digest.short, Self.word(verdict.standing), Self.signer(verdict)]
      } + missing.map { [$0.image, "", "not found", $0.reason] }
    ).text(terminal)
    for verdict in verdicts where explains || verdict.standing != .verified {
      text += "\n" + terminal.bold(Terminal.printable(verdict.reference)) + "\n"
      for gap in verdict.gaps { text += terminal.wrapped("not read: \(gap)", indent: 2) + "\n" }
      if verdict.isIndex, verdict.standing == .unsigned {
        text +=
          terminal.wrapped(
            "it is an index of images, each of which may be signed for itself: choose one with --platform", indent: 2)
          + "\n"
      }
      if verdict.policies.isEmpty {
        text += terminal.wrapped("no policy applies to it", indent: 2) + "\n"
      }
      for policy in verdict.policies { text += self.text(policy, terminal) }
    }
    for remark in remarks { text += "\n" + terminal.wrapped(remark, indent: 0) }
    if !remarks.isEmpty { text += "\n" }
    let verified = verdicts.count { $0.standing == .verified }
    return text + "\n\(verified) of \(Phrase.count(verdicts.count + missing.count, "image")) verified\n"
  }

  private func text(_ policy: PolicyVerdict, _ terminal: Terminal) -> String {
    var text = "  policy \(Terminal.printable(policy.policy)): "
    switch policy.outcome {
    case .satisfied: text += "met\n"
    case .refused: text += "not met\n"
    case .excepted(let reason, let expires):
      text += "not met, let through" + (expires.map { " until \($0.text)" } ?? "") + ": \(Terminal.printable(reason))\n"
    }
    if let over = policy.expiredException { text += "    an exception ended on \(over.text)\n" }
    if policy.authorities.isEmpty { text += "    nobody can meet it: no signer is left of the policy\n" }
    for authority in policy.authorities {
      text += "    \(Terminal.printable(authority.name)): \(authority.isSatisfied ? "met" : "not met")\n"
      for type in authority.missingAttestations {
        text += terminal.wrapped("no valid attestation of type \(type)", indent: 6) + "\n"
      }
      if authority.evidence.isEmpty { text += "      no signature of its kind\n" }
      for evidence in authority.evidence where explains || !evidence.verdict.isVerified {
        let end = evidence.verdict.failure.map { "refused: \($0.sentence)" } ?? "verified"
        text += terminal.wrapped("\(evidence.purpose.rawValue) \(evidence.origin): \(end)", indent: 6) + "\n"
        guard explains else { continue }
        for step in evidence.verdict.steps {
          let detail = step.outcome.sentence
          text +=
            terminal.wrapped(
              "\(step.kind.title): \(step.outcome.name)\(detail.isEmpty ? "" : ": " + detail)", indent: 8) + "\n"
        }
      }
    }
    return text
  }

  private static func signer(_ verdict: SignedImageVerdict) -> String {
    guard let signer = verdict.signer else { return "" }
    return signer.text + (verdict.index.map { ", in index \($0.short)" } ?? "")
  }

  private static func word(_ standing: SignedImageVerdict.Standing) -> String {
    switch standing {
    case .verified: "verified"
    case .excepted: "let through by an exception"
    case .unsigned: "unsigned"
    case .untrusted: "not signed by those expected"
    case .attestationMissing: "attestation missing"
    case .noPolicy: "no policy"
    case .unknown: "unknown"
    }
  }
}
