import ArgumentParser
import Operations
import Report
import Store

struct ImageExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain why an advisory applies to an image's package, or does not.",
    discussion: """
      EXAMPLES
        bartizan image explain CVE-2023-4863 app.tar.gz

      Shows the package and its database, the layer and the build step that added it, the ranges of the advisory \
      with each comparison, the priority with its reason, and the outcome of the other advisories for the package. \
      Exit code 1: the advisory applies; 3: it does not to what was read, and a part of \
      the image was not.
      """)

  @Argument(help: "Id or alias of an advisory.") var id: String
  @OptionGroup var image: ImageSourceArgument
  @OptionGroup var output: OutputOptions<ImageExplanationAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @OptionGroup var store: StoreOptions

  func run() async throws {
    let state = try store.state()
    let contents = try await reading.read(image, access)
    let items = try ImageExplainOperation.run(id, contents, source: image.name, state)
    let answer = ImageExplanationAnswer(
      id: id, items, ReportedImage(contents, source: image.name), state.risks)
    try output.give(answer)
    if answer.applies { throw ExitCode(ExitStatus.findings) }
    try ImageReading.finish(contents)
  }
}
