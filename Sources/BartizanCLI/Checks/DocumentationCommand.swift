import ArgumentParser
import Findings
import Transport

/// Writes the generated pages. Hidden, since it is for developers of Bartizan, and for packages of it.
struct DocumentationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "documentation", abstract: "Write docs/checks and docs/commands, or pages for man.",
    shouldDisplay: false)

  @Argument(help: "The folder to write to.", completion: .directory) var folder: String
  @Flag(help: "Write pages for man instead, one for each command.") var man = false

  func run() throws {
    let day = String((SourceDate.text ?? Today.moment).prefix(10))
    for (name, text) in man ? ManualPages.all(day: day) : Documentation.pages() {
      let path = "\(folder)/\(name)"
      FilePaths.makeFolders(FilePaths.folder(of: path), mode: 0o755)
      try FileWriter.write(Array(text.utf8), to: path)
    }
  }
}
