import Findings
import Report

enum StandardOutput {
  /// The terminal that it is, with the width that `COLUMNS` names where it is none.
  ///
  /// - Parameter colour: whether colours are wanted at all.
  static func terminal(colour: Bool = true) -> Terminal {
    let columns = StandardStreams.current.columns()
    let isPlain = !(Environment.value("NO_COLOR") ?? "").isEmpty || Environment.value("TERM") == "dumb"
    return Terminal(
      columns: columns ?? Environment.value("COLUMNS").flatMap(Int.init), colour: colour && columns != nil && !isPlain)
  }

  static func write(_ text: String) { write(Array(text.utf8)) }

  /// What cannot be written is told at the end of the run, with its exit code.
  static func write(_ bytes: [UInt8]) {
    let streams = StandardStreams.current
    guard streams.failure.reason == nil else { return }
    if let error = streams.output(bytes) { streams.failure.note(error) }
  }
}

enum StandardError {
  static var isTerminal: Bool { StandardStreams.current.errorIsTerminal }

  /// A line for people, with the program's name before it.
  static func line(_ text: String) { raw("bartizan: " + text + "\n") }

  static func lines(_ problems: some Sequence<Problem>) { for problem in problems { line(problem.text) } }

  static func raw(_ text: String) { StandardStreams.current.error(Array(text.utf8)) }
}

enum Environment {
  /// Nil when the variable is not set.
  static func value(_ name: String) -> String? { StandardStreams.current.environment(name) }
}
