import Bytes
import Collect
import Findings
import Posture
import Transport

/// Files with exceptions.
enum ExceptionFiles {
  static func read(_ paths: [String]) throws(BartizanError) -> (waivers: [Waiver], problems: [Problem]) {
    var waivers: [Waiver] = []
    var problems: [Problem] = []
    for path in paths {
      let (documents, troubles) = try documents(path)
      let read = Waivers.file(documents, name: path)
      waivers += read.waivers
      problems += troubles + read.problems
    }
    return (waivers, problems)
  }

  /// Says how many findings were left out.
  static func tell(_ waived: Int) {
    if waived > 0 { StandardError.line("bartizan: \(waived) finding\(waived == 1 ? "" : "s") left out by exceptions") }
  }

  private static func documents(_ path: String) throws(BartizanError) -> ([DocumentNode], [Problem]) {
    do throws(BartizanError) {
      let stream = DocumentReader.read(try FileReader.read(path))
      return (
        stream.documents,
        stream.errors.map {
          Problem(
            code: Problem.Code(rawValue: $0.code.rawValue), location: Location(file: path, line: $0.line),
            message: $0.message,
            hidesInput: false)
        }
      )
    } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
  }
}
