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

  private static let downloaders: Set<String> = ["curl", "wget"]
  private static let interpreters: Set<String> = [
    "sh", "bash", "ash", "zsh", "dash", "python", "python3", "perl", "ruby", "node", "/bin/sh", "/bin/bash", "source",
    ".",
  ]
  /// Words in front of a command that change nothing about what runs.
  private static let prefixes: Set<String> = ["sudo", "env", "exec", "nohup", "time", "then", "do", "&&"]

  /// Recognises a download to a file that a later command runs: `curl -o i.sh …; chmod +x i.sh; ./i.sh`. A file whose sum or
  /// signature is looked at in between is one that somebody vouches for.
  static func runsDownloadedFile(_ text: String) -> Bool {
    guard text.contains("curl") || text.contains("wget") else { return false }
    var files = Set<String>()
    for part in text.split(whereSeparator: { $0.isNewline || $0 == ";" || $0 == "&" || $0 == "|" }) {
      let words = part.split(whereSeparator: \.isWhitespace)
        .map { word in String(word).filter { $0 != "\"" && $0 != "'" && $0 != "(" && $0 != ")" } }
        .drop { prefixes.contains($0) || $0.isEmpty }
      guard let command = words.first else { continue }
      let name = command.split(separator: "/").last.map(String.init) ?? command
      if downloaders.contains(name) {
        files.formUnion(targets(of: name, Array(words.dropFirst())).map(plain))
      } else if verifiers.contains(name) {
        files = []
      } else if files.contains(plain(command)),
        command.contains("/") || !command.contains(".") || command.hasPrefix(".")
      {
        return true
      } else if interpreters.contains(command), words.dropFirst().contains(where: { files.contains(plain($0)) }) {
        return true
      }
    }
    return false
  }

  private static let verifiers: Set<String> = [
    "sha256sum", "sha512sum", "sha1sum", "shasum", "md5sum", "gpg", "gpgv", "cosign", "minisign", "openssl",
  ]

  private static func plain(_ file: String) -> String { file.hasPrefix("./") ? String(file.dropFirst(2)) : file }

  /// The files that a download is written to.
  private static func targets(of program: String, _ arguments: [String]) -> [String] {
    var files: [String] = []
    var named = false
    for (index, word) in arguments.enumerated() {
      let next = index + 1 < arguments.count ? arguments[index + 1] : ""
      let isCluster = word.hasPrefix("-") && !word.hasPrefix("--")
      if word == ">" || word == ">>" || word == "--output" || word == "--output-document"
        || isCluster && word.last == (program == "curl" ? "o" : "O")
      {
        named = true
        if next != "-", !next.isEmpty { files.append(next) }
      } else if let equals = word.firstIndex(of: "="),
        word.hasPrefix("--output=") || word.hasPrefix("--output-document=")
      {
        named = true
        files.append(String(word[word.index(after: equals)...]))
      } else if word.hasPrefix(">"), word.count > 1 {
        named = true
        files.append(word.filter { $0 != ">" })
      }
    }
    let keepsName =
      program == "wget" || arguments.contains { $0.hasPrefix("-") && $0.hasSuffix("O") || $0 == "--remote-name" }
    if !named, keepsName, let address = arguments.last(where: { $0.contains("://") || $0.contains("/") }),
      let name = address.split(separator: "?").first?.split(separator: "/").last
    {
      files.append(String(name))
    }
    return files
  }

  /// What runs a download as it comes: `curl … | sh`, `wget -O- … | bash`, `sh -c "$(curl …)"`, `bash <(curl …)`, `eval`.
  ///
  /// - Returns: the program, without its folder; nil where none does.
  static func interpreterOfDownload(_ text: String) -> String? {
    guard text.contains("curl") || text.contains("wget") else { return nil }
    return interpreterBehindPipe(text) ?? interpreterOfSubstitution(text)
  }

  private static func name(_ word: some StringProtocol) -> String {
    String(word.split(separator: "/").last ?? "").filter { $0 != "\"" && $0 != "'" }
  }

  private static func interpreterBehindPipe(_ text: String) -> String? {
    // Behind two bars stands what is done where the download fails.
    let words = text.replacing("||", with: " ; ").replacing("&&", with: " ; ").replacing("|", with: " | ").split {
      $0.isWhitespace || $0 == "(" || $0 == ")" || $0 == "`"
    }
    var isDownloading = false
    for (index, word) in words.enumerated() {
      if downloaders.contains(name(word)) { isDownloading = true }
      if word.hasSuffix(";") { isDownloading = false }
      guard isDownloading, word == "|" else { continue }
      let rest = words[(index + 1)...].drop { prefixes.contains(String($0)) || $0.hasPrefix("-") || $0.contains("=") }
      if let program = rest.first.map({ name($0.prefix { $0 != ";" }) }), interpreters.contains(program) {
        return program
      }
    }
    return nil
  }

  private static func interpreterOfSubstitution(_ text: String) -> String? {
    for opening in ["$(", "<(", "`"] {
      for range in text.ranges(of: opening) {
        let inner = text[range.upperBound...].drop(while: \.isWhitespace).prefix { !$0.isWhitespace }
        guard downloaders.contains(name(inner)) else { continue }
        let before = text[..<range.lowerBound].filter { $0 != "\"" && $0 != "'" }
        // What is put behind a name, or among the words of another command, is a text.
        guard before.last?.isWhitespace == true else { continue }
        var words =
          before.split(omittingEmptySubsequences: false) { ";|&(".contains($0) || $0.isNewline }.last?
          .split(whereSeparator: \.isWhitespace) ?? []
        // `bash < <(curl …)`
        if words.last == "<" { words.removeLast() }
        guard let last = words.last else { continue }
        let command = words.first { !prefixes.contains(String($0)) && !$0.contains("=") && !$0.hasPrefix("-") }
        guard let command, interpreters.contains(name(command)) || command == "eval",
          last == command || last.hasPrefix("-")
        else { continue }
        return name(command)
      }
    }
    return nil
  }
}
