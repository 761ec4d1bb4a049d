import ArgumentParser
import Collect
import Images
import Transport

/// What `LayerIsolation` starts: reads a layer or a bill of materials from standard input, or a folder, and answers on standard output.
/// Not for people.
struct ReadLayerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Read a layer in a process of its own.")

  /// The first word of the command line. It is none of the commands that people are told of.
  static let name = "read-layer"

  /// How the program starts itself; nil where it is not known what it is, as in tests.
  static var isolation: LayerIsolation? {
    Invocation.executable.map { LayerIsolation(program: $0, arguments: [name]) }
  }

  @Option var memory: Int
  @Option var processorSeconds: Int
  @Flag var secrets = false
  /// The folder to read.
  @Option var folder: String?
  /// The name of the bill of materials to read.
  @Option var bill: String?
  @Option var secretRules: String?
  @Option var today: String?

  func run() throws {
    // Afterwards no file can be opened, but of a folder.
    let rules = try secretRules.map { try SecretRuleFile(try FileReader.readPlain($0), name: $0, today: today ?? "") }
    Confinement.apply(memory: memory, processorSeconds: processorSeconds, opensFiles: folder != nil)
    let secretScanner = SecretScanner(rules)
    if let folder {
      return StandardOutput.write(FolderReading.message(of: folder, secrets ? secretScanner : nil))
    }
    if let bill {
      return StandardOutput.write(BillReading.message(try FileReader.readStandardInput(), file: bill))
    }
    let scanner = LayerScanner(secrets: secrets, scanner: secretScanner, sums: false)
    let input = try FileStream(named: "-")
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while case let got = try input.read(&buffer), got > 0 { scanner.feed(buffer.span.bytes.extracting(0..<got)) }
    StandardOutput.write(scanner.finish().message)
  }
}
