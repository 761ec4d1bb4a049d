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
        bartizan image secrets -o sarif=secrets.sarif app.tar web.tar
        bartizan image secrets --secret-rules secrets.yaml --baseline main.json \\
          -o sarif=secrets.sarif app.tar

      A credential that a later layer deletes is still in the image, for whoever pulls it, and is reported as such. \
      Credentials are shown by their first bytes and their length, never whole. Tests and documentation of packages \
      are skipped: their keys open nothing. --secret-rules adds kinds of your own and accepts what is meant to be there; \
      --baseline takes an earlier report in JSON, so that only new ones count. Exit code 1: a credential is at least as \
      bad as --fail-on; 3: none is, and a part of the image could not be read.
      """)

  @OptionGroup var image: ImageSourcesArgument
  @OptionGroup var output: OutputOptions<ImageSecretsAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @OptionGroup var rules: SecretRuleOption
  @Option(
    help: "A report in JSON of an earlier run: its credentials are known, and left out.", completion: .file())
  var baseline: String?
  @Option(help: "Exit with 1 when a credential is at least this severe.")
  var failOn: Threshold = Threshold(.low)
  @Flag(help: "Of an archive or layout with several images, every one.") var all = false

  func run() async throws {
    let known = try baseline.map { try SecretBaseline($0) }
    let file = try rules.file()
    StandardError.lines(file?.expired ?? [])
    let scanner = SecretScanner(file)
    let images = try await reading.read(image.all, access, everyOne: all, secrets: true, rules: rules)
    var answers: [(source: String, answer: ImageSecretsAnswer)] = []
    var worst: Severity?
    var left = 0
    var allowed = 0
    var isPartial = false
    for item in images.contents {
      var contents = item.contents
      if !contents.hasFiles, !contents.problems.contains(where: \.hidesInput) {
        let problem = Problem(
          code: "no-files", location: Location(file: item.source),
          message: "there are no files in it that credentials could be looked for in")
        StandardError.lines([problem])
        contents.problems.append(problem)
      }
      isPartial = isPartial || contents.problems.contains { $0.hidesInput && $0.code != .notJudged }
      if let other = known?.other(than: contents, source: item.source) { StandardError.line(other.text) }
      let found = ImageSecret.all(contents.secrets, contents.configuration, layers: contents.layers, scanner)
      let counting = found.filter { !$0.secret.isAccepted }
      let accepted = found.filter(\.secret.isAccepted)
      let secrets = known?.unknown(among: counting) ?? counting
      let before = known == nil ? [] : SecretBaseline.known(among: counting, new: secrets)
      left += counting.count - secrets.count
      allowed += accepted.count
      worst = ([worst].compactMap { $0 } + secrets.map(\.severity)).max()
      let options = ReportOptions(
        sources: [item.source], toolVersion: Version.text, time: SourceDate.text ?? Today.moment)
      answers.append(
        (
          item.source,
          ImageSecretsAnswer(
            ReportedImage(contents, source: item.source), secrets, known: before, accepted: accepted, scanner, options)
        ))
    }
    if let baseline { StandardError.line("\(left) known of \(baseline) left out") }
    if allowed > 0, let file = rules.secretRules {
      StandardError.line("\(Phrase.count(allowed, "credential")) accepted by \(file)")
    }
    try output.give(
      each: answers, unread: images.unread,
      report: answers.isEmpty ? nil : ImageSecretsAnswer.report(answers.map(\.answer), unread: images.unread))
    for item in images.unread { StandardError.line("\(item.source): not read: \(item.reason)") }
    if failOn.isReached(by: worst) { throw ExitCode(ExitStatus.findings) }
    if isPartial || !images.unread.isEmpty {
      StandardError.line("nothing was found in what could be read; that does not mean that the image is clean")
      throw ExitCode(ExitStatus.internalFailure)
    }
  }
}
