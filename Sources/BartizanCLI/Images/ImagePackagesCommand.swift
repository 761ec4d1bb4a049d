import ArgumentParser
import Collect
import Operations
import Report

struct ImagePackagesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packages", abstract: "List the packages of an image: of the distribution, and of languages.",
    discussion: """
      EXAMPLES
        docker save app:1.4 | gzip > app.tar.gz && bartizan image packages app.tar.gz
        bartizan image packages registry.example/team/app:1.4
        bartizan image packages app.tar.gz web.tar.gz

      Supported are dpkg, apk and rpm; installed Python, Node and Ruby packages; Go and Rust programs; Java \
      archives; deps.json of .NET; and the lock files of npm, Yarn, pnpm, Bun, pip, Pipenv, Poetry, PDM, uv, Cargo, \
      Composer, Bundler, NuGet, Swift, Pub, Mix, Conan, Stack, Cabal and go.mod. Several images give one answer with a \
      part for each. Exit code 3: a part of an image could not be read, and its packages may be missing.
      """)

  @OptionGroup var image: ImageSourcesArgument
  @OptionGroup var output: OutputOptions<PackagesAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions
  @Flag(help: "Of an archive or layout with several images, every one.") var all = false

  func run() async throws {
    let images = try await reading.read(image.all, access, everyOne: all)
    let answers = images.contents.map { item in
      (
        source: item.source,
        answer: PackagesAnswer(ReportedImage(item.contents, source: item.source), item.contents.packages)
      )
    }
    try output.give(each: answers, unread: images.unread)
    try ImageReading.finish(images)
  }
}
