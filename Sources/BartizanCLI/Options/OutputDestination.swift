import Report

/// Where an answer goes, in which format.
struct OutputDestination: Equatable, Sendable {
  enum Place: Equatable, Sendable {
    case standardOutput
    case file(String)
  }

  let format: OutputFormat
  let place: Place

  /// Why options do not say where an answer goes.
  enum Invalid: Error, Equatable, CustomStringConvertible {
    /// A format that the command does not answer in.
    case unsupported(String, [OutputFormat])
    /// `NAME=PATH` whose name is no format at all.
    case unknown(String, [OutputFormat])
    /// Two answers in one place.
    case twice(Place)

    var description: String {
      switch self {
      case .unsupported(let name, let formats):
        "no format \"\(name)\" here; formats are \(Self.list(formats)) (for a file of that name: -o ./\(name))"
      case .unknown(let word, let formats):
        "-o \(word): no format \"\(word.prefix { $0 != "=" })\" here; formats are \(Self.list(formats)) (for a file of that name: -o ./\(word))"
      case .twice(.standardOutput): "two formats for standard output; write one of them to a file with -o FORMAT=PATH"
      case .twice(.file(let path)): "\(path) is named twice"
      }
    }

    private static func list(_ formats: [OutputFormat]) -> String {
      formats.map(\.rawValue).joined(separator: ", ")
    }
  }

  /// Words that other tools take behind `-o`, and that nobody means as the name of a file.
  private static let foreign: Set<String> = ["wide", "name", "text", "pretty", "template"]

  /// - Parameters:
  ///   - format: of `--format`; nil where it is not given.
  ///   - outputs: of `-o`: a format's name, `FORMAT=PATH`, or a path.
  ///   - formats: those that the command answers in, the usual one first.
  static func all(
    format: OutputFormat?, outputs: [String], formats: [OutputFormat]
  ) throws(Invalid) -> [OutputDestination] {
    let usual = format ?? formats.first ?? .table
    var all: [OutputDestination] = []
    var takesFormat = false
    for word in outputs {
      let named = OutputFormat(rawValue: word)
      if let named {
        guard formats.contains(named) else { throw .unsupported(word, formats) }
        all.append(OutputDestination(format: named, place: .standardOutput))
      } else if foreign.contains(word) {
        throw .unsupported(word, formats)
      } else if let sign = word.firstIndex(of: "="), !word[..<sign].contains("/"), !word[..<sign].contains(".") {
        guard let named = OutputFormat(rawValue: String(word[..<sign])) else { throw .unknown(word, formats) }
        guard formats.contains(named) else { throw .unsupported(named.rawValue, formats) }
        all.append(OutputDestination(format: named, place: .file(String(word[word.index(after: sign)...]))))
      } else {
        takesFormat = true
        all.append(OutputDestination(format: usual, place: .file(word)))
      }
    }
    // What --format names and no path takes goes where it would go without -o.
    if outputs.isEmpty || format != nil && !takesFormat && !all.contains(.init(format: usual, place: .standardOutput)) {
      all.append(OutputDestination(format: usual, place: .standardOutput))
    }
    for (index, destination) in all.enumerated()
    where all[..<index].contains(where: { $0.place == destination.place }) {
      throw .twice(destination.place)
    }
    return all
  }
}
