import ArgumentParser
import Bytes
import Collect
import Findings
import Operations
import Report
import Store

struct ImageExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explain why an advisory applies to an image's package, or does not.",
    discussion: """
      EXAMPLES
        bartizan image explain CVE-2023-4863 app.tar.gz
        bartizan image explain CVE-2023-4863 app.tar.gz web.tar.gz

      Shows the package and its database, the layer and the build step that added it, the ranges of the advisory \
      with each comparison, the priority with its reason, and the outcome of the other advisories for the package. \
      Exit code 1: the advisory applies; 3: it does not to what was read, and a part of \
      the image was not.
      """)

  @Argument(help: "Id or alias of an advisory.") var id: String
  @OptionGroup var image: ImageSourcesArgument
  @OptionGroup var output: OutputOptions<ImageExplanationAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @OptionGroup var store: StoreOptions
  @Flag(help: "Of an archive or layout with several images, every one.") var all = false

  func run() async throws {
    let state = try store.state()
    let images = try await reading.read(image.all, access, everyOne: all)
    var answers: [(source: String, answer: ImageExplanationAnswer)] = []
    for item in images.contents {
      let items = try ImageExplainOperation.run(id, item.contents, state)
      answers.append(
        (
          item.source,
          ImageExplanationAnswer(id: id, items, ReportedImage(item.contents, source: item.source), state.risks)
        ))
    }
    // An id that no image has a package of is rather a mistake than an answer.
    if images.unread.isEmpty, !answers.contains(where: { $0.answer.isAboutSomething }) {
      let packages = images.contents.reduce(0) { $0 + $1.contents.packages.count }
      let sources = images.contents.map(\.source)
      throw BartizanError(
        .input,
        "\(id): the store has no such advisory for any of the \(Phrase.count(packages, "package")) of \(Phrase.list(sources))"
      )
    }
    try output.give(each: answers, unread: images.unread)
    if answers.contains(where: { $0.answer.applies }) { throw ExitCode(ExitStatus.findings) }
    try ImageReading.finish(images)
  }
}
