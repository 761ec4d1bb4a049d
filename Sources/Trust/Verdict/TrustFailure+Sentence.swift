import Bytes

extension TrustInput {
  /// As people call it, without an article.
  package var name: String {
    switch self {
    case .bundle: "bundle"
    case .trustedRoot: "trusted root"
    case .publicKey: "public key"
    case .privateKey: "private key"
    case .certificate: "certificate"
    case .certificateChain: "certificate chain"
    case .signature: "signature"
    case .envelope: "envelope"
    case .statement: "in-toto statement"
    case .payload: "signed payload"
    case .timestamp: "timestamp"
    case .logEntry: "log entry"
    case .inclusionProof: "inclusion proof"
    case .checkpoint: "checkpoint"
    case .signedCertificateTimestamp: "signed certificate timestamp (SCT)"
    case .trustPolicy: "trust policy"
    case .trustStore: "trust store"
    case .revocationList: "revocation list"
    case .statusResponse: "certificate status (OCSP)"
    case .imagePolicy: "image policy"
    case .updateMetadata: "TUF document"
    }
  }
}

extension TrustFailure {
  /// One sentence for people, without a full stop.
  package var sentence: String {
    switch self {
    case .malformed(let input, let reason): "the \(input.name) cannot be read: \(reason)"
    case .unsupported(let input, let kind): "the \(input.name) is of a kind that is not supported: \(kind)"
    case .tooLarge(let input, let limit, let unit): "the \(input.name) exceeds \(limit) \(unit)"
    case .missing(let input): "there is no \(input.name)"
    case .weakKey(let key): "the key is too weak: \(key)"
    case .signedWithKey: "it is signed with a key, not with a certificate; give the public key"
    case .signedWithCertificate: "it is signed with a certificate, not with a key; give the expected identity"
    case .signatureInvalid(let input): "the signature of the \(input.name) is not valid"
    case .digestMismatch(let signed, let given): "the signature is for \(signed), not for \(given)"
    case .notASubject(let given): "no subject of the statement has the digest \(given)"
    case .noSigningTime: "neither a timestamp nor the transparency log says when the signature was made"
    case .timeOutside(let input, let name, let time, let from, let to):
      "the \(input.name) \(name) was not valid at \(time.text)" + Self.interval(from, to)
    case .untrustedCertificate(let name, let reason):
      "the certificate \(name) does not lead to a trusted root" + (reason.isEmpty ? "" : ": \(reason)")
    case .noRoot(let name):
      "the certificate \(name) is no root, and a store of time stamping authorities holds roots alone"
    case .wrongUsage(let name, let usage): "the certificate \(name) may not be used for \(usage.name)"
    case .rootInChain(let name):
      "the chain holds the self-signed certificate \(name); a root must come from the verifier"
    case .unknownLog(let input, let id): "no key in the trusted root for the \(input.name) of log \(id)"
    case .unknownAuthority: "no timestamp authority of the trusted root made the timestamp"
    case .imprintMismatch: "the timestamp was made for another signature"
    case .duplicate(let input): "the same \(input.name) occurs twice"
    case .inclusionMismatch: "the inclusion proof does not lead to the root hash"
    case .entryMismatch(let field): "the log entry is about another \(field.rawValue)"
    case .identityMismatch(let wanted, let found):
      "signed by \(Self.list(found)), not by \(Self.list(wanted))"
    case .issuerMismatch(let wanted, let found):
      "the identity was confirmed by \(found.isEmpty ? "nobody" : found), not by \(Self.list(wanted))"
    case .claimMismatch(let claim, let wanted, let found):
      "\(claim.name) is \(found ?? "not stated"), not \(wanted)"
    case .expired(let time): "the signature expired at \(time.text)"
    case .revoked(let name, let time): "the certificate \(name) was revoked" + (time.map { " at \($0.text)" } ?? "")
    case .revocationUnknown(let name, let gap):
      "whether the certificate \(name) is revoked is not known: \(gap.sentence)"
    case .pluginRequired(let name): "the signature must be verified by the Notation plug-in \(name)"
    case .conditionFalse(let condition): "the condition does not hold: \(condition)"
    case .conditionError(let condition, let reason): "the condition cannot be evaluated: \(condition): \(reason)"
    case .rollback(let role, let from, let to):
      "\(role.rawValue) of version \(to) is offered after \(from)"
    case .mixed(let role, let wanted, let found):
      "\(role.rawValue) of version \(found) is offered where \(wanted) belongs to the rest"
    case .tooFewSignatures(let role, let wanted, let found):
      "\(found) of \(wanted) signatures that \(role) needs are valid"
    case .metadataExpired(let role, let time): "\(role.rawValue) expired at \(time.text)"
    case .wrongPassword: "the password is wrong, or the file of the private key has been changed"
    case .otherName(let name):
      name.isEmpty ? "the signature does not say of which name it is" : "it was signed under the name \(name)"
    case .tooOld(let signed, let limit): "signed at \(signed.text), which is more than \(limit) days ago"
    }
  }

  private static func interval(_ from: Timestamp?, _ to: Timestamp?) -> String {
    switch (from, to) {
    case (let from?, let to?): " (valid from \(from.text) to \(to.text))"
    case (let from?, nil): " (valid from \(from.text))"
    case (nil, let to?): " (valid to \(to.text))"
    case (nil, nil): ""
    }
  }

  private static func list(_ items: [String]) -> String {
    items.isEmpty ? "nobody" : items.joined(separator: " or ")
  }
}

extension RevocationGap {
  /// For people, without a full stop.
  var sentence: String {
    switch self {
    case .noEvidence: "no list and no answer of a responder speaks for it (--crl, --ocsp, or --fetch-revocation)"
    case .notCurrent: "what speaks for it is of another time"
    case .deltaMissing: "the list has a delta, which is not there"
    case .unknownToResponder: "its responder does not know it"
    case .unreadable: "its extensions cannot be read"
    case .aboveTrust: "it stands above what the trust store holds, and nobody asks where it says"
    case .unreachable(let reason): reason
    }
  }
}

extension CertificateUsage {
  /// As people call it.
  package var name: String {
    switch self {
    case .codeSigning: "code signing"
    case .timeStamping: "time stamping"
    case .certificateSigning: "signing certificates"
    case .digitalSignature: "digital signatures"
    }
  }
}
