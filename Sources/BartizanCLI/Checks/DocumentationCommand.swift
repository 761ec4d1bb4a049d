import ArgumentParser
import Transport

/// Writes the generated pages. Hidden, since it is for developers of Bartizan.
struct DocumentationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "documentation", abstract: "Write docs/checks and docs/commands.", shouldDisplay: false)

  @Argument(help: "The docs folder.", completion: .directory) var folder: String

  func run() throws {
    for (name, text) in Documentation.pages() {
      let path = "\(folder)/\(name)"
      FilePaths.makeFolders(FilePaths.folder(of: path), mode: 0o755)
      try FileWriter.write(Array(text.utf8), to: path)
    }
  }
}
