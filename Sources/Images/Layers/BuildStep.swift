/// A step of a build, as the history of an image tells it.
///
/// Builders write it in their own ways: `/bin/sh -c #(nop)  CMD ["x"]` and `/bin/sh -c apt-get update` (the classic one),
/// `RUN /bin/sh -c apt-get update # buildkit` and `COPY a b # buildkit` (BuildKit), `|1 NAME=value /bin/sh -c …` with arguments.
package struct BuildStep: Sendable, Equatable {
  /// `RUN`, `ADD`, `COPY`, `USER`, …; in capitals.
  package let instruction: String
  package let arguments: String

  private static let instructions: Set<String> = [
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN",
    "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
  ]

  private static let shells = [
    "/bin/sh -c ", "/bin/bash -c ", "/bin/ash -c ", "/bin/bash -o pipefail -c ", "/bin/sh -o pipefail -c ",
    "/bin/ash -o pipefail -c ", "/bin/ash -eo pipefail -c ", "/bin/bash -eo pipefail -c ",
  ]

  package init(_ command: String) {
    var rest = command[...]
    rest = rest.drop(while: \.isWhitespace)
    while rest.last?.isWhitespace == true { rest.removeLast() }
    if rest.hasSuffix("# buildkit") { rest = rest.dropLast("# buildkit".count) }
    var isRun = false
    if rest.hasPrefix("RUN ") {
      isRun = true
      rest = rest.dropFirst(4).drop(while: \.isWhitespace)
    }
    for shell in Self.shells {
      if rest.hasPrefix(shell) {
        rest = rest.dropFirst(shell.count)
      } else if rest.hasPrefix("|"), let place = rest.firstRange(of: " " + shell) {
        // Before it stand arguments of the build: how many, then each.
        rest = rest[place.upperBound...]
      } else {
        continue
      }
      rest = rest.drop(while: \.isWhitespace)
      isRun = true
      break
    }
    if rest.hasPrefix("#(nop)") {
      rest = rest.dropFirst(6).drop(while: \.isWhitespace)
      isRun = false
    }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    let word = rest.prefix { !$0.isWhitespace }
    if !isRun, Self.instructions.contains(String(word)) {
      instruction = String(word)
      arguments = String(rest.dropFirst(word.count).drop(while: \.isWhitespace))
    } else {
      instruction = "RUN"
      arguments = String(rest)
    }
  }

  /// Commands of a `RUN`, one by one, without what joins them.
  package var commands: [[Substring]] {
    guard instruction == "RUN" else { return [] }
    var commands: [[Substring]] = [[]]
    for word in arguments.split(whereSeparator: \.isWhitespace) {
      if ["&&", "||", ";", "|", "\\"].contains(word) {
        commands.append([])
      } else if word.hasSuffix(";") {
        commands[commands.count - 1].append(word.dropLast())
        commands.append([])
      } else {
        commands[commands.count - 1].append(word)
      }
    }
    return commands.filter { !$0.isEmpty }
  }
}
