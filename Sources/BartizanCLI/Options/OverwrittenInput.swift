import Transport

/// A report that would be written into a file that the same command line reads.
enum OverwrittenInput {
  /// - Parameter arguments: of the command line, with what files and variables add.
  /// - Returns: the file; nil for none. A baseline may be replaced by the report that it was compared with.
  static func file(_ arguments: [String]) -> String? {
    var outputs: [String] = []
    var inputs = Set<String>()
    var previous = ""
    for word in arguments {
      if word == "--" { break }
      defer { previous = word }
      if let value = output(word, behind: previous) {
        outputs.append(value)
      } else if !word.hasPrefix("-"), previous != "--baseline", let path = FilePaths.real(word) {
        inputs.insert(path)
      }
    }
    return outputs.first { output in
      // `FORMAT=FILE`, or a file whose name may hold the sign.
      let sign = output.firstIndex(of: "=").map { String(output[output.index(after: $0)...]) }
      return [output, sign].contains { name in
        guard let path = name.flatMap(FilePaths.real), FileStatus(path)?.kind == .file else { return false }
        return inputs.contains(path)
      }
    }
  }

  private static func output(_ word: String, behind previous: String) -> String? {
    if previous == "-o" || previous == "--output" { return word }
    if word.hasPrefix("--output=") { return String(word.dropFirst("--output=".count)) }
    return word.hasPrefix("-o=") ? String(word.dropFirst(3)) : nil
  }
}
