import ArgumentParser
import Collect
import Findings
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

      A credential that a later layer deletes is still in the image, for whoever pulls it, and is reported as such. \
      Credentials are shown by their first bytes and their length, never whole. Tests and documentation of packages \
      are skipped: their keys open nothing. Exit code 1: something was found.
      """)

  @OptionGroup var image: ImageSourceArgument
  @OptionGroup var output: OutputOptions<ImageSecretsAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions

  func run() async throws {
    let contents = try await reading.read(image, access, secrets: true)
    let answer = ImageSecretsAnswer(ReportedImage(contents, source: image.name), contents.secrets)
    try output.give(answer)
    if !answer.isEmpty { throw ExitCode(ExitStatus.findings) }
    if contents.problems.contains(where: \.hidesInput) {
      StandardError.line("nothing was found in what could be read; that does not mean that the image is clean")
    }
  }
}
