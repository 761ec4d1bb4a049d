import BartizanCLI
import Bytes
import Glibc
import Synchronization
import TestKit
import Transport

/// One run of the program, in this process, through the parsed command line.
struct CommandRun {
  let status: Int32
  let output: [UInt8]
  let error: [UInt8]

  var outputText: String { String(decoding: output, as: UTF8.self) }
  var errorText: String { String(decoding: error, as: UTF8.self) }

  /// The day that runs take for today: 2026-11-28.
  static let time = 1_795_824_000

  private final class Buffer: Sendable {
    let bytes = Mutex<[UInt8]>([])
    func add(_ more: [UInt8]) { bytes.withLock { $0 += more } }
  }

  /// - Parameters:
  ///   - arguments: what follows the program's name.
  ///   - input: standard input; nil: an empty one.
  ///   - environment: all variables that the run sees.
  ///   - columns: of the terminal; nil for a pipe.
  ///   - program: the path that the program was called by.
  ///   - room: bytes that standard output takes; nil: any number.
  init(
    _ arguments: [String], input: [UInt8]? = nil, environment: [String: String] = [:], columns: Int? = nil,
    room: Int? = nil, program: String = "bartizan"
  ) async throws {
    RepositoryFolder.enter()
    let (output, error) = (Buffer(), Buffer())
    let streams = StandardStreams(
      output: { bytes in
        if let room, output.bytes.withLock({ $0.count + bytes.count }) > room { return SystemError(ENOSPC) }
        output.add(bytes)
        return nil
      }, error: { error.add($0) }, columns: { columns }, environment: { environment[$0] },
      environmentNames: { Array(environment.keys) }, time: { Self.time })
    let folder = try TemporaryFolder()
    try folder.write("input", input ?? [])
    let descriptor = open(folder.path + "/input", O_RDONLY | O_CLOEXEC)
    defer { close(descriptor) }
    status = await FileReader.$standardInput.withValue(descriptor) {
      await StandardStreams.$current.withValue(streams) { await CommandLineRun.run(arguments, program: program) }
    }
    self.output = output.bytes.withLock { $0 }
    self.error = error.bytes.withLock { $0 }
  }
}

/// The folder that runs take for the current one, so that paths in what they print are those of the documentation.
enum RepositoryFolder {
  private static let entered: Bool = chdir(FileReaderForTests.repository) == 0

  static func enter() { precondition(entered, "the repository cannot be entered") }
}
