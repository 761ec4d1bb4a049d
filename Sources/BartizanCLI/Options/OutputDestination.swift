import Report
import Transport

/// A format and the place that an answer is written to in it.
struct OutputDestination: Equatable, Sendable {
  enum Place: Equatable, Sendable {
    case standardOutput
    case file(String)

    /// Whether what is written to one would overwrite the other, however they are written.
    func isSame(as other: Place) -> Bool {
      switch (self, other) {
      case (.standardOutput, .standardOutput): true
      case (.file(let a), .file(let b)): a == b || Self.resolved(a) == Self.resolved(b)
      default: false
      }
    }

    private static func resolved(_ path: String) -> String {
      if let real = FilePaths.real(path) { return real }
      guard let folder = FilePaths.real(FilePaths.folder(of: path)) else { return path }
      return folder + "/" + (path.split(separator: "/").last ?? "")
    }
  }

  let format: OutputFormat
  let place: Place

  /// Why the options are contradictory or unsupported.
  enum Invalid: Error, Equatable, CustomStringConvertible {
    /// A format that the command does not support.
    case unsupported(String, [OutputFormat])
    /// `NAME=PATH` whose name is not a format.
    case unknown(String, [OutputFormat])
    /// A word that is all but the name of a format.
    case misspelt(String, OutputFormat)
    /// Neither a format nor a path, or a format without the path after its sign.
    case empty(String)
    /// Two answers for one place.
    case twice(Place)

    var description: String {
      switch self {
      case .unsupported(let name, let formats):
        "no format \"\(name)\" here; formats are \(Self.list(formats)) (for a file of that name: -o ./\(name))"
      case .unknown(let word, let formats):
        "-o \(word): no format \"\(word.prefix { $0 != "=" })\" here; formats are \(Self.list(formats)) (for a file of that name: -o ./\(word))"
      case .misspelt(let word, let format):
        "-o \(word): did you mean \(format.rawValue)? (for a file of that name: -o ./\(word))"
      case .empty(let word): "-o \"\(word)\" names no file; give a format, FORMAT=PATH or a path"
      case .twice(.standardOutput): "two formats for standard output; write one of them to a file with -o FORMAT=PATH"
      case .twice(.file(let path)): "\(path) is named twice"
      }
    }

    private static func list(_ formats: [OutputFormat]) -> String {
      formats.map(\.rawValue).joined(separator: ", ")
    }
  }

  /// Values of `-o` in other tools, which nobody means as the name of a file.
  private static let foreign: Set<String> = ["wide", "name", "text", "pretty", "template"]

  /// Whether a word is the name of a format but for its case, or for one letter too many, too few or wrong.
  private static func isMisspelt(_ name: String, _ word: String) -> Bool {
    let (a, b) = (Array(name.utf8), Array(word.lowercased().utf8))
    guard abs(a.count - b.count) <= 1 else { return false }
    let start = zip(a, b).prefix { $0 == $1 }.count
    let end = zip(a.dropFirst(start).reversed(), b.dropFirst(start).reversed()).prefix { $0 == $1 }.count
    return max(a.count, b.count) - start - end <= 1
  }

  /// What a value of `-o` is: a format, a format and a path, or a path.
  private enum Form {
    case format(OutputFormat)
    case formatted(name: String, path: String)
    case path(String)

    init(_ word: String) {
      if let format = OutputFormat(rawValue: word) {
        self = .format(format)
      } else if let sign = word.firstIndex(of: "="), !word[..<sign].contains("/"), !word[..<sign].contains(".") {
        self = .formatted(name: String(word[..<sign]), path: String(word[word.index(after: sign)...]))
      } else {
        self = .path(word)
      }
    }
  }

  /// The file that a value of `-o` names; nil for standard output.
  static func file(named word: String) -> String? {
    switch Form(word) {
    case .format: nil
    case .formatted(_, let path), .path(let path): path.isEmpty ? nil : path
    }
  }

  /// - Parameters:
  ///   - format: value of `--format`; nil where it is not given.
  ///   - outputs: values of `-o`: a format, `FORMAT=PATH`, or a path.
  ///   - formats: that the command supports, the default first.
  static func all(
    format: OutputFormat?, outputs: [String], formats: [OutputFormat]
  ) throws(Invalid) -> [OutputDestination] {
    let usual = format ?? formats.first ?? .table
    var all: [OutputDestination] = []
    var takesFormat = false
    for word in outputs {
      if word.isEmpty { throw .empty(word) }
      if foreign.contains(word) { throw .unsupported(word, formats) }
      switch Form(word) {
      case .format(let named):
        guard formats.contains(named) else { throw .unsupported(word, formats) }
        all.append(OutputDestination(format: named, place: .standardOutput))
      case .formatted(let name, let path):
        guard let named = OutputFormat(rawValue: name) else { throw .unknown(word, formats) }
        guard formats.contains(named) else { throw .unsupported(named.rawValue, formats) }
        guard !path.isEmpty else { throw .empty(word) }
        all.append(OutputDestination(format: named, place: .file(path)))
      case .path:
        if let meant = formats.first(where: { isMisspelt($0.rawValue, word) }) { throw .misspelt(word, meant) }
        takesFormat = true
        all.append(OutputDestination(format: usual, place: .file(word)))
      }
    }
    // A `--format` that no path uses goes to standard output.
    if outputs.isEmpty || format != nil && !takesFormat && !all.contains(.init(format: usual, place: .standardOutput)) {
      all.append(OutputDestination(format: usual, place: .standardOutput))
    }
    for (index, destination) in all.enumerated()
    where all[..<index].contains(where: { $0.place.isSame(as: destination.place) }) {
      throw .twice(destination.place)
    }
    return all
  }
}
