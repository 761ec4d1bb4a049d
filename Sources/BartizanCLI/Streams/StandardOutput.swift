import Findings
import Report

enum StandardOutput {
  /// The terminal of standard output; without one, its width is `COLUMNS`.
  ///
  /// Source: no-color.org; bixense.com, "Standard for ANSI colors in terminals" (CLICOLOR, CLICOLOR_FORCE); force-color.org.
  ///
  /// - Parameter colour: whether colours are wanted at all.
  static func terminal(colour: Bool = true) -> Terminal {
    let columns = StandardStreams.current.columns()
    func isSet(_ name: String) -> Bool { !["", "0"].contains(Environment.value(name) ?? "") }
    let isForced = isSet("CLICOLOR_FORCE") || isSet("FORCE_COLOR")
    let isPlain =
      !(Environment.value("NO_COLOR") ?? "").isEmpty
      || !isForced && (Environment.value("TERM") == "dumb" || Environment.value("CLICOLOR") == "0")
    return Terminal(
      columns: columns ?? Environment.value("COLUMNS").flatMap(Int.init),
      colour: colour && (columns != nil || isForced) && !isPlain)
  }

  static func write(_ text: String) { write(Array(text.utf8)) }

  /// A failure is reported at the end of the run, in its exit code as well.
  static func write(_ bytes: [UInt8]) {
    let streams = StandardStreams.current
    guard streams.failure.reason == nil else { return }
    if let error = streams.output(bytes) { streams.failure.note(error) }
  }
}

enum StandardError {
  static var isTerminal: Bool { StandardStreams.current.errorIsTerminal }

  /// A line for people, with the program's name before it. Names and messages of others are in it: none of them steers the terminal.
  static func line(_ text: String) { raw("bartizan: " + Terminal.printable(text) + "\n") }

  /// One line for each problem; where the same is wrong in many places, one line for all of them.
  ///
  /// - Parameter verbose: whether each place is told all the same.
  static func lines(_ problems: some Sequence<Problem>, verbose: Bool = false) {
    // What is the same in all is told once.
    var told = Set<String>()
    let problems = problems.filter { told.insert($0.code.rawValue + $0.text).inserted }
    var places: [ProblemKind: [Location]] = [:]
    for problem in problems {
      places[ProblemKind(code: problem.code, message: problem.message), default: []].append(problem.location)
    }
    for problem in problems {
      let kind = ProblemKind(code: problem.code, message: problem.message)
      guard let all = places[kind] else { continue }
      guard !verbose, all.count > maximumPlaces else {
        line(problem.text)
        continue
      }
      line("\(problem.location.text) and \(all.count - 1) other places: \(problem.message)")
      places[kind] = nil
    }
  }

  /// What problems have in common that differ in their places only.
  private struct ProblemKind: Hashable {
    let code: Problem.Code
    let message: String
  }

  /// Up to which number each place of a problem has a line of its own.
  private static let maximumPlaces = 3

  static func raw(_ text: String) { StandardStreams.current.error(Invocation.mask.masked(Array(text.utf8))) }
}

enum Environment {
  /// The value of a variable; nil where it is not set.
  static func value(_ name: String) -> String? { StandardStreams.current.environment(name) }
}
