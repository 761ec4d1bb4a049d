import ArgumentParser
import Bytes
import Findings
import Operations
import Trust

/// Who is expected to have signed, and what the verification rests on.
struct SignerOptions: ParsableArguments {
  @Option(help: "Public key of the expected signer, as PEM. Repeatable: any of them.", completion: .file())
  var key: [String] = []
  @Option(help: "Identity in the signer's certificate: a URI or an e-mail address.") var certificateIdentity: String?
  @Option(help: "The same as a regular expression (RE2) for the whole text.") var certificateIdentityRegexp: String?
  @Option(help: "OpenID Connect issuer that confirmed the identity.") var certificateOidcIssuer: String?
  @Option(help: "The same as a regular expression (RE2) for the whole text.") var certificateOidcIssuerRegexp: String?
  @Option(
    help:
      "Trusted root of Sigstore (trusted_root.json); by default the one that cosign keeps, or the built-in one of the public instance.",
    completion: .file())
  var trustedRoot: String?
  @Flag(help: "Accept signatures that stand in no transparency log.") var insecureIgnoreTlog = false
  @Flag(help: "Accept certificates that no certificate transparency log has signed.") var insecureIgnoreSct = false

  var isEmpty: Bool {
    key.isEmpty && certificateIdentity == nil && certificateIdentityRegexp == nil && certificateOidcIssuer == nil
      && certificateOidcIssuerRegexp == nil
  }

  /// The expected signer; nil where none is named.
  func authority(attestations: [ImageAuthority.Attestation] = []) throws -> ImageAuthority? {
    guard !isEmpty else { return nil }
    let hasIdentity = certificateIdentity != nil || certificateIdentityRegexp != nil
    let hasIssuer = certificateOidcIssuer != nil || certificateOidcIssuerRegexp != nil
    let kind: ImageAuthority.Kind
    if !key.isEmpty {
      guard !hasIdentity, !hasIssuer else {
        throw BartizanError(.usage, "give either --key or --certificate-identity, not both")
      }
      kind = .keys(try key.map { try TrustFiles.key($0) })
    } else {
      guard hasIdentity, hasIssuer else {
        throw BartizanError(
          .usage,
          "--certificate-identity and --certificate-oidc-issuer go together: an identity is worth as much as its issuer"
        )
      }
      kind = .keyless([
        ExpectedIdentity(
          name: try Self.match(certificateIdentity, certificateIdentityRegexp, "--certificate-identity"),
          issuer: try Self.match(certificateOidcIssuer, certificateOidcIssuerRegexp, "--certificate-oidc-issuer"))
      ])
    }
    return ImageAuthority(
      name: "command line", kind: kind, requiresLog: !insecureIgnoreTlog,
      requiresCertificateTimestamp: !insecureIgnoreSct, attestations: attestations)
  }

  private static func match(_ exact: String?, _ pattern: String?, _ option: String) throws -> TextMatch {
    switch (exact, pattern) {
    case (let text?, nil): return .exact(text)
    case (nil, let source?):
      do throws(LinearRegex.Invalid) { return .pattern(try LinearRegex(source), source: source) } catch {
        throw BartizanError(.usage, "\(option)-regexp: \(error.message)")
      }
    default: throw BartizanError(.usage, "give either \(option) or \(option)-regexp")
    }
  }

  /// What verification rests on. Where it does, and the user did not choose it, that is said.
  ///
  /// - Parameter isNeeded: whether nothing can be verified without.
  func root(isNeeded: Bool, staging: Bool = false) throws -> TrustedRoot? {
    try Self.root(trustedRoot, isNeeded: isNeeded, staging: staging)
  }

  static func root(_ path: String?, isNeeded: Bool, staging: Bool = false) throws -> TrustedRoot? {
    guard let choice = try TrustFiles.trustedRoot(path, home: Environment.value("HOME"), staging: staging) else {
      guard isNeeded else { return nil }
      throw missingRoot
    }
    if isNeeded, let remark = choice.remark(now: Today.now) { StandardError.line(remark) }
    return choice.root
  }

  static let missingSigner = BartizanError(
    .usage, "name the expected signer: --key, or --certificate-identity and --certificate-oidc-issuer")

  /// What to say where a trusted root is needed and there is none.
  private static let missingRoot = BartizanError(
    .input,
    "no trusted root of the staging instance: name one with --trusted-root, or let cosign fetch it (cosign initialize)")
}
