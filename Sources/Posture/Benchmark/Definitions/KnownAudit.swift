import Bytes
package import Kube

/// Answers audits of well-known shapes from the record of a node, without running anything.
package struct KnownAudit: Sendable {
  private let record: NodeRecord

  package init(_ record: NodeRecord) { self.record = record }

  /// The answer to a script after substitution; `notRun` for one whose shape is not known or whose facts were not read.
  package func answer(_ script: String) -> AuditAnswer {
    let words = script.split(whereSeparator: \.isWhitespace).map(String.init)
    func unquoted(_ word: String) -> String { word.filter { !"'\";".contains($0) } }
    // /bin/ps -ef | grep PROGRAM | grep -v grep
    if words.count >= 5, words[0].hasSuffix("ps"), words[1] == "-ef", words[2] == "|", words[3].hasSuffix("grep"),
      words.dropFirst(5).allSatisfy({ ["|", "grep", "/bin/grep", "-v"].contains($0) })
    {
      return processes(unquoted(words[4]))
    }
    // /bin/ps -fC PROGRAM
    if words.count == 3, words[0].hasSuffix("ps"), words[1] == "-fC" { return processes(unquoted(words[2])) }
    // cat "/proc/$(/bin/ps -C PROGRAM -o pid= | tr -d ' ')/environ" | tr '\0' '\n'
    if words.count > 3, words[0] == "cat", words[1].hasPrefix("\"/proc/$("), words[2] == "-C",
      script.contains("/environ\"")
    {
      return environment(unquoted(words[3]))
    }
    // cat PATH
    if words.count == 2, words[0] == "cat" || words[0] == "/bin/cat" { return content(unquoted(words[1])) }
    // sh -c 'if test -e PATH; then stat -c FORMAT PATH; fi'
    if let test = words.firstIndex(of: "-e"), test + 1 < words.count, test > 0, words[test - 1] == "test",
      let stat = words.firstIndex(of: "stat"), stat + 3 < words.count, words[stat + 1] == "-c",
      words[(stat + 4)...].allSatisfy({
        ["fi", "fi'", "fi\"", "else", "echo", "\\\"File", "not", "found\\\";"].contains($0)
      }),
      unquoted(words[test + 1]) == unquoted(words[stat + 3])
    {
      return status(
        unquoted(words[test + 1]), format: unquoted(words[stat + 2]),
        missing: words.contains("else") ? "File not found\n" : "")
    }
    return .notRun("the audit's shape is not known; --allow-commands runs it")
  }

  private func processes(_ program: String) -> AuditAnswer {
    guard let component = NodeComponent(arguments: [program]), component != .distribution else {
      return .notRun("the record holds no processes named \(program); --allow-commands runs the audit")
    }
    let running = (record.components[component] ?? []).filter { fact in
      if case .process? = fact.source { true } else { fact.source == .processes }
    }
    if running.contains(where: { $0.value != nil }) {
      return .output(
        running.compactMap(\.value).map { ([component.rawValue] + $0.words).joined(separator: " ") + "\n" }.joined())
    }
    return !running.isEmpty && running.allSatisfy(\.isAbsent)
      ? .output("") : .notRun("the processes of the node were not read")
  }

  /// What a program's environment sets is among its arguments in a record, as flags, which are asked for first: of others nothing is kept.
  private func environment(_ program: String) -> AuditAnswer {
    guard NodeComponent(arguments: [program]) == .etcd else {
      return .notRun(
        "the record holds no environment of \(program.isEmpty ? "a program" : program); --allow-commands runs the audit"
      )
    }
    if let reason = record.environmentGap(of: .etcd) { return .notRun("the environment of etcd: \(reason.text)") }
    let isRead = (record.components[.etcd] ?? []).contains { fact in
      if case .read(_, .process) = fact { true } else { false }
    }
    return isRead ? .output("") : .notRun("the environment of etcd was not read")
  }

  private func content(_ path: String) -> AuditAnswer {
    switch record.configuration(path) {
    case .read(let document, _): .output(JSONWriter.compact(document))
    case .absent: .failed(output: "cat: \(path): No such file or directory\n", status: 1)
    case .unread(let reason, _): .notRun("\(path): \(reason.text)")
    }
  }

  private func status(_ path: String, format: String, missing: String) -> AuditAnswer {
    switch record.file(path) {
    case .absent: return .output(missing)
    case .unread(let reason, _): return .notRun("\(path): \(reason.text)")
    case .read(let status, _):
      var line = format
      for (place, value) in [("%a", status.modeText), ("%U", status.owner), ("%G", status.group), ("%n", path)] {
        line = line.replacing(place, with: value)
      }
      return line.contains("%") ? .notRun("stat's format \(format) is not known") : .output(line + "\n")
    }
  }

  /// Whether a program of this name is known to run. A record knows components by what they are, and not that one was
  /// started through another program, such as hyperkube.
  package func isRunning(_ program: String) -> Bool {
    guard let component = NodeComponent(rawValue: program), component != .distribution else { return false }
    return (record.components[component] ?? []).contains { $0.value != nil }
  }

  /// Whether a file is known to exist.
  package func exists(_ path: String) -> Bool {
    record.file(path).value != nil || record.configuration(path).value != nil
  }
}
