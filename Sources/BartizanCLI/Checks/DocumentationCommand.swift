import ArgumentParser
import Transport

/// Writes the pages that are made from what the program knows of itself. Hidden: it is for those who change it.
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
