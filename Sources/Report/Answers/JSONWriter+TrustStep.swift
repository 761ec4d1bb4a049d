import Bytes
import Trust

extension JSONWriter {
  /// Writes the fields of a verdict on one signature: whether it is verified, who signed when, and the steps.
  mutating func fields(_ verdict: TrustVerdict) {
    field("isVerified", verdict.isVerified)
    signer(verdict.signer)
    key("signedAt")
    value(verdict.times.max()?.text)
    key("failure")
    value(verdict.failure?.sentence)
    key("steps")
    array(of: verdict.steps) { writer, step in
      writer.object { writer in
        writer.field("step", step.kind.rawValue)
        writer.field("result", step.outcome.name)
        writer.field("detail", step.outcome.sentence)
      }
    }
  }

  mutating func signer(_ signer: Signer?) {
    key("signer")
    guard let signer else { return null() }
    object { writer in
      switch signer {
      case .key(let fingerprint): writer.field("key", fingerprint)
      case .certificate(let identity):
        writer.field("names", identity.names)
        writer.field("issuer", identity.issuer)
        writer.field("subject", identity.subject)
        writer.key("claims")
        writer.object { writer in
          for (claim, value) in identity.claims.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.field(claim.key, value)
          }
        }
      }
    }
  }
}

extension TrustStep.Kind {
  /// What the step is about, for people.
  var title: String {
    switch self {
    case .format: "format"
    case .signingTime: "signing time"
    case .certificateChain: "certificate chain"
    case .certificateTransparency: "certificate transparency"
    case .identity: "identity"
    case .inclusionPromise: "log's promise"
    case .inclusionProof: "inclusion proof"
    case .checkpoint: "checkpoint"
    case .logEntry: "log entry"
    case .signature: "signature"
    case .artifact: "artifact"
    case .statement: "statement"
    case .authenticity: "authenticity"
    case .expiry: "expiry"
    case .revocation: "revocation"
    case .condition: "condition"
    case .age: "age"
    }
  }
}

extension TrustStep.Outcome {
  /// For programs.
  var name: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .skipped: "skipped"
    case .noted: "noted"
    }
  }

  /// For people; empty where there is nothing to say.
  var sentence: String {
    switch self {
    case .passed(let detail): detail.sentence
    case .failed(let failure), .noted(let failure): failure.sentence
    case .skipped(let reason): reason.sentence
    }
  }
}

extension TrustSkip {
  var sentence: String {
    switch self {
    case .keyGiven: "not needed with a key"
    case .policy: "not asked for"
    case .notPresent: "the signature has none"
    }
  }
}

extension TrustDetail {
  var sentence: String {
    switch self {
    case .none: ""
    case .digest(let text), .text(let text): text
    case .time(let time, let source):
      switch source {
      case .timestampAuthority: "\(time.text), by a timestamp authority"
      case .transparencyLog: "\(time.text), by a transparency log"
      case .signer: "\(time.text), as the signer says"
      }
    case .certificate(let subject, let issuer): "\(subject), issued by \(issuer)"
    case .identity(let name, let issuer): issuer.isEmpty ? name : "\(name), confirmed by \(issuer)"
    case .key(let fingerprint): "key \(fingerprint)"
    case .entry(let log, let index): "entry \(index) of \(log)"
    case .checkpoint(let log, let size): "\(log) with \(size) entries"
    }
  }
}
