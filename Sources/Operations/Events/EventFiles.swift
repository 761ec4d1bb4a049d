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
    /// The path by which the file is known wherever it is named from: absolute, with links resolved. Nil for what is no
    /// file, as standard input and pipes, of which nobody can tell whether it came before.
    package let identity: String?
  }

  /// A file to read.
  struct File: Sendable {
    let path: String
    /// Whether the user named it, rather than a folder that it is in.
    let isNamed: Bool
    /// Whether the next file of the list is what its writer wrote after it.
    var isContinued = false
  }

  /// All files, in order: each once, whatever names lead to it, and those of one container in the order of their time.
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
    var known: [[UInt64]: String] = [:]
    files.removeAll { file in
      // Standard input may be a file that was named as well, but is read from where it stands.
      let identity = file.path == "-" ? [] : FileStatus(file.path)?.identity
      guard let identity else { return false }
      if let first = known[identity] {
        let message =
          first == file.path ? "named twice; it was read once" : "the same file as \(first); it was read once"
        reading.problems.append(
          Problem(code: "same-file", location: Location(file: file.path), message: message, hidesInput: false))
        return true
      }
      known[identity] = file.path
      return false
    }
    reading.fileCount = files.count
    return RotatedLogs.ordered(files)
  }

  /// Reads everything, file by file.
  ///
  /// - Parameter body: receives the events in the order of the input.
  /// - Returns: what was read, and what was not.
  /// - Throws: `BartizanError` of code `input` where the only input cannot be read; whatever the body throws.
  package func read(_ body: (Piece) throws -> Void) throws -> EventReading {
    var reading = EventReading()
    var pieces = pieces(&reading)
    while let piece = try pieces.next(&reading) {
      try Task.checkCancellation()
      try body(piece)
    }
    return reading
  }

  func pieces(_ reading: inout EventReading) -> Pieces { Pieces(self, all(&reading)) }

  /// The events of all files, one file after the other.
  struct Pieces {
    private let logs: EventFiles
    private var files: ArraySlice<File>
    private var reader: EventFileReader?
    /// What the last file left open for the next one, and its path.
    private var open: (lines: EventDecoder.OpenLines, file: String)?

    fileprivate init(_ logs: EventFiles, _ files: [File]) {
      self.logs = logs
      self.files = files[...]
    }

    /// - Returns: nil at the end.
    /// - Throws: `BartizanError` of code `input` where the only input cannot be read.
    mutating func next(_ reading: inout EventReading) throws -> Piece? {
      while true {
        if let piece = try reader?.next(&reading) { return piece }
        if let reader { open = reader.open.map { ($0, reader.path) } }
        reader = nil
        guard let file = files.popFirst() else { return nil }
        reader = try logs.open(file, continuing: open?.lines, &reading)
        if reader == nil, let (lines, path) = open {
          open = nil
          // Nothing finishes it.
          var decoder = EventDecoder(options: logs.options, envelope: Envelope(path: path), continuing: lines)
          let batch = decoder.finish()
          for problem in batch.problems { reading.problems.append(problem.problem(file: path)) }
          reading.add(batch)
          return Piece(batch: batch, file: path, identity: FilePaths.real(path))
        }
      }
    }
  }

  /// - Returns: nil, with a problem, for one of several files that cannot be opened.
  fileprivate func open(
    _ file: File, continuing open: EventDecoder.OpenLines?, _ reading: inout EventReading
  ) throws -> EventFileReader? {
    do throws(BartizanError) {
      return try EventFileReader(file, options, continuing: open, isOnly: reading.fileCount == 1)
    } catch {
      guard reading.fileCount > 1 else { throw BartizanError(.input, "\(file.path): \(error.message)", cause: error) }
      reading.problems.append(
        Problem(code: "unreadable", location: Location(file: file.path), message: error.message))
      return nil
    }
  }
}
