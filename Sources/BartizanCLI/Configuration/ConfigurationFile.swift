import Bytes
import Findings
import Glibc
import Transport

/// A file of options: by their names, for all commands that have them, or below the words of a command.
///
///     fail-on: high
///     image:
///       scan:
///         fail-on: high,not-covered
struct ConfigurationFile: Sendable {
  static let name = ".bartizan.yaml"
  /// Taken as well, since it is what half of the people write.
  private static let otherName = ".bartizan.yml"

  /// As it is shown.
  let path: String
  /// Whether it was found rather than named: then somebody else may have written it, and it may set only what judges the input.
  let isFound: Bool
  let root: DocumentNode

  /// A value and the line that it stands in.
  struct Value: Equatable {
    let texts: [String]
    let line: Int
  }

  /// The file that a run uses: the named one, or the next one upwards from the working folder, not beyond the repository.
  ///
  /// - Parameters:
  ///   - named: nil: it is looked for; empty: none is used.
  ///   - folder: the working folder; nil for that of the process.
  /// - Throws: `input` for one that cannot be read.
  static func load(named: String?, from folder: String? = nil) throws(BartizanError) -> ConfigurationFile? {
    if let named {
      return named.isEmpty ? nil : try ConfigurationFile(named, isFound: false)
    }
    guard let start = folder ?? FilePaths.real(".") else { return nil }
    var place = start
    while true {
      let beside = place == "/" ? place : place + "/"
      let paths = [beside + name, beside + otherName].filter { FileStatus($0, followsLinks: false) != nil }
      guard paths.count < 2 else {
        throw BartizanError(.input, "\(paths.joined(separator: " and ")) are both there; only one is wanted")
      }
      if let path = paths.first {
        guard isTrusted(path, from: start) else {
          throw BartizanError(
            .input,
            "\(path) belongs to somebody else; BARTIZAN_CONFIG= does without it, BARTIZAN_CONFIG=\(path) uses it")
        }
        return try ConfigurationFile(path, isFound: true)
      }
      if place == "/" || FilePaths.exists(place + "/.git") { return nil }
      place = FilePaths.folder(of: place)
    }
  }

  /// Whether a file that was found belongs to us, to root, or to whoever owns the folder that we work in: the folder above may be
  /// anybody's.
  private static func isTrusted(_ path: String, from folder: String) -> Bool {
    guard let owner = FileStatus(path, followsLinks: false)?.owner else { return false }
    return owner == 0 || owner == geteuid() || owner == FileStatus(folder)?.owner
  }

  private init(_ path: String, isFound: Bool) throws(BartizanError) {
    self.path = path
    self.isFound = isFound
    let bytes: [UInt8]
    do throws(BartizanError) {
      bytes = isFound ? try FileReader.readPlain(path) : try FileReader.read(path)
    } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
    let stream = DocumentReader.read(bytes)
    if let error = stream.errors.first { throw BartizanError(.input, "\(path):\(error.line): \(error.message)") }
    guard stream.documents.count < 2 else { throw BartizanError(.input, "\(path): more than one document") }
    root = stream.documents.first ?? .null
    guard root.isNull || root.mapping != nil else {
      throw BartizanError(.input, "\(path): wanted are options by their names, such as fail-on: high")
    }
    try check(root, [])
  }

