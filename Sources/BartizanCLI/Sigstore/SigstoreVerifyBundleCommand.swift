import ArgumentParser
import Findings
import Operations
import Report
import Trust

struct SigstoreVerifyBundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-bundle", abstract: "Verify a Sigstore bundle on a file or a digest, offline.",
    discussion: """
      EXAMPLES
        bartizan sigstore verify-bundle --bundle app.sigstore.json \\
          --certificate-identity ci@example.com \\
          --certificate-oidc-issuer https://accounts.example.com app.tar.gz
        bartizan sigstore verify-bundle --bundle app.sigstore.json --key team.pub \\
          sha256:9f86d0…

      The protocol is that of the Sigstore conformance suite. Nothing is asked over the network: the bundle, the \
      trusted root and the key are enough. Without --trusted-root, and where cosign keeps none, the trusted root is the \
      built-in one of Sigstore's public instance; that it is, and when it expires, is said. A digest, sha256: and 64 digits that are no file, stands for the artifact, \
      except with Ed25519 and RSA keys, which sign the artifact itself. Exit code 0: verified; 1: not; 2: something \
      that was named cannot be read.
      """)

  @Flag(help: "With the trusted root of Sigstore's staging instance, as far as cosign keeps it.") var staging = false
  @Option(help: "The bundle, in JSON.", completion: .file()) var bundle: String
  @OptionGroup var signer: SignerOptions
  @Argument(help: "The artifact: a file, or its digest.", completion: .file()) var artifact: String
  @OptionGroup var output: OutputOptions<BundleVerificationAnswer>

  func run() async throws {
    guard let authority = try signer.authority() else { throw SignerOptions.missingSigner }
    let root = try signer.root(isNeeded: authority.needsRoot, staging: staging) ?? .empty
    let verifier = SigstoreVerifier(
      root: root,
      requirements: .init(
        log: authority.requiresLog, certificateTimestamp: authority.requiresCertificateTimestamp))
    let json = try TrustFiles.bundle(bundle)
    let given = try TrustFiles.artifact(artifact)
    var verdict = TrustVerdict()
    switch authority.kind {
    case .keys(let keys):
      for key in keys {
        verdict = await verifier.verify(json: json, artifact: given, expected: .key(key))
        if verdict.isVerified { break }
      }
    case .keyless(let identities):
      verdict = await verifier.verify(json: json, artifact: given, expected: .identities(identities))
    case .notation: break
    }
    try output.give(BundleVerificationAnswer(bundle: bundle, artifact: artifact, verdict: verdict))
    if !verdict.isVerified { throw ExitCode(ExitStatus.findings) }
  }
}
