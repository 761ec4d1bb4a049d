import Bytes
import TestKit

/// One command with what it prints and its exit code, as the files in `Cases` hold it:
///
///     # a comment, between cases
///     $ bartizan network can a/b c/d 80 -f examples/cluster
///     what is printed to standard output, with … for what is left out
///     ! what is printed to standard error
///     [0]
///
/// `{Kind}` in place of the output stands for a document of this kind that the schemas in `docs/schemas` accept. The commands
/// of a file run one after the other and share a folder, `$TMP`.
struct CommandCase {
  /// As it is written, over one or more lines.
  let written: String
  let line: ShellLine
  /// Place of the command in its file, from 1.
  let number: Int
  var output: [String] = []
  var error: [String] = []
  var status: Int32 = 0

  /// The kind of the answer, where only the schema is asked.
  var kind: String? {
    guard output.count == 1, let only = output.first, only.hasPrefix("{"), only.hasSuffix("}") else { return nil }
    let name = only.dropFirst().dropLast()
    return !name.isEmpty && name.allSatisfy(\.isLetter) ? String(name) : nil
  }

  struct NotUnderstood: Error, CustomStringConvertible {
    let description: String
  }

  /// - Parameter text: of a whole file.
  static func all(_ text: String) throws -> [CommandCase] {
    var cases: [CommandCase] = []
    var open: CommandCase?
    var pending: String?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).enumerated() {
      if let start = pending {
        pending = line.hasSuffix("\\") ? start + "\n" + line : nil
        if pending == nil { open = try CommandCase(start + "\n" + line, index + 1) }
      } else if open == nil {
        if line.hasPrefix("$ ") {
          if line.hasSuffix("\\") { pending = line } else { open = try CommandCase(line, index + 1) }
        } else if !line.isEmpty, !line.hasPrefix("#") {
          throw NotUnderstood(description: "line \(index + 1): neither a command nor a comment: \(line)")
        }
      } else if line.count == 3, line.hasPrefix("["), line.hasSuffix("]"), let code = Int32(line.dropFirst().dropLast())
      {
        open?.status = code
        if let done = open { cases.append(done) }
        open = nil
      } else if line.hasPrefix("! ") || line == "!" {
        open?.error.append(String(line.dropFirst(2)))
      } else {
        open?.output.append(line)
      }
    }
    if let open { throw NotUnderstood(description: "line \(open.number): no exit code after \(open.written)") }
    return cases
  }

  private init(_ written: String, _ number: Int) throws {
    self.written = written
    self.number = number
    line = try ShellLine(String(written.dropFirst(2)).replacing("\\\n", with: " "))
  }

  /// The case as a file holds it, with other output.
  func text(output: [String], error: [String], status: Int32) -> String {
    ([written] + output + error.map { $0.isEmpty ? "!" : "! " + $0 } + ["[\(status)]"]).joined(separator: "\n")
  }

  var text: String { text(output: output, error: error, status: status) }
}

enum CommandCaseFiles {
  static let folder = FileReaderForTests.repository + "/Tests/BartizanCLITests/Cases"

  static let all: [String] = SourceFiles.all(folder, suffix: ".txt").map { String($0.dropFirst(folder.count + 1)) }

  static func text(_ name: String) throws -> String { try FileReaderForTests.text(folder + "/" + name) }
}

/// The schemas in `docs/schemas`, each read once.
enum Schemas {
  /// - Returns: what is wrong with a document as an answer of its kind; nothing for a valid one.
  static func violations(_ bytes: [UInt8], kind: String) throws -> [String] {
    let document = try JSONReader.read(bytes)
    guard document["kind"]?.string == kind else {
      return ["its kind is \(document["kind"]?.string ?? "missing"), not \(kind)"]
    }
    if kind == "ScanReport" { return try report.get().violations(document) }
    guard let schema = try answers.get().branch(kind: kind) else { return ["answers.v1.json has no kind \(kind)"] }
    return schema.violations(document)
  }

  static let answers = Result { try schema("answers.v1.json") }
  static let report = Result { try schema("scan-report.v1.json") }

  private static func schema(_ name: String) throws -> JSONSchema {
    try JSONSchema(
      try JSONReader.read(FileReaderForTests.bytes("\(FileReaderForTests.repository)/docs/schemas/\(name)")))
  }
}
