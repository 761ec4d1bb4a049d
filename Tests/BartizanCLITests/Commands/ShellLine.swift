/// A line as it is typed into a shell, as far as documentation and cases go: words, quotes, variables in front, one `printf`
/// or `cat` piped into the program, and `< FILE`.
struct ShellLine {
  struct NotUnderstood: Error, CustomStringConvertible {
    let description: String
  }

  /// What stands on the left of the pipe.
  enum Input: Equatable {
    case none
    case text(String)
    case file(String)
  }

  var environment: [String: String] = [:]
  /// Without the program's name.
  var arguments: [String] = []
  var input = Input.none

  /// - Parameter line: whole, continuation lines joined.
  init(_ line: String) throws(NotUnderstood) {
    var commands = try Self.words(line).split(separator: "|", omittingEmptySubsequences: false).map(Array.init)
    guard var words = commands.popLast(), commands.count < 2 else {
      throw NotUnderstood(description: "more than one pipe: \(line)")
    }
    if let left = commands.first {
      guard left.count == 2, let name = left.first, let argument = left.last else {
        throw NotUnderstood(description: "before the pipe only `printf TEXT` and `cat FILE`: \(line)")
      }
      switch name {
      case "printf": input = .text(argument.replacing("\\n", with: "\n"))
      case "cat": input = .file(argument)
      default: throw NotUnderstood(description: "before the pipe only `printf TEXT` and `cat FILE`: \(line)")
      }
    }
    if let place = words.firstIndex(of: "<"), place + 1 < words.count {
      input = .file(words[place + 1])
      words.removeSubrange(place...(place + 1))
    }
    while let first = words.first, let sign = first.firstIndex(of: "="), first.first?.isUppercase == true {
      environment[String(first[..<sign])] = String(first[first.index(after: sign)...])
      words.removeFirst()
    }
    guard words.first == "bartizan" else { throw NotUnderstood(description: "runs another program: \(line)") }
    if words.contains(where: { ["&&", ">", ";", "&"].contains($0) }) {
      throw NotUnderstood(description: "more than one command: \(line)")
    }
    arguments = Array(words.dropFirst())
  }

  /// Words with their quotes taken off; a comment ends them.
  private static func words(_ line: String) throws(NotUnderstood) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var escaped = false
    for character in line {
      if escaped {
        word = (word ?? "") + String(character)
        escaped = false
      } else if let open = quote {
        if character == open {
          quote = nil
        } else if character == "\\", open == "\"" {
          escaped = true
        } else {
          word = (word ?? "") + String(character)
        }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character == "\\" {
        escaped = true
      } else if character == " " {
        if let done = word { words.append(done) }
        word = nil
      } else if character == "#", word == nil {
        return words
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil, !escaped else { throw NotUnderstood(description: "a quote is open: \(line)") }
    if let done = word { words.append(done) }
    return words
  }
}
