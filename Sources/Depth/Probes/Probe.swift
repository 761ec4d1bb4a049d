package import Access
package import Findings

/// A question to a server that the user named: harmless, bounded, and answered by values. A probe is a file in `Catalogue` and a line
/// in `ProbeCatalogue`.
package struct Probe: Sendable {
  /// Stable, in kebab case.
  package let id: String
  package let kind: ProbeTarget.Kind
  /// The question, as a noun phrase.
  package let title: String
  /// What an open door means to an attacker, in one sentence.
  package let rationale: String
  package let remediation: String
  package let reference: Reference
  /// What the graph believes about it; nil where it does not speak of it.
  package var claim: ProbeClaim?
  /// What is sent, in order; none where the target has nothing of the kind.
  package let requests: @Sendable (ProbeTarget) -> [ProbeRequest]
  /// By the responses, in the order of the requests.
  package let judge: @Sendable ([ProbeResponse]) -> ProbeOutcome
}

/// What a probe asks of the graph's picture.
package enum ProbeClaim: Sendable {
  /// The API server answers requests without credentials as `system:anonymous`.
  case anonymousRequests
  /// `system:anonymous` may do this.
  case anonymousMay(AccessRequest)
  /// Whoever gets there has this; the graph knows no such door.
  case opens(Gain)
  /// Requests to an entry point are asked who they are.
  case authenticationAtEntry
  /// An entry point leads from here into the cluster.
  case entry
  /// The account has the rights that the graph gives it.
  case rightsOfAccount

  /// What whoever comes by a door has then.
  package enum Gain: String, Sendable {
    case node
    case clusterAdmin
    case cloudIdentity
  }
}

/// What a probe found.
package enum ProbeOutcome: Sendable {
  /// The door is open.
  case open(Severity, String)
  /// Somebody answers and does not let us in.
  case closed(String)
  /// Nothing listens there.
  case absent
  /// What answers is something else than what the probe asks for.
  case notApplicable(String)
  /// There was no answer that says yes or no.
  case unanswered(String)

  static let notAsked = ProbeOutcome.unanswered("it was not asked")

  package var name: String {
    switch self {
    case .open: "open"
    case .closed: "closed"
    case .absent: "absent"
    case .notApplicable: "notApplicable"
    case .unanswered: "unanswered"
    }
  }

  /// A sentence without a subject.
  package var text: String {
    switch self {
    case .open(_, let text), .closed(let text), .notApplicable(let text), .unanswered(let text): text
    case .absent: "nothing listens there"
    }
  }

  package var severity: Severity? { if case .open(let severity, _) = self { severity } else { nil } }

  package var isAnswered: Bool { if case .unanswered = self { false } else { true } }
}

extension ProbeResponse {
  /// The outcome of what did not come to an answer, or of an answer whose status tells everything; nil for the others.
  var common: ProbeOutcome? {
    switch self {
    case .failed(.refused, _): .absent
    case .failed(.certificateWanted, _): .closed("asks for a certificate of the client")
    case .failed(.otherProtocol, let text): .notApplicable(text)
    case .failed(_, let text): .unanswered(text)
    case .answer(let answer) where answer.status == 401: .closed("asks for credentials (401)")
    case .answer(let answer) where answer.status == 403: .closed("refuses it (403)")
    case .answer(let answer) where answer.status == 429 || answer.status >= 500:
      .unanswered("the server answered \(answer.status)")
    case .answer: nil
    case .notSent: .notAsked
    }
  }

  /// What several requests of one question say together: an open door counts for all, then what is not known.
  ///
  /// - Parameter judge: of an answer that is neither a refusal nor a trouble of the server.
  static func judge(_ responses: [ProbeResponse], _ judge: (ProbeAnswer) -> ProbeOutcome) -> ProbeOutcome {
    let outcomes = responses.map { response in
      response.common ?? response.answer.map(judge) ?? .notAsked
    }
    func rank(_ outcome: ProbeOutcome) -> Int {
      switch outcome {
      case .open: 0
      case .unanswered: 1
      case .closed: 2
      case .absent: 3
      case .notApplicable: 4
      }
    }
    return outcomes.min { rank($0) < rank($1) } ?? .notAsked
  }

  /// Of the responses of one port by TLS and in plain text, those by the protocol that it speaks: a server of TLS often ends connections
  /// in plain text without a word.
  static func spoken(_ responses: [ProbeResponse]) -> [ProbeResponse] {
    let speaksTLS = responses.first.map { first in
      switch first {
      case .answer, .failed(.certificateWanted, _): true
      case .failed, .notSent: false
      }
    }
    guard speaksTLS == true else { return responses }
    return responses.enumerated().filter { index, response in
      if index > 0, case .failed(.brokeOff, _) = response { return false }
      return true
    }.map(\.element)
  }

  /// The outcome of a server that answers as none of the sought kind does.
  static func other(_ answer: ProbeAnswer, than sought: String) -> ProbeOutcome {
    .notApplicable("what answers is no \(sought) (\(answer.status))")
  }
}

/// A probe with what it asked and what it found.
package struct ProbeResult: Sendable {
  /// A request with what became of it, for the log.
  package struct Exchange: Sendable {
    package let request: ProbeRequest
    package let response: ProbeResponse
    /// False where an earlier request to the same port has settled it.
    package let isSent: Bool

    package init(_ request: ProbeRequest, _ response: ProbeResponse, isSent: Bool = true) {
      self.request = request
      self.response = response
      self.isSent = isSent
    }

    /// `401`, or why there was no answer.
    package var outcome: String {
      if !isSent { return "not sent: the port gave no answer before" }
      return switch response {
      case .answer(let answer): "\(answer.status), \(answer.body.count) bytes\(answer.isWhole ? "" : ", cut off")"
      case .failed(_, let text): text
      case .notSent: "not sent"
      }
    }
  }

  package let probe: Probe
  package let target: ProbeTarget
  package let exchanges: [Exchange]
  package let outcome: ProbeOutcome

  package init(_ probe: Probe, _ target: ProbeTarget, _ exchanges: [Exchange]) {
    self.probe = probe
    self.target = target
    self.exchanges = exchanges
    outcome = probe.judge(exchanges.map(\.response))
  }
}
