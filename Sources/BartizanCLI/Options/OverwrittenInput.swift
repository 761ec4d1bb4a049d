import Bytes
import Report
import Transport

/// A report that would be written over something that the same command line reads: a file, or one in a folder.
enum OverwrittenInput {
  /// - Parameter arguments: of the command line, with what files and variables add.
  /// - Returns: the file; nil for none. A report in a folder may be replaced by the next one. A baseline may not: what it knows is not
  ///   in the report that was compared with it, and would be lost.
  static func file(_ arguments: [String]) -> String? {
    let leaf = CommandTree.leaf(arguments)
    let options = leaf.map { CommandOption.all(of: $0.type) } ?? []
    let commandWords = zip(arguments, leaf?.words ?? []).prefix { $0 == $1 }.count
    var outputs: [String] = []
    var files: [String] = []
    var folders: [String] = []
    var isBehindDashes = false
    var name: String?
    for word in arguments.dropFirst(commandWords) {
      if !isBehindDashes, word == "--" {
        (isBehindDashes, name) = (true, nil)
        continue
      }
      if !isBehindDashes, word.hasPrefix("-"), word != "-" {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let option = option(parts[0], options)
        if parts.count > 1 { take(parts[1], of: option, parts[0]) } else { name = option?.isFlag == true ? nil : word }
        continue
      }
      take(word, of: name.flatMap { option($0, options) }, name)
      name = nil
    }
    func take(_ value: String, of option: CommandOption?, _ name: String?) {
      if name == "-o" || name == "--output" {
        if let file = OutputDestination.file(named: value) { outputs.append(file) }
      } else {
        files.append(value)
        // The value of a name or a number may be that of a folder by chance.
        if option?.isPath ?? true { folders.append(value) }
      }
    }
    return outputs.first { replaces($0, files: files, folders: folders) }
  }

  private static func option(_ word: String, _ options: [CommandOption]) -> CommandOption? {
    let name = word.drop { $0 == "-" }
    return options.first { $0.name == name || name.count == 1 && $0.letters.contains(name.first ?? "-") }
  }

  /// Whether writing to a path would replace one of the files, or one in the folders.
  static func replaces(_ output: String, files: [String], folders: [String]) -> Bool {
    guard let path = FilePaths.real(output), let status = FileStatus(path), status.kind == .file else { return false }
    if files.contains(where: { FileStatus($0)?.identity == status.identity }) { return true }
    let isInside = folders.contains { folder in
      FilePaths.isFolder(folder) && FilePaths.real(folder).map { FilePaths.isWithin(path, $0) } ?? false
    }
    return isInside && !isFormerReport(path)
  }

  private static func isFormerReport(_ path: String) -> Bool {
    guard let file = try? FilePart(path) else { return false }
    var head = [UInt8](repeating: 0, count: FormerReport.headBytes)
    guard let count = try? file.read(&head, at: 0) else { return false }
    // An empty one was begun, and says nothing.
    return count == 0 || FormerReport.isOne(head.prefix(count))
  }
}
