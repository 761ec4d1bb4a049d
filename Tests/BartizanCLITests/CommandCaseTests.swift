import Bytes
import Glibc
import TestKit
import Testing

/// What the commands print and how they end, as `Cases` holds it. With `BARTIZAN_WRITE_CASES=1` in the environment, cases
/// that no longer hold are written anew; the change is then to be read like any other.
@Suite struct CommandCaseTests {
  @Test(arguments: CommandCaseFiles.all) func commandsAnswerAsWritten(_ name: String) async throws {
    try await CommandCaseFiles.check(CommandCaseFiles.folder + "/" + name, named: name)
  }
}

extension CommandCaseFiles {
  private static let rewrites = getenv("BARTIZAN_WRITE_CASES") != nil

  /// Runs the commands of a file, and records where they do not answer as it says.
  ///
  /// - Parameter input: the folder that `$CASE` stands for.
  static func check(_ path: String, named name: String, input: String? = nil) async throws {
    let text = try FileReaderForTests.text(path)
    let cases = try CommandCase.all(text)
    #expect(!cases.isEmpty, "\(name) holds no case")
    let surroundings = try await CaseSurroundings(for: text, input: input)
    var written = text
    for item in cases {
      let (output, error, status) = try await surroundings.run(item.line)
      var troubles: [String] = []
      if status != item.status { troubles.append("exit code \(status), not \(item.status)") }
      if let kind = item.kind {
        troubles += try Schemas.violations(output, kind: kind).prefix(5).map { "\(kind): \($0)" }
      } else if let difference = Elision.difference(
        item.output.joined(separator: "\n"), String(decoding: output, as: UTF8.self))
      {
        troubles.append("standard output: \(difference)")
      }
      if let difference = Elision.difference(item.error.joined(separator: "\n"), error) {
        troubles.append("standard error: \(difference)")
      }
      if troubles.isEmpty { continue }
      if rewrites {
        written = written.replacing(
          item.text, with: item.text(output: lines(output, item), error: lines(error), status: status),
          maxReplacements: 1)
      } else {
        Issue.record("\(name):\(item.number): \(item.written)\n  \(troubles.joined(separator: "\n  "))")
      }
    }
    await surroundings.close()
    if written != text {
      let file = try #require(fopen(path, "wb"))
      fputs(written, file)
      fclose(file)
      Issue.record("\(name) was written anew")
    }
  }

  private static func lines(_ text: String) -> [String] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// Of an answer in JSON only the kind is kept.
  private static func lines(_ output: [UInt8], _ item: CommandCase) -> [String] {
    let text = String(decoding: output, as: UTF8.self)
    if let document = try? JSONReader.read(output), document["apiVersion"]?.string == "bartizan.dev/v1",
      let kind = document["kind"]?.string
    {
      return ["{\(kind)}"]
    }
    return lines(text)
  }
}
