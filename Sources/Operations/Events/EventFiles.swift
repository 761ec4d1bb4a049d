package import Bytes
package import Events
package import Findings
import Glibc
import Transport

/// Logs as files: plain, gzip or zstd, folders of them, and `-` for standard input.
package struct EventFiles: Sendable {
  /// Files, folders, or `-`, as the user named them.
  package let paths: [String]
  package let options: DecodeOptions

  /// Maximum size in bytes of one log once it is unpacked. It is streamed and never in memory as a whole.
  private static let unpackedBytes = 1 << 40
  /// Expansion of a log full of repetitions, which gzip limits to 1,032.
  private static let ratio = 100_000
  /// Decoding starts once so many bytes are there.
  private static let pieceBytes = 1 << 20
  /// Maximum number of problems of one file that are reported one by one.
  private static let namedProblems = 5

  package init(_ paths: [String], options: DecodeOptions = DecodeOptions()) {
    self.paths = paths
    self.options = options
  }

  /// The next events of a file.
  package struct Piece {
    package let batch: EventBatch
    /// The file as it was named or found.
    package let file: String
  }

  /// Reads everything, file by file.
  ///
  /// - Parameter body: receives the events in the order of the input, and returns whether to continue.
  /// - Returns: what was read, and what was not.
  /// - Throws: `BartizanError` of code `input` where the only input cannot be read; whatever the body throws.
  package func read(_ body: (Piece) throws -> Bool) throws -> EventReading {
    var reading = EventReading()
    var files: [(path: String, isNamed: Bool)] = []
    for path in paths {
      if path != "-", FilePaths.isFolder(path) {
        let walk = LogFolder(path)
        reading.problems += walk.problems
        files += walk.files.map { ($0, false) }
      } else {
        files.append((path, true))
      }
    }
    reading.fileCount = files.count
    for (path, isNamed) in files {
      try Task.checkCancellation()
      do {
        guard try read(path, isNamed: isNamed, &reading, body) else { return reading }
      } catch let error as BartizanError where error.code == .input {
        guard files.count > 1 else { throw BartizanError(.input, "\(path): \(error.message)", cause: error) }
        reading.problems.append(
          Problem(code: "unreadable", location: Location(file: path), message: error.message))
      }
    }
    return reading
  }

  /// Collects the pieces of a decompressor until there is enough to decode.
  private struct Collector: ByteConsumer {
    var bytes: [UInt8] = []

    mutating func consume(_ piece: RawSpan) throws(DocumentError) {
      piece.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    mutating func take() -> [UInt8] {
      defer { bytes = [] }
      return bytes
    }
  }

  /// - Returns: whether to continue with the next file.
  private func read(
    _ path: String, isNamed: Bool, _ reading: inout EventReading, _ body: (Piece) throws -> Bool
  ) throws -> Bool {
    var decoder = EventDecoder(options: options, envelope: path == "-" ? .none : Envelope(path: path))
    let unpacker = StreamDecoder(maximumBytes: Self.unpackedBytes, ratio: Self.ratio)
    var collector = Collector()
    var named = 0
    var unnamed = 0
    var failure: (any Error)?
    var goesOn = true
    var count = 0

    func pass(_ batch: EventBatch) throws -> Bool {
      for problem in batch.problems {
        reading.count(problem)
        // Records that are kept are events: they are counted by reason, and only the first ones are named.
        named += 1
        if named <= Self.namedProblems {
          reading.problems.append(problem.problem(file: path))
        } else {
          unnamed += 1
          if problem.losesInput { reading.isCut = true }
        }
      }
      guard batch.count > 0 else { return true }
      count += batch.count
      reading.add(batch)
      return try body(Piece(batch: batch, file: path))
    }

    func step(_ piece: RawSpan) throws(BartizanError) -> Bool {
      do throws(DocumentError) { try unpacker.feed(piece, into: &collector) } catch {
        throw BartizanError(error)
      }
      guard collector.bytes.count >= Self.pieceBytes else { return true }
      do { goesOn = try pass(decoder.decode(collector.take())) } catch {
        failure = error
        goesOn = false
      }
      return goesOn
    }

    var broken: BartizanError?
    do throws(BartizanError) {
      if isNamed { try FileStream.readNamed(path, step) } else { try FileStream.readPlain(path, step) }
      do throws(DocumentError) { try unpacker.finish(into: &collector) } catch { throw BartizanError(error) }
    } catch {
      broken = error
    }
    if let failure { throw failure }
    guard goesOn else { return false }
    // What came before a fault is read all the same.
    goesOn = try pass(decoder.decode(collector.take()))
    if goesOn { goesOn = try pass(decoder.finish()) }
    if unnamed > 0 {
      reading.problems.append(
        Problem(
          code: "unparsed-record", location: Location(file: path),
          message: "\(Phrase.count(unnamed, "more record")) of the same kinds", hidesInput: false))
    }
    if let broken {
      guard count > 0 else { throw broken }
      reading.problems.append(
        Problem(
          code: "cut-off", location: Location(file: path),
          message: "\(broken.message); \(Phrase.count(count, "event")) before that \(count == 1 ? "was" : "were") read"))
    }
    return goesOn
  }
}