  /// Every key is an option of a command below, or a word of a command.
  private func check(_ node: DocumentNode, _ words: [String]) throws(BartizanError) {
    let below = CommandTree.leaves.filter { $0.words.starts(with: words) }
    func has(_ name: String) -> Bool {
      // The first that has it is enough: a run does not ask every command for its options.
      below.contains { CommandOption.all(of: $0.type).contains { $0.name == name } }
    }
    for repeated in node.mapping?.repeated ?? [] {
      throw BartizanError(.input, "\(path):\(repeated.line): \(repeated.key) stands here twice")
    }
    for entry in node.entries {
      let own = words + [entry.key]
      if entry.value.mapping != nil {
        guard below.contains(where: { $0.words.starts(with: own) }) else {
          throw BartizanError(.input, "\(path):\(entry.line): there is no command \"\(own.joined(separator: " "))\"")
        }
        try check(entry.value, own)
      } else if !has(entry.key), !(words.isEmpty && entry.key == RunOptions.timeoutName) {
        let names = Set(below.flatMap { CommandOption.all(of: $0.type).map(\.name) })
        let near = NearestName.of(entry.key, in: names).map { "; did you mean \($0)?" } ?? ""
        let whose = words.isEmpty ? "no command has" : "`\(words.joined(separator: " "))` does not have"
        throw BartizanError(.input, "\(path):\(entry.line): \(whose) an option \"\(entry.key)\"\(near)")
      }
    }
  }

  /// The bound of a whole run, which no command has for itself.
  ///
  /// - Throws: `input` for what is no time.
  func timeout() throws(BartizanError) -> (duration: Duration?, value: Value)? {
    guard let entry = root.mapping?.entry(RunOptions.timeoutName), !entry.value.isNull else { return nil }
    let line = Int(entry.line)
    guard let text = entry.value.text, let parsed = RequestTimeout(argument: text) else {
      throw BartizanError(
        .input, "\(path):\(line): \(RunOptions.timeoutName): wanted is a time such as 90s, 10m or 1h")
    }
    return (parsed.duration, Value(texts: [text], line: line))
  }

  /// What it says of an option: the most specific place counts.
  ///
  /// - Throws: `input` for a value that is none, and for one that a found file may not set.
  func value(of option: CommandOption, _ words: [String]) throws(BartizanError) -> Value? {
    var found: Mapping.Entry?
    var node = root
    for depth in 0...words.count {
      // For all commands together it is the bound of the run.
      let isOfRun = depth == 0 && option.name == RunOptions.timeoutName
      if !isOfRun, let entry = node.mapping?.entry(option.name), entry.value.mapping == nil { found = entry }
      guard depth < words.count, let next = node[words[depth]] else { break }
      node = next
    }
    guard let found, !found.value.isNull else { return nil }
    let line = Int(found.line)
    func fail(_ message: String) -> BartizanError {
      BartizanError(.input, "\(path):\(line): \(option.name): \(message)")
    }
    if isFound, !ConfigurationScope.isOpen(option.name) {
      throw fail(
        "a file that was found may not set it, since it reaches beyond the input; name the file with BARTIZAN_CONFIG to allow it"
      )
    }
    let elements = found.value.array ?? [found.value]
    let texts = elements.compactMap(\.text)
    guard texts.count == elements.count else { throw fail("wanted is a value, or a list of values") }
    guard option.isRepeating || texts.count < 2 else { throw fail("it takes one value") }
    if option.isFlag, texts.contains(where: { Truth($0) == nil }) { throw fail("wanted is true or false") }
    return Value(
      texts: option.isPath ? try texts.map { (text) throws(BartizanError) in try place(text, fail) } : texts, line: line
    )
  }

  /// A path of the file, which is meant from its folder.
  private func place(_ text: String, _ fail: (String) -> BartizanError) throws(BartizanError) -> String {
    if text == "-" || text.hasPrefix("/") {
      if isFound { throw fail("a file that was found may name only files below its folder, not \(text)") }
      return text
    }
    if isFound, text.split(separator: "/").contains("..") {
      throw fail("a file that was found may name only files below its folder, not \(text)")
    }
    let folder = path.contains("/") ? FilePaths.folder(of: path) : "."
    return folder == "." ? text : folder == "/" ? "/" + text : folder + "/" + text
  }
}

/// A truth value as people write it in a file or a variable.
enum Truth {
  case on
  case off

  init?(_ text: String) {
    switch text.lowercased() {
    case "true", "yes", "on", "1": self = .on
    case "false", "no", "off", "0": self = .off
    default: return nil
    }
  }
}
