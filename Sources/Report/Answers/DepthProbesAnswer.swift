package import Bytes
package import Depth
package import Findings
package import Kube

/// What servers that the user named say to whoever asks (`depth probe`).
package struct DepthProbesAnswer: KindOfAnswer {
  package static let kind = "DepthProbes"

  private let results: [ProbeResult]
  private let targets: [ProbeTarget]
  /// Nil where no cluster was given to compare with.
  private let beliefs: [ProbeBelief]?
  private let from: DepthPosition?
  private let time: String
  /// Whether nothing was sent: the answer is what would be.
  private let isPlan: Bool
  package let notSeen: [NotSeen]

  /// - Parameters:
  ///   - time: RFC 3339.
  ///   - from: where the requests came from, where a cluster was given.
  package init(
    _ results: [ProbeResult], of targets: [ProbeTarget], beliefs: [ProbeBelief]?, from: DepthPosition?, time: String,
    notSeen: [NotSeen]
  ) {
    self.results = results
    self.targets = targets
    self.beliefs = beliefs
    self.from = from
    self.time = time
    self.notSeen = notSeen
    isPlan = false
  }

  /// What would be sent.
  package init(planned targets: [ProbeTarget], time: String) {
    results = targets.flatMap { target in
      ProbeCatalogue.probes(of: target).map { probe in
        ProbeResult(probe, target, probe.requests(target).map { .init($0, .notSent) })
      }
    }
    self.targets = targets
    beliefs = nil
    from = nil
    self.time = time
    notSeen = []
    isPlan = true
  }

  /// The gravest of what was found; nil where nothing is wrong.
  package var worst: Severity? {
    isPlan ? nil : (results.compactMap(\.outcome.severity) + (beliefs ?? []).compactMap(\.severity)).max()
  }

  /// Whether something was asked and neither yes nor no was the answer, or a server that was to be examined was not.
  package var isPartial: Bool {
    !isPlan && (results.contains { !$0.outcome.isAnswered } || !unexamined.isEmpty)
  }

  /// Targets where nothing answered that is what the user says it is.
  private var unexamined: [ProbeTarget] {
    targets.filter { target in
      let own = results.filter { $0.target == target }
      guard target.kind.isExpectedToAnswer else { return own.isEmpty }
      return own.allSatisfy { result in
        switch result.outcome {
        case .open, .closed: false
        case .absent, .notApplicable, .unanswered: true
        }
      }
    }
  }

  private var byGravity: [ProbeResult] {
    results.enumerated().sorted { a, b in
      let (first, second) = (a.element.outcome.severity?.rawValue ?? -1, b.element.outcome.severity?.rawValue ?? -1)
      return first == second ? a.offset < b.offset : first > second
    }.map(\.element)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("time", time)
    writer.field("sent", !isPlan)
    writer.field("from", from?.text)
    writer.key("probes")
    writer.array(of: results) { writer, result in
      writer.object { writer in
        writer.field("id", result.probe.id)
        writer.field("target", result.target.text)
        writer.field("title", result.probe.title)
        if !isPlan {
          writer.field("outcome", result.outcome.name)
          writer.field("severity", result.outcome.severity?.name)
          writer.field("text", result.outcome.text)
          if result.outcome.severity != nil {
            writer.field("rationale", result.probe.rationale)
            writer.field("remediation", result.probe.remediation)
            writer.field("reference", result.probe.reference.url)
          }
        }
        writer.key("requests")
        writer.array(of: result.exchanges) { writer, exchange in
          writer.object { writer in
            writer.field("request", exchange.request.text)
            writer.field("body", exchange.request.body)
            if !isPlan { writer.field("outcome", exchange.outcome) }
          }
        }
      }
      writer.drain(to: sink)
    }
    writer.field("unexamined", unexamined.map(\.text))
    guard let beliefs else { return }
    writer.key("beliefs")
    writer.array(of: beliefs) { writer, belief in
      writer.object { writer in
        writer.field("probe", belief.probe)
        writer.field("target", belief.target)
        writer.field("verdict", belief.verdict.rawValue)
        writer.field("severity", belief.severity?.name)
        writer.field("text", belief.text)
      }
    }
  }

  package func text(_ terminal: Terminal) -> String {
    if isPlan { return planned(terminal) }
    let open = results.count { $0.outcome.severity != nil }
    let silent = results.count { !$0.outcome.isAnswered }
    var text = TextTable(
      "\(open) of \(Phrase.count(results.count, "door")) \(Phrase.noun(results.count == 1 ? 1 : open, "is", "are")) open\(silent == 0 ? "" : "; \(silent) gave no answer")",
      columns: ["severity", "probe", "target", "outcome", ""],
      rows: byGravity.map {
        [
          $0.outcome.severity?.name ?? "", $0.probe.id, $0.target.text, Self.word($0.outcome), $0.outcome.text,
        ]
      }
    ).text(terminal)
    for target in unexamined {
      text += "\n\(Terminal.printable(target.text)): not examined; nothing there answers as what it is said to be.\n"
    }
    if let beliefs {
      text +=
        "\n"
        + TextTable(
          "What the graph believes, from \(from?.text ?? "here")", columns: ["severity", "verdict", "target", ""],
          rows: beliefs.sorted { ($0.severity?.rawValue ?? -1) > ($1.severity?.rawValue ?? -1) }.map {
            [$0.severity?.name ?? "", Self.word($0.verdict), $0.target, $0.text]
          }
        ).text(terminal)
    }
    let advice = byGravity.filter { $0.outcome.severity != nil }
    var told = Set<String>()
    for result in advice where told.insert(result.probe.id).inserted {
      text += "\n\(terminal.bold(result.probe.id)): \(result.probe.rationale)\n  \(result.probe.remediation)\n"
    }
    return text + "\n" + requests(terminal)
  }

  private func planned(_ terminal: Terminal) -> String {
    TextTable(
      "Nothing was sent. With --active these requests are", columns: ["probe", "target", "request"],
      rows: results.flatMap { result in
        result.exchanges.map { [result.probe.id, result.target.text, $0.request.text] }
      }
    ).text(terminal)
  }

  private func requests(_ terminal: Terminal) -> String {
    var seen = Set<ProbeRequest>()
    return TextTable(
      "Requests, sent at \(time)", columns: ["request", "outcome"],
      rows: results.flatMap(\.exchanges).filter { seen.insert($0.request).inserted }.map {
        [$0.request.text, $0.outcome]
      }
    ).text(terminal)
  }

  private static func word(_ outcome: ProbeOutcome) -> String {
    if case .notApplicable = outcome { return "not applicable" }
    return outcome.name
  }

  private static func word(_ verdict: ProbeBelief.Verdict) -> String {
    switch verdict {
    case .confirmed: "confirmed"
    case .disproved: "disproved"
    case .missed: "not known"
    case .notComparable: "not comparable"
    }
  }
}
