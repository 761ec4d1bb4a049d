package import Access
import Bytes
import Collect
import Events
package import Findings
package import Kube
import Transport

/// The requests of audit logs, and what of the logs could not be read.
package struct ReadAuditLog: Sendable {
  package let requests: [ObservedRequest]
  /// Of each file the first invalid lines, and a count of the rest.
  package let problems: [Problem]
  /// The same as a gap of an answer that rests on the log; empty where all of it was read.
  package let notSeen: [NotSeen]
}

/// Reads audit logs: JSON lines or webhook batches, plain or gzip, with `-` for standard input.
package enum AuditLogFiles {
  /// Maximum number of invalid lines that are reported for a file.
  private static let namedErrors = 5

  /// - Throws: `BartizanError` for a file that cannot be read; `FailedOperation` when the files contain no event.
  package static func read(_ paths: [String]) async throws -> ReadAuditLog {
    var log = AuditLog()
    var problems: [Problem] = []
    var notSeen: [NotSeen] = []
    var limits = Limits()
    limits.inputBytes = 4 << 30
    limits.documents = 50_000_000
    for path in paths {
      var bytes = try FileReader.named(path, limits: limits)
      if Gzip.isGzip(bytes) {
        do throws(DocumentError) { bytes = try Gzip.decompress(bytes, limits: limits) } catch {
          throw BartizanError(error, in: path)
        }
      }
      let before = log.errors.count
      await add(bytes, to: &log, limits)
      try Task.checkCancellation()
      problems += log.errors[before...].prefix(namedErrors).map {
        Problem(code: "audit-line", location: Location(file: path, line: $0.line), message: $0.message)
      }
      let failed = log.errors.count - before
      if failed > 0 {
        notSeen.append(
          NotSeen(
            GroupKind("audit.k8s.io", "Event"),
            reason: "\(Phrase.count(failed, "event")) of \(path) could not be read"))
      }
      let more = failed - namedErrors
      if more > 0 {
        problems.append(
          Problem(
            code: "audit-line", location: Location(file: path),
            message: "\(Phrase.count(more, "more line")) could not be read"))
      }
    }
    guard !log.events.isEmpty else {
      throw FailedOperation(
        BartizanError(.input, "no audit event in \(paths.joined(separator: ", "))"), after: problems)
    }
    return ReadAuditLog(
      requests: log.events.map { ObservedRequest($0) }, problems: problems, notSeen: notSeen)
  }

  /// Parses chunks concurrently and adds their events in order.
  private static func add(_ bytes: [UInt8], to log: inout AuditLog, _ limits: Limits) async {
    var pieces: [(range: Range<Int>, lines: Int)] = []
    var lines = 0
    for piece in LineChunks(bytes) {
      pieces.append((piece, lines))
      lines += LineChunks.countOfLines(bytes, piece)
    }
    // A pretty-printed list is one document over many lines and cannot be split.
    let isLines = pieces.count < 2 || startsDocument(bytes, pieces[0].range) && startsDocument(bytes, pieces[1].range)
    if !isLines { pieces = [(0..<bytes.count, 0)] }
    let width = Processors.count
    for start in stride(from: 0, to: pieces.count, by: width) {
      let batch = pieces[start..<min(start + width, pieces.count)]
      let parts = await withTaskGroup(of: (Int, AuditLog.Part).self) { group in
        for (index, piece) in zip(batch.indices, batch) {
          group.addTask {
            (index, AuditLog.part(bytes.span.extracting(piece.range), after: piece.lines, limits: limits))
          }
        }
        var parts: [Int: AuditLog.Part] = [:]
        for await (index, part) in group { parts[index] = part }
        return parts
      }
      for index in batch.indices { if let part = parts[index] { log.add(part) } }
    }
  }

  private static func startsDocument(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    bytes[range].first == UInt8(ascii: "{")
  }
}
