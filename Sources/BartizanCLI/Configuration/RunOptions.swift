import ArgumentParser
import Findings

/// Options that are for the run and not for its command: they may stand anywhere, and no command declares them.
struct RunOptions: Sendable, Equatable {
  static let timeoutName = "timeout"
  static let timeoutVariable = "BARTIZAN_TIMEOUT"

  /// After which the run is stopped; nil for no bound.
  private(set) var timeout: Duration?
  /// Whether the command line or a variable says so, be it that there is none.
  private(set) var saysTimeout = false
  /// The file of options; nil: it is looked for; empty: none.
  private(set) var configuration: String?

  /// Takes them out of a command line.
  ///
  /// - Parameter own: names of the options that the command has itself, and which are left to it. They are only asked for where there
  ///   is such an option: the parser takes milliseconds to tell them.
  /// - Throws: `usage` for one without a value or with a wrong one.
  static func taken(
    from arguments: [String], own: () -> Set<String>
  ) throws(BartizanError) -> (options: RunOptions, rest: [String]) {
    var options = RunOptions()
    options.configuration = Environment.value("BARTIZAN_CONFIG")
    if let text = Environment.value(timeoutVariable), !text.isEmpty {
      options.timeout = try duration(text, timeoutVariable)
      options.saysTimeout = true
    }
    var rest: [String] = []
    var words = arguments[...]
    while let word = words.popFirst() {
      if word == "--" {
        rest += [word] + words
        break
      }
      let name = String(word.dropFirst(2).prefix { $0 != "=" })
      guard word.hasPrefix("--"), [timeoutName, "config"].contains(name), !own().contains(name) else {
        rest.append(word)
        continue
      }
      let value: String
      if let sign = word.firstIndex(of: "=") {
        value = String(word[word.index(after: sign)...])
      } else if let next = words.popFirst() {
        value = next
      } else {
        throw BartizanError(.usage, "--\(name) wants a value")
      }
      if name == timeoutName {
        options.timeout = try duration(value, "--timeout")
        options.saysTimeout = true
      } else {
        options.configuration = value
      }
    }
    return (options, rest)
  }

  private static func duration(_ text: String, _ name: String) throws(BartizanError) -> Duration? {
    guard let value = RequestTimeout(argument: text) else {
      throw BartizanError(.usage, "\(name) \(text): wanted is a time such as 90s, 10m or 1h")
    }
    return value.duration
  }
}
