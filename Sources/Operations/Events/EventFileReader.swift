import Bytes
import Events
import Findings
import Transport

/// Reads the events of one file, piece by piece.
final class EventFileReader {
  /// Maximum size in bytes of one log once it is unpacked. It is streamed and never in memory as a whole.
  private static let unpackedBytes = 1 << 40
  /// Expansion of a log full of repetitions: gzip's own limit is 1,032, that of zstd is far higher.
  private static let ratio = 100_000
  /// Decoding starts once so many bytes are there.
  private static let pieceBytes = 1 << 20
  /// Maximum number of problems of one file that are reported one by one.
  private static let namedProblems = 5

  private let path: String
  private let isOnly: Bool
  private let stream: FileStream
  private let unpacker = StreamDecoder(maximumBytes: unpackedBytes, ratio: ratio)
  private var decoder: EventDecoder
  private var collector = ByteCollector()
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)
  private var isRead = false
  private var isDone = false
  private var broken: BartizanError?
  private var problems = 0
  private var count = 0

  /// - Parameter isOnly: whether it is the only input, so that a failure is one of the whole.
  init(_ file: EventFiles.File, _ options: DecodeOptions, isOnly: Bool) throws(BartizanError) {
    path = file.path
    self.isOnly = isOnly
    stream = try file.isNamed ? FileStream(named: path) : FileStream(found: path)
    decoder = EventDecoder(options: options, envelope: path == "-" ? .none : Envelope(path: path))
  }

  /// - Returns: nil at the end.
  /// - Throws: `BartizanError` where nothing of the only input can be read.
  func next(_ reading: inout EventReading) throws(BartizanError) -> EventFiles.Piece? {
    while !isDone {
      if !isRead { fill() }
      let batch: EventBatch
      if collector.bytes.isEmpty, isRead {
        batch = decoder.finish()
        isDone = true
      } else {
        batch = decoder.decode(take())
      }
      tell(batch.problems, &reading)
      if isDone { try end(&reading, last: batch.count) }
      guard batch.count > 0 else { continue }
      count += batch.count
      reading.add(batch)
      return EventFiles.Piece(batch: batch, file: path)
    }
    return nil
  }

  private func take() -> [UInt8] {
    defer { collector = ByteCollector() }
    return collector.bytes
  }

  /// Reads until there is enough to decode. What came before a fault is read all the same.
  private func fill() {
    do throws(BartizanError) {
      while collector.bytes.count < Self.pieceBytes {
        let got = try stream.read(&buffer)
        do throws(DocumentError) {
          if got == 0 {
            isRead = true
            return try unpacker.finish(into: &collector)
          }
          try unpacker.feed(buffer.span.bytes.extracting(0..<got), into: &collector)
        } catch {
          throw BartizanError(error)
        }
      }
    } catch {
      broken = error
      isRead = true
    }
  }

  /// Records that are kept are events: all problems are counted by reason, and only the first ones are named.
  private func tell(_ list: [RecordProblem], _ reading: inout EventReading) {
    for problem in list {
      reading.count(problem)
      problems += 1
      if problems <= Self.namedProblems {
        reading.problems.append(problem.problem(file: path))
      } else if problem.losesInput {
        reading.isCut = true
      }
    }
  }

  private func end(_ reading: inout EventReading, last: Int) throws(BartizanError) {
    if problems > Self.namedProblems {
      reading.problems.append(
        Problem(
          code: "unparsed-record", location: Location(file: path),
          message: "\(Phrase.count(problems - Self.namedProblems, "more record")) of the same kinds", hidesInput: false)
      )
    }
    guard let broken else { return }
    let events = count + last
    guard events > 0 || !isOnly else {
      throw BartizanError(.input, "\(path): \(broken.message)", cause: broken)
    }
    reading.problems.append(
      Problem(
        code: "cut-off", location: Location(file: path),
        message:
          "\(broken.message); \(Phrase.count(events, "event")) before that \(events == 1 ? "was" : "were") read"))
  }
}
