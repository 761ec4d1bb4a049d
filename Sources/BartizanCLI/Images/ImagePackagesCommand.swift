import ArgumentParser
import Bytes
import Collect
import Findings
import Images
import Report

struct ImagePackagesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packages", abstract: "The packages of an image: of the distribution, and of languages.",
    discussion: """
      EXAMPLES
        docker save app:1.4 | gzip > app.tar.gz && bartizan image packages app.tar.gz
        bartizan image packages registry.example/team/app:1.4

      Read are dpkg, apk and rpm; installed Python, Node and Ruby packages; Go and Rust programs; Java archives; deps.json of .NET;
      and the lock files of npm, Yarn, pnpm, Bun, pip, Pipenv, Poetry, PDM, uv, Cargo, Composer, Bundler, NuGet, Swift, Pub,
      Mix, Conan, Stack, Cabal and go.mod.
      """)
  @OptionGroup var input: ImageArguments

  func run() async throws {
    let contents = try await input.contents()
    let packages = contents.packages.sorted(by: SoftwarePackage.precedes)
    switch input.format {
    case .json:
      StandardOutput.answer("Packages") { writer in
        writer.field("system", contents.system?.title)
        writer.key("packages")
        writer.array(of: packages) { writer, package in
          writer.object { writer in
            writer.field("ecosystem", package.ecosystem.text)
            writer.field("name", package.name)
            writer.field("version", package.version)
            writer.field("source", package.source)
            writer.field("path", package.path)
            writer.field("purl", package.purl?.text)
            writer.field("owner", package.owner)
            if let layer = package.layer { writer.field("layer", layer) }
          }
        }
      }
    case .table:
      let rows = packages.map { [$0.name, $0.version, $0.ecosystem.text, $0.path] }
      let sheet = TextTable("", columns: ["package", "version", "ecosystem", "where"], rows: rows)
      StandardOutput.write(
        (rows.isEmpty ? "" : sheet.text(Terminal(width: StandardOutput.width, colour: false)))
          + "\(packages.count) packages; \(ImageArguments.system(contents))\(contents.layers > 0 ? ", \(contents.layers) layer\(contents.layers == 1 ? "" : "s")" : "").\n"
      )
    }
  }
}
