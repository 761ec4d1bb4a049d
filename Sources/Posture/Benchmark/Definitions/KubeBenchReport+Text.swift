package import Bytes

extension KubeBenchReport {
  /// As kube-bench prints it to a pipe.
  package var text: String {
    var lines = ""
    for controls in controls {
      lines += "[INFO] \(controls.id) \(controls.text)\n"
      for group in controls.groups {
        lines += "[INFO] \(group.id) \(group.text)\n"
        for check in group.checks { lines += "[\(check.state.rawValue)] \(check.id) \(check.text)\n" }
      }
      lines += "\n"
      if controls.summary.fail > 0 || controls.summary.warn > 0 {
        lines += "== Remediations \(controls.nodeType) ==\n"
        for check in controls.groups.flatMap(\.checks) {
          if check.state == .warn, !check.reason.isEmpty, check.type != "manual" {
            lines += "\(check.id) audit test did not run: \(check.reason)\n"
          } else if check.state == .fail || check.state == .warn {
            lines += "\(check.id) \(check.remediation)\n"
          }
        }
        lines += "\n"
      }
      lines += Self.summary(controls.summary, controls.nodeType)
    }
    return hasTotals ? lines + Self.summary(totals, "total") : lines
  }

  private static func summary(_ summary: Summary, _ name: String) -> String {
    """
    == Summary \(name) ==
    \(summary.pass) checks PASS
    \(summary.fail) checks FAIL
    \(summary.warn) checks WARN
    \(summary.info) checks INFO


    """
  }

  /// Reads what kube-bench prints without `--json`. What that does not hold, such as audits and values, is empty.
  ///
  /// - Throws: `DocumentError` where a line is not of a report.
  package init(text: String) throws(DocumentError) {
    controls = []
    hasTotals = false
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var index = 0
    func failure(_ message: String) -> DocumentError { DocumentError(.syntax, message, line: index + 1) }
    /// `[STATE] id text`; nil for any other line.
    func entry(_ line: Substring) -> (state: KubeBenchState, id: String, text: String)? {
      guard line.first == "[", let close = line.firstIndex(of: "]"),
        let state = KubeBenchState(rawValue: String(line[line.index(after: line.startIndex)..<close]))
      else { return nil }
      let rest = line[line.index(after: close)...].drop { $0 == " " }
      guard let space = rest.firstIndex(of: " ") else { return nil }
      return (state, String(rest[..<space]), String(rest[rest.index(after: space)...]))
    }
    func heading(_ line: Substring, _ word: String) -> String? {
      let start = "== \(word) "
      guard line.hasPrefix(start), line.hasSuffix(" =="), line.count > start.count + 3 else { return nil }
      return String(line.dropFirst(start.count).dropLast(3))
    }
    func counts() throws(DocumentError) -> Summary {
      var numbers: [Int] = []
      for word in ["PASS", "FAIL", "WARN", "INFO"] {
        guard index < lines.count, lines[index].hasSuffix(" checks \(word)"),
          let number = Int(lines[index].prefix { $0 != " " })
        else { throw failure("expected a number of checks \(word)") }
        numbers.append(number)
        index += 1
      }
      return Summary(pass: numbers[0], fail: numbers[1], warn: numbers[2], info: numbers[3])
    }
    func skipEmpty() { while index < lines.count, lines[index].isEmpty { index += 1 } }

    skipEmpty()
    while index < lines.count {
      if let name = heading(lines[index], "Summary"), name == "total" {
        index += 1
        _ = try counts()
        hasTotals = true
        skipEmpty()
        continue
      }
      guard let first = entry(lines[index]), first.state == .info else {
        throw failure("no report of kube-bench: expected `[INFO]` with the title of a part")
      }
      var part = Controls(id: first.id, text: first.text)
      index += 1
      while index < lines.count, let line = entry(lines[index]) {
        index += 1
        // A group stands before its checks, whose ids begin with its own.
        let isCheck = part.groups.last.map { line.id.hasPrefix($0.id + ".") || $0.id == line.id } ?? false
        if line.state == .info, !isCheck {
          part.groups.append(Group(id: line.id, text: line.text))
          continue
        }
        guard let place = part.groups.indices.last else { throw failure("a check before any group") }
        var check = Check()
        check.id = line.id
        check.text = line.text
        check.state = line.state
        part.groups[place].checks.append(check)
        part.groups[place].summary.count(line.state)
      }
      skipEmpty()
      if index < lines.count, heading(lines[index], "Remediations") != nil {
        index += 1
        let end = lines[index...].firstIndex { heading($0, "Summary") != nil } ?? lines.endIndex
        // The empty line before the summary is not the last remedy's.
        Self.readRemedies(lines[index..<max(index, end - 1)], into: &part)
        index = end
      }
      guard index < lines.count, let name = heading(lines[index], "Summary") else {
        throw failure("expected the summary of part \(part.id)")
      }
      index += 1
      part.nodeType = name
      part.summary = try counts()
      controls.append(part)
      skipEmpty()
    }
  }

  /// Remedies stand in the order of the checks that failed or warn, each after its id.
  private static func readRemedies(_ lines: ArraySlice<Substring>, into part: inout Controls) {
    var rest = lines
    let places = part.groups.indices.flatMap { group in
      part.groups[group].checks.indices.map { (group, $0) }
    }.filter { [.fail, .warn].contains(part.groups[$0.0].checks[$0.1].state) }
    for (index, place) in places.enumerated() {
      let id = part.groups[place.0].checks[place.1].id
      guard let first = rest.first, first.hasPrefix(id + " ") else { return }
      let next = index + 1 < places.count ? part.groups[places[index + 1].0].checks[places[index + 1].1].id : nil
      let end = next.flatMap { next in rest.dropFirst().firstIndex { $0.hasPrefix(next + " ") } } ?? rest.endIndex
      var text = rest[rest.startIndex..<end].joined(separator: "\n")
      text.removeFirst(id.count + 1)
      let refusal = "audit test did not run: "
      if text.hasPrefix(refusal) {
        part.groups[place.0].checks[place.1].reason = String(text.dropFirst(refusal.count))
      } else {
        part.groups[place.0].checks[place.1].remediation = text
      }
      rest = rest[end...]
    }
  }
}
