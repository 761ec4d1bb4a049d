import Bytes

/// A verdict as kube-bench writes it.
package enum KubeBenchState: String, Sendable, CaseIterable {
  case pass = "PASS"
  case fail = "FAIL"
  case warn = "WARN"
  case info = "INFO"
}

/// What became of an audit command.
package enum AuditAnswer: Sendable, Equatable {
  case output(String)
  /// It ran and failed.
  case failed(output: String, status: Int)
  /// It was not run, since commands are not allowed and its shape is not known or its facts were not collected.
  case notRun(String)
}

extension DefinitionCheck {
  /// The verdict of a check with its evidence.
  package struct Verdict: Sendable, Equatable {
    package var state: KubeBenchState
    package var reason = ""
    package var actual = ""
    package var expected = ""
    /// Whether nothing was judged because an audit could not be answered.
    package var isBlind = false
  }

  /// Judges as kube-bench does (`check/check.go`).
  ///
  /// - Parameter answer: gives the outcome of an audit script; never asked for an empty one.
  package func evaluate(_ answer: (String) -> AuditAnswer) -> Verdict {
    let failing: KubeBenchState = isScored ? .fail : .warn
    if isScored, type.trimmingGoSpace.isEmpty, tests == nil {
      return Verdict(state: .warn, reason: "There are no tests")
    }
    if type == "skip" { return Verdict(state: .info, reason: "Test marked as skip") }
    if type == "manual" { return Verdict(state: .warn, reason: "Test marked as a manual test") }
    guard let tests, !tests.items.isEmpty else { return Verdict(state: failing, reason: "No tests defined") }

    var outputs: [String] = []
    for (index, script) in [auditEnv, audit, auditConfig].enumerated() {
      let script = script.trimmingGoSpace
      guard !script.isEmpty else {
        outputs.append("")
        continue
      }
      switch answer(script) {
      case .output(let text): outputs.append(text)
      case .notRun(let reason):
        // Without its configuration a check still judges a flag that it sees, since flags override; but absence of a
        // flag means nothing then.
        return Verdict(state: .warn, reason: "not evaluated: \(reason)", isBlind: true)
      case .failed(let output, let status):
        let message =
          "failed to run: \(GoText.quoted(script)), output: \(GoText.quoted(output)), error: exit status \(status)"
        if index == 2, status == 127 || output.contains("No such file or directory"),
          outputs.contains(where: { !$0.isEmpty })
        {
          outputs.append("")
        } else {
          return Verdict(state: failing, reason: message)
        }
      }
    }
    return judge(command: outputs[1], config: outputs[2], env: outputs[0])
  }

  /// Judges what audits printed; empty for one that the check does not have.
  package func judge(command: String, config: String = "", env: String = "") -> Verdict {
    let failing: KubeBenchState = isScored ? .fail : .warn
    guard let tests, !tests.items.isEmpty else { return Verdict(state: failing, reason: "No tests defined") }
    let results = tests.items.map { test in
      var result = test.evaluate(command, in: .command, byLine: usesMultipleValues)
      if !result.isFound, !auditConfig.isEmpty, !config.isEmpty {
        result = test.evaluate(config, in: .config, byLine: usesMultipleValues)
      }
      if !result.isFound, !test.env.isEmpty { result = test.evaluate(env, in: .env, byLine: usesMultipleValues) }
      return result
    }
    let isTrue: Bool
    let word: String
    switch tests.join {
    case "", "and":
      isTrue = results.allSatisfy(\.isTrue)
      word = " AND "
    case "or":
      isTrue = results.contains(where: \.isTrue)
      word = " OR "
    default:
      let message = "unknown binary operator for tests \(tests.join)"
      return Verdict(state: failing, reason: message, actual: message + "\n")
    }
    return Verdict(
      state: isTrue ? .pass : failing, actual: results[0].actual,
      expected: results.map(\.expected).joined(separator: word))
  }

  /// With an audit of the environment where a test wants one and none is written, if it is clear whose.
  ///
  /// - Parameter programs: what the variables for programs stand for in the file.
  package func withDefaultEnvironmentAudit(programs: [String]) -> DefinitionCheck {
    guard auditEnv.isEmpty, tests?.items.contains(where: { !$0.env.isEmpty }) == true else { return self }
    var check = self
    let program = programs.count == 1 ? programs[0] : ""
    check.auditEnv = #"cat "/proc/$(/bin/ps -C \#(program) -o pid= | tr -d ' ')/environ" | tr '\0' '\n'"#
    return check
  }

  /// The scripts that have to be run before the check can be judged.
  package var audits: [String] {
    guard type != "skip", type != "manual", let tests, !tests.items.isEmpty else { return [] }
    return [auditEnv, audit, auditConfig].map(\.trimmingGoSpace).filter { !$0.isEmpty }
  }
}
