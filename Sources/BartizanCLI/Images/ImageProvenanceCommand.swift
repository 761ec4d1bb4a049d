import ArgumentParser
import Collect
import Findings
import Images
import Operations
import Report
import Trust

struct ImageProvenanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "provenance", abstract: "How an image was made: builder, source, materials, as its attestations say.",
    discussion: """
      EXAMPLES
        bartizan image provenance registry.example/team/app:1.4
        bartizan image provenance --key builder.pub registry.example/team/app:1.4

      Read are attestations of SLSA provenance 0.2 and 1.0. Without an expected signer they are shown as anybody may have \
      written them, and that is said. Exit code 0: provenance is shown; 1: there is none, or the expected signer did not \
      sign it; 3: not everything could be read.
      """)

  @Argument(help: "An image in a registry, an OCI layout or an archive of one.", completion: .file()) var image: String
  @OptionGroup var signer: SignerOptions
  @OptionGroup var access: RegistryOptions
  @OptionGroup var output: OutputOptions<ImageProvenanceAnswer>

  func run() async throws {
    let authority = try signer.authority()
    let root = try authority.flatMap { try signer.root(isNeeded: $0.needsRoot) }
    var options = ImageSource.Options()
    options.registry = try access.settings(ofImages: [image])
    let signed = try await ImageSource.signatures(image, options)
    let provenance = await ImageProvenance(
      signed, judge: ImageJudge(policies: [], root: root), signer: authority, now: Today.now)
    try output.give(
      ImageProvenanceAnswer(
        image: image, digest: provenance.digest,
        claims: provenance.claims.map { .init(origin: $0.origin, provenance: $0.provenance, verdict: $0.verdict) },
        others: provenance.others, gaps: provenance.gaps))
    let isShown = provenance.claims.contains { $0.verdict?.isVerified ?? (authority == nil) }
    if isShown { return }
    throw ExitCode(provenance.gaps.isEmpty ? ExitStatus.findings : ExitStatus.unknown)
  }
}
