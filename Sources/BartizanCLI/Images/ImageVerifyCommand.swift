import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Operations
import Report
import Trust

struct ImageVerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify who signed images, and what is attested of them.",
    discussion: """
      EXAMPLES
        bartizan image verify --key team.pub registry.example/team/app:1.4
        bartizan image verify --policy policies/signed.yaml --explain \\
          registry.example/team/app:1.4 layout/
        bartizan image verify --type slsaprovenance1 \\
          --certificate-identity-regexp 'https://github.com/example/.*' \\
          --certificate-oidc-issuer https://token.actions.githubusercontent.com \\
          --condition 'predicate.buildDefinition.buildType.startsWith("https://")' \\
          ghcr.io/example/app:1.4

      Signatures are those of cosign (tags .sig and .att, referrers, bundles) and of Notation, in a registry, an OCI \
      layout or an archive of one. A reference counts as what it resolves to, for an image of several platforms the \
      index; --platform chooses one of its images, for which its own signature and that of the index will do. \
      Verification itself asks nothing over the network, but for --fetch-revocation. Policies are ImagePolicy of \
      Bartizan, ClusterImagePolicy of Sigstore, verifyImages of Kyverno, policy.json of Podman, Connaisseur's \
      configuration, and trust policies of Notation; what cannot be expressed is said. An image must meet each policy that applies to it. Exit code 0: all \
      are verified, or let through by an exception; 1: one is not; 2: something that was named cannot be read; 3: an image \
      could not be reached, its signatures could not all be read, or no policy applies to it.
      """)

  @Argument(
    help: "Images in registries, OCI layouts, archives of them; PATH:NAME where one holds several.", completion: .file()
  )
  var images: [String]
  @Option(help: "A file of policies. Repeatable.", completion: .file()) var policy: [String] = []
  @OptionGroup var signer: SignerOptions
  @Option(
    name: .customLong("type"),
    help:
      "Without --policy: require an attestation of this type, such as slsaprovenance1, cyclonedx or a URI. Repeatable.")
  var types: [String] = []
  @Option(help: "A condition in CEL on the attestations of --type: predicate, statement, image, signer. Repeatable.")
  var condition: [String] = []
  @Option(help: "Trust store of Notation: the folder with ca, signingAuthority and tsa.", completion: .directory)
  var trustStore: String?
  @OptionGroup var revocation: RevocationOptions
  @Option(
    help:
      "Of an image for several platforms, the one for this, such as linux/arm64: signed itself, or in an index that is."
  )
  var platform: ImageReading.Platform?
  @Flag(help: "Show each step of each signature.") var explain = false
  @OptionGroup var access: RegistryOptions
  @OptionGroup var output: OutputOptions<ImageVerificationAnswer>

  func run() async throws {
    let (policies, remarks) = try policies()
    let judge = ImageJudge(
      policies: policies, root: try root(policies),
      store: try trustStore.map { try TrustFiles.trustStore($0) } ?? NotationTrustStore(),
      revocation: try revocation.evidence())
    var options = ImageSource.Options()
    options.registry = try access.settings(ofImages: images)
    options.platform = platform?.value
    let outcomes = await ImageVerification(judge: judge, now: Today.now).run(images, options)
    var verdicts: [SignedImageVerdict] = []
    var missing: [ImageVerificationAnswer.Missing] = []
    var isUsage = false
    for outcome in outcomes {
      switch outcome {
      case .judged(let verdict): verdicts.append(verdict)
      case .failed(let image, let error):
        isUsage = isUsage || error.code == .usage || error.code == .input
        missing.append(.init(image: image, reason: error.message))
      }
    }
    try output.give(ImageVerificationAnswer(verdicts, missing: missing, remarks: remarks, explains: explain))
    let standings = Set(verdicts.map(\.standing))
    if !standings.isDisjoint(with: [.unsigned, .untrusted, .attestationMissing]) {
      throw ExitCode(ExitStatus.findings)
    }
    if isUsage { throw ExitCode(ExitStatus.usage) }
    if !missing.isEmpty || !standings.isDisjoint(with: [.unknown, .noPolicy]) { throw ExitCode(ExitStatus.unknown) }
  }

  private func policies() throws -> ([ImagePolicy], remarks: [String]) {
    var policies: [ImagePolicy] = []
    var remarks: [String] = []
    for path in policy {
      let result = try TrustFiles.policies(path)
      policies += result.policies
      remarks += result.remarks
    }
    guard !condition.isEmpty || !types.isEmpty || !signer.isEmpty else {
      guard !policies.isEmpty else {
        throw BartizanError(
          .usage, "say who should have signed: --policy, --key, or --certificate-identity and --certificate-oidc-issuer"
        )
      }
      return (policies, remarks)
    }
    guard policies.isEmpty else {
      throw BartizanError(.usage, "--policy says who should have signed; leave out the options that say it as well")
    }
    guard condition.isEmpty || !types.isEmpty else {
      throw BartizanError(.usage, "--condition is on attestations; name them with --type")
    }
    var conditions: [AttestationCondition] = []
    for text in condition {
      do throws(TrustFailure) { conditions.append(try AttestationCondition(text)) } catch {
        throw BartizanError(.usage, "--condition: \(error.sentence)")
      }
    }
    let wanted = types.map { ImageAuthority.Attestation(predicateType: $0, conditions: conditions) }
    guard let authority = try signer.authority(attestations: wanted) else { throw SignerOptions.missingSigner }
    return ([ImagePolicy(name: "command line", images: [ImagePattern("**")], authorities: [authority])], remarks)
  }

  /// Where all that is asked for can be verified without one, none is needed.
  private func root(_ policies: [ImagePolicy]) throws -> TrustedRoot? {
    try signer.root(isNeeded: policies.flatMap(\.authorities).contains(where: \.needsRoot))
  }
}
