import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Operations
import Report

struct ImageSecretsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "secrets",
    abstract: "Find credentials in an image: in its layers, its configuration, and the steps of its build.",
    discussion: """
      EXAMPLES
        bartizan image secrets registry.example/team/app:1.4
        bartizan image secrets -o json rootfs/
        bartizan image secrets --secret-rules secrets.yaml --baseline main.json -o sarif=secrets.sarif app.tar

      A credential that a later layer deletes is still in the image, for whoever pulls it, and is reported as such. \
      Credentials are shown by their first bytes and their length, never whole. Tests and documentation of packages \
      are skipped: their keys open nothing. --secret-rules adds kinds of your own and accepts what is meant to be there; \
      --baseline takes an earlier report in JSON, so that only new ones count. Exit code 1: a credential is at least as \
      bad as --fail-on; 3: none is, and a part of the image could not be read.
      """)

  @OptionGroup var image: ImageSourceArgument
  @OptionGroup var output: OutputOptions<ImageSecretsAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @OptionGroup var rules: SecretRuleOption
  @Option(
    help: "A report in JSON of an earlier run: its credentials are known, and left out.", completion: .file())
  var baseline: String?
  @Option(help: "Exit with 1 when a credential is at least this severe.")
  var failOn: Threshold = Threshold(.low)

  func run() async throws {
    let known = try baseline.map { try SecretBaseline($0) }
    let file = try rules.file()
    StandardError.lines(file?.expired ?? [])
    let scanner = SecretScanner(file)
    let contents = try await reading.read(image, access, secrets: true, rules: rules)
    let all = ImageSecret.all(contents.secrets, contents.configuration, layers: contents.layers, scanner)
    let counting = all.filter { !$0.secret.isAccepted }
    let secrets = known?.unknown(among: counting) ?? counting
    if let baseline { StandardError.line("\(counting.count - secrets.count) known of \(baseline) left out") }
    let accepted = all.filter(\.secret.isAccepted)
    if !accepted.isEmpty, let file = rules.secretRules {
      StandardError.line("\(Phrase.count(accepted.count, "credential")) accepted by \(file)")
    }
    let before = known == nil ? [] : SecretBaseline.known(among: counting, new: secrets)
    let answer = ImageSecretsAnswer(
      ReportedImage(contents, source: image.name), secrets, known: before, accepted: accepted, scanner,
      ReportOptions(sources: [image.name], toolVersion: Version.text, time: SourceDate.text ?? Today.moment))
    try output.give(answer)
    if failOn.isReached(by: secrets.map(\.severity).max()) { throw ExitCode(ExitStatus.findings) }
    if contents.problems.contains(where: \.hidesInput) {
      StandardError.line("nothing was found in what could be read; that does not mean that the image is clean")
      throw ExitCode(ExitStatus.internalFailure)
    }
  }
}
