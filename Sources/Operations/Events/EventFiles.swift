import Bytes
package import Events
import Findings
import Transport

/// Logs as files: plain, gzip or zstd, folders of them, and `-` for standard input.
package struct EventFiles: Sendable {
  /// Files, folders, or `-`, as the user named them.
  package let paths: [String]
  package let options: DecodeOptions

  package init(_ paths: [String], options: DecodeOptions = DecodeOptions()) {
    self.paths = paths
    self.options = options
  }

  /// The next events of a file.
  package struct Piece: Sendable {
    package let batch: EventBatch
    /// The file as it was named or found.
    package let file: String
  }

  /// A file to read.
  struct File: Sendable {
    let path: String
    /// Whether the user named it, rather than a folder that it is in.
    let isNamed: Bool
  }

  /// All files, in order.
  func all(_ reading: inout EventReading) -> [File] {
    var files: [File] = []
    for path in paths {
      if path != "-", FilePaths.isFolder(path) {
        let folder = LogFolder(path)
        reading.problems += folder.problems
        files += folder.files.map { File(path: $0, isNamed: false) }
      } else {
        files.append(File(path: path, isNamed: true))
      }
    }
    reading.fileCount = files.count
    return files
  }

  /// Reads everything, file by file.
  ///
  /// - Parameter body: receives the events in the order of the input.
  /// - Returns: what was read, and what was not.
  /// - Throws: `BartizanError` of code `input` where the only input cannot be read; whatever the body throws.
  package func read(_ body: (Piece) throws -> Void) throws -> EventReading {
    var reading = EventReading()
    for file in all(&reading) {
      guard let reader = try open(file, &reading) else { continue }
      while let piece = try reader.next(&reading) {
        try Task.checkCancellation()
        try body(piece)
      }
    }
    return reading
  }

  /// - Returns: nil, with a problem, for one of several files that cannot be opened.
  func open(_ file: File, _ reading: inout EventReading) throws -> EventFileReader? {
    do throws(BartizanError) {
      return try EventFileReader(file, options, isOnly: reading.fileCount == 1)
    } catch {
      guard reading.fileCount > 1 else { throw BartizanError(.input, "\(file.path): \(error.message)", cause: error) }
      reading.problems.append(
        Problem(code: "unreadable", location: Location(file: file.path), message: error.message))
      return nil
    }
  }
}
