import Bytes

/// Joins what a container printed at once and its runtime wrote as several lines: pieces of a long line, which the
/// runtime marks, and lines of stack traces and pretty-printed documents, which are recognised by their shape. Each
/// output stream of a container has its own instance, since streams are interleaved.
struct ContainerLines: Sendable {
  /// One line of the runtime's file.
  struct Line {
    /// The output of the container, without the line feed.
    var message: [UInt8]
    /// Whether the rest of the container's line follows.
    var isPartial: Bool
    /// Mapping of the runtime's line.
    var mapping: Int
    /// Number in the input, from 1.
    var number: Int
  }

  static let perStream = [ContainerLines(), ContainerLines()]

  private enum Shape {
    case plain
    case python
    case go
    case document(close: UInt8)
  }

  /// Position of the only line, as long as there is only one and its bytes are available.
  private var place: Range<Int>?
  private var original: [UInt8] = []
  private var message: [UInt8] = []
  /// Start in `message` of the container's current line.
  private var lineStart = 0
  private var first: (mapping: Int, number: Int)?
  private var count = 0
  private var isOpen = false
  private var isJoined = false
  private var shape = Shape.plain

  /// Whether the rest of a line of the container is still to come.
  var isUnfinished: Bool { first != nil && isOpen }

  /// Number in the input of the line that it begins with.
  var number: Int { first?.number ?? 1 }

  /// Waits for the input that continues this one, in which the event has the number of the line that finishes it.
  mutating func leave(_ bytes: Span<UInt8>) {
    keep(bytes)
    first?.number = 0
  }

  /// Adds a line; emits the previous lines if it does not continue them.
  mutating func add(
    _ bytes: Span<UInt8>, _ range: Range<Int>, _ line: Line, _ builder: inout BatchBuilder
  ) {
    if first != nil, !isOpen, !belongs(line.message.span) { flush(bytes, &builder) }
    if first != nil, count >= builder.joinedLines || message.count + line.message.count > builder.joinedBytes {
      flush(bytes, &builder)
    }
    if let known = first {
      if let place {
        for index in place { original.append(bytes[index]) }
        self.place = nil
      }
      original.append(0x0A)
      for index in range { original.append(bytes[index]) }
      if !isOpen {
        message.append(0x0A)
        lineStart = message.count
      }
      message += line.message
      isJoined = true
      first = known.number == 0 ? (known.mapping, line.number) : known
    } else {
      place = range
      message = line.message
      lineStart = 0
      first = (line.mapping, line.number)
    }
    count += 1
    isOpen = line.isPartial
    if !isOpen { shape = next(shape, message.span.extracting(lineStart..<message.count)) }
  }

  /// Emits the joined lines.
  mutating func flush(_ bytes: Span<UInt8>, _ builder: inout BatchBuilder) {
    guard let first else { return }
    let line = Line(message: [], isPartial: false, mapping: first.mapping, number: max(1, first.number))
    if let place {
      builder.container(bytes, place, line)
    } else {
      builder.container(original: original, isJoined: isJoined, line)
    }
    self = ContainerLines()
  }

  /// Copies what refers to bytes that are about to be released.
  mutating func keep(_ bytes: Span<UInt8>) {
    guard let place else { return }
    for index in place { original.append(bytes[index]) }
    self.place = nil
  }

  // MARK: Shapes

  private var isFirstLine: Bool { lineStart == 0 }

  /// The shapes that may follow once a line is complete.
  private func next(_ shape: Shape, _ line: Span<UInt8>) -> Shape {
    if line.starts(with: "Traceback (most recent call last)") { return .python }
    if case .python = shape {
      // The exception itself ends the trace.
      return Self.isIndented(line) ? .python : .plain
    }
    if line.starts(with: "panic: ") || line.starts(with: "fatal error: ") || line.starts(with: "goroutine ") {
      return .go
    }
    if isFirstLine, line.count == 1, line[0] == 0x7B || line[0] == 0x5B {
      return .document(close: line[0] == 0x7B ? 0x7D : 0x5D)
    }
    if case .document(let close) = shape, line.count > 0, line[0] == close { return .plain }
    return shape
  }

  private func belongs(_ line: Span<UInt8>) -> Bool {
    if Self.isIndented(line) || line.starts(with: "Caused by: ") || line.starts(with: "Suppressed: ") { return true }
    switch shape {
    case .plain: return false
    case .python:
      return line.count > 0
    case .go:
      return line.count == 0 || line.starts(with: "goroutine ") || line.starts(with: "created by ")
        || line.starts(with: "[signal ") || line.starts(with: "exit status ") || line.starts(with: "main.")
        || line.count > 1 && line[line.count - 1] == 0x29 && line.first(0x28, from: 0) != nil
    case .document(let close):
      return line.count > 0 && line[0] == close
    }
  }

  private static func isIndented(_ line: Span<UInt8>) -> Bool {
    line.count > 1 && (line[0] == 0x20 || line[0] == 0x09)
  }
}
