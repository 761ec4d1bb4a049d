import Bytes
import Findings
import Kube

/// What a command line in a manifest does, judged by its words. Prefers missing something to a false positive.
enum CommandText {
  /// Evidence from every word of the containers' `command` and `args` for which the closure returns true.
  static func evidence(in workload: Workload, where isBad: (String) -> Bool) -> [Evidence] {
    workload.containers.flatMap { container in
      ["command", "args"].flatMap { key in
        (container.node[key]?.elements ?? []).enumerated().compactMap { index, word -> Evidence? in
          guard let text = word.string, isBad(text) else { return nil }
          return Evidence(
            path: "\(container.path).\(key)[\(index)]", value: String(text.prefix(80)), line: Int(word.line),
            column: Int(word.column))
        }
      }
    }
  }

  /// Words outside of quotes that a shell would treat as commands and arguments.
  static func words(_ text: String) -> [Substring] {
    text.split { $0.isWhitespace || $0 == ";" || $0 == "|" || $0 == "&" || $0 == "(" || $0 == ")" || $0 == "`" }
  }

  /// Recognises `curl … | sh`, `wget -O- … | bash`, `sh -c "$(curl …)"` and `bash <(curl …)`.
  static func pipesDownloadIntoShell(_ text: String) -> Bool {
    let downloaders: Set<Substring> = ["curl", "wget"]
    let shells: Set<Substring> = [
      "sh", "bash", "ash", "zsh", "dash", "python", "python3", "perl", "/bin/sh", "/bin/bash",
    ]
    let stages = text.split(separator: "|").map { words(String($0)) }
    for (before, after) in zip(stages, stages.dropFirst()) {
      let command = after.first { $0 != "sudo" && $0 != "env" }
      if before.contains(where: downloaders.contains), let command, shells.contains(command) { return true }
    }
    for pattern in ["$(curl ", "$(wget ", "<(curl ", "<(wget ", "`curl ", "`wget "] where text.contains(pattern) {
      guard let place = text.firstRange(of: pattern) else { continue }
      let before = words(String(text[..<place.lowerBound].filter { $0 != "\"" && $0 != "'" }))
      if before.contains(where: { shells.contains($0) || $0 == "eval" || $0 == "source" }) { return true }
    }
    return false
  }
}
