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

  let path: String
  private let identity: String?
  private let isContinued: Bool
  /// What the file leaves open for the one that continues it, once it was read to its end.
  private(set) var open: EventDecoder.OpenLines?
  private let isOnly: Bool
  private let stream: FileStream
  private let unpacker = StreamDecoder(maximumBytes: unpackedBytes, ratio: ratio)
  private var decoder: EventDecoder
  private var collector = ByteCollector()
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)
  /// What of the buffer was read, and how much of that was unpacked.
  private var filled = 0
  private var used = 0
  /// Nil for a text that is no UTF-16.
  private var transcoder: UTF16Stream?
  private var isTaken = false
  private var isRead = false
  private var isDone = false
  private var broken: BartizanError?
  private var problems = 0
  private var count = 0
  private var zeros = ZeroRuns()

  /// The runs of zero bytes of a file.
  private struct ZeroRuns {
    var runs = 0
    var bytes = 0
    var line = 1
    /// Whether one of them stands where there may have been records.
    var mayHideRecords = false
  }

  /// - Parameters:
  ///   - open: what the file that this one continues left open.
  ///   - isOnly: whether it is the only input, so that a failure is one of the whole.
  init(
    _ file: EventFiles.File, _ options: DecodeOptions, continuing open: EventDecoder.OpenLines?, isOnly: Bool
  ) throws(BartizanError) {
    path = file.path
    identity = path != "-" && FileStatus(path)?.kind == .file ? FilePaths.real(path) : nil
    isContinued = file.isContinued
    self.isOnly = isOnly
    stream = try file.isNamed ? FileStream(named: path) : FileStream(found: path)
    decoder = EventDecoder(options: options, envelope: path == "-" ? .none : Envelope(path: path), continuing: open)
  }

  /// - Returns: nil at the end.
  /// - Throws: `BartizanError` where nothing of the only input can be read.
  func next(_ reading: inout EventReading) throws(BartizanError) -> EventFiles.Piece? {
    while !isDone {
      if !isRead { fill() }
      let batch: EventBatch
      if collector.bytes.isEmpty, isRead {
        if isContinued { (batch, open) = decoder.finishLeavingOpen() } else { batch = decoder.finish() }
        isDone = true
      } else {
        batch = decoder.decode(take())
      }
      tell(batch.problems, &reading)
      if isDone { try end(&reading, last: batch.count) }
      guard batch.count > 0 else { continue }
      count += batch.count
      reading.add(batch)
      return EventFiles.Piece(batch: batch, file: path, identity: identity)
    }
    return nil
  }

  private func take() -> [UInt8] {
    let bytes = collector.bytes
    collector = ByteCollector()
    if !isTaken {
      isTaken = true
      transcoder = UTF16Stream(startOf: bytes)
    }
    guard transcoder != nil else { return bytes }
    let text = transcoder?.decode(bytes) ?? bytes
    return isRead ? text + (transcoder?.finish() ?? []) : text
  }

  /// Reads until there is enough to decode. What came before a fault is read all the same.
  private func fill() {
    do throws(BartizanError) {
      while collector.bytes.count < Self.pieceBytes {
        if used == filled, !unpacker.isPaused {
          filled = try stream.read(&buffer)
          used = 0
          isRead = filled == 0
        }
        do throws(DocumentError) {
          if isRead { return try unpacker.finish(into: &collector) }
          used += try unpacker.feed(
            buffer.span.bytes.extracting(used..<filled), most: Self.pieceBytes - collector.bytes.count, into: &collector
          )
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
      if case .zeros(let bytes, let isHole) = problem.kind {
        if zeros.runs == 0 { zeros.line = problem.line }
        zeros.runs += 1
        zeros.bytes += bytes
        zeros.mayHideRecords = zeros.mayHideRecords || !isHole
        continue
      }
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
    tellZeros(&reading)
    if let count = transcoder?.broken, count > 0 {
      reading.problems.append(
        Problem(
          code: "broken-text", location: Location(file: path),
          message: "UTF-16 in which \(Phrase.count(count, "character")) could not be read", hidesInput: false))
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

  /// A hole at the beginning is what a log has that was emptied while its writer kept its place: what stood there was
  /// copied elsewhere before. In the middle and at the end are places that were never written to, which may have been
  /// records.
  private func tellZeros(_ reading: inout EventReading) {
    guard zeros.runs > 0 else { return }
    let bytes = Phrase.count(zeros.bytes, "zero byte")
    let what = zeros.runs == 1 ? "\(bytes) in a row" : "\(bytes) in \(zeros.runs) places"
    let reason =
      zeros.mayHideRecords
      ? "records that were never written may have been there, as after a power failure"
      : "the log was emptied while it was written to, and nothing of it is missing"
    reading.problems.append(
      Problem(
        code: "zero-bytes", location: Location(file: path, line: zeros.line),
        message: "\(what) passed over, what is around them was read: \(reason)", hidesInput: zeros.mayHideRecords))
  }
}
