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

      Supported are dpkg, apk and rpm; installed Python, Node and Ruby packages; Go and Rust programs; Java \
      archives; deps.json of .NET; and the lock files of npm, Yarn, pnpm, Bun, pip, Pipenv, Poetry, PDM, uv, Cargo, \
      Composer, Bundler, NuGet, Swift, Pub, Mix, Conan, Stack, Cabal and go.mod. Exit code 3: a part of the image could \
      not be read, and its packages may be missing.
      """)

  @OptionGroup var image: ImageSourceArgument
  @OptionGroup var output: OutputOptions<PackagesAnswer>
  @OptionGroup var reading: ImageReading
  @OptionGroup var access: RegistryOptions

  func run() async throws {
    let contents = try await reading.read(image, access)
    try output.give(PackagesAnswer(ReportedImage(contents, source: image.name), contents.packages))
    try ImageReading.finish(contents)
  }
}
