import TestKit
import Testing

/// Every `console` block of README and `docs` shows what the program prints. `…` stands for what is left out.
@Suite struct DocumentedOutputTests {
  /// Commands that cannot run here, with the reason.
  static let unrunnable: [String: String] = [:]

  /// What pages call the things that a test makes for them.
  private static let names = [
    (".build/sample-images", "$IMAGES"), (".build/sample-advisories", "$STORE"), (" app.tar", " $IMAGE_ARCHIVE"),
    (".build/sample-events", "$TMP/events"),
  ]

  struct Block: CustomTestStringConvertible {
    let file: String
    let number: Int
    var commands: [(written: String, output: String)] = []
    var testDescription: String { "\(file):\(number)" }
  }

  static let blocks: [Block] = {
    let root = FileReaderForTests.repository
    let files =
      ["README.md"] + SourceFiles.all(root + "/docs", suffix: ".md").map { String($0.dropFirst(root.count + 1)) }
    return files.flatMap { file in (try? FileReaderForTests.text(root + "/" + file)).map { of($0, file) } ?? [] }
  }()

  private static func of(_ text: String, _ file: String) -> [Block] {
    var blocks: [Block] = []
    var open: Block?
    var isContinued = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      guard open != nil else {
        if line == "```console" { open = Block(file: file, number: index + 1) }
        continue
      }
      if line == "```" {
        if let done = open { blocks.append(done) }
        open = nil
      } else if isContinued, let last = open?.commands.indices.last {
        open?.commands[last].written += " " + line.drop { $0 == " " }.trimmed
        isContinued = line.hasSuffix("\\")
      } else if line.hasPrefix("$ ") {
        isContinued = line.hasSuffix("\\")
        open?.commands.append((String(line.dropFirst(2).trimmed), ""))
      } else if let last = open?.commands.indices.last {
        open?.commands[last].output += line + "\n"
      }
    }
    return blocks
  }

  @Test(arguments: blocks) func blocksShowWhatIsPrinted(_ block: Block) async throws {
    func named(_ text: String) -> String { Self.names.reduce(text) { $0.replacing($1.0, with: $1.1) } }
    func shown(_ text: String) -> String { Self.names.reduce(text) { $0.replacing($1.1, with: $1.0) } }
    let all = block.commands.map(\.written).joined(separator: " ")
    let surroundings = try await CaseSurroundings(for: named(all))
    for command in block.commands {
      if let reason = Self.unrunnable[command.written] {
        print("\(block.file):\(block.number): `\(command.written)` was not run: \(reason)")
        continue
      }
      let line = try ShellLine(named(command.written))
      let (output, error, _) = try await surroundings.run(line)
      // A terminal shows both.
      let printed = shown(error + String(decoding: output, as: UTF8.self))
      let difference = Elision.difference(command.output, printed)
      #expect(
        difference == nil,
        "\(block.file):\(block.number): \(command.written)\n  \(difference ?? "")\n\(printed.prefix(4000))")
    }
    await surroundings.close()
  }

  @Test func whatIsExcusedIsThere() {
    let written = Set(Self.blocks.flatMap { $0.commands.map(\.written) })
    for command in Self.unrunnable.keys { #expect(written.contains(command), "no page shows \(command)") }
  }
}

extension Substring {
  /// Without a backslash that continues the line, and the spaces before it.
  fileprivate var trimmed: Substring {
    var text = self
    if text.last == "\\" { text.removeLast() }
    while text.last == " " { text.removeLast() }
    return text
  }
}
