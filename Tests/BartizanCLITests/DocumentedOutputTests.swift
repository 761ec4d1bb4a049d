import TestKit
import Testing

/// Every `console` block of README and `docs` shows what the program prints. `…` stands for what is left out.
@Suite struct DocumentedOutputTests {
  /// Commands that cannot run here, with the reason.
  static let unrunnable: [String: String] = [
    "bartizan advisories update --source mirror/osv": "it wants a mirror of the public OSV bucket",
    "bartizan image scan rootfs/": "it wants the root of a Debian system and its advisories",
    "bartizan image watch api shop    # once": "it wants two projects with lock files",
    "bartizan advisories update --source mirror/osv && bartizan image watch":
      "it wants a mirror of the public OSV bucket",
    "bartizan image compare alpine-310.tar.gz trivy.json": "it wants an archive of Alpine and its advisories",
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
    let all = block.commands.map(\.written).joined(separator: " ")
      .replacing(".build/sample-images", with: "$IMAGES").replacing(".build/sample-advisories", with: "$STORE")
    let surroundings = try await CaseSurroundings(for: all)
    for command in block.commands {
      if let reason = Self.unrunnable[command.written] {
        print("\(block.file):\(block.number): `\(command.written)` was not run: \(reason)")
        continue
      }
      let line = try ShellLine(
        command.written.replacing(".build/sample-images", with: "$IMAGES")
          .replacing(".build/sample-advisories", with: "$STORE"))
      let (output, error, _) = try await surroundings.run(line)
      // A terminal shows both.
      let shown = error + String(decoding: output, as: UTF8.self)
      let difference = Elision.difference(command.output, shown)
      #expect(
        difference == nil,
        "\(block.file):\(block.number): \(command.written)\n  \(difference ?? "")\n\(shown.prefix(4000))")
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
