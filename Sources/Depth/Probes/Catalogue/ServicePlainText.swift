import Findings

extension Probe {
  static let servicePlainText = Probe(
    id: "service-plain-text", kind: .service, title: "The service without TLS",
    rationale: "Whoever is in between reads and changes what is sent.",
    remediation: "Serve by TLS only; on port 80, answer with a redirect to https and nothing else.",
    reference: .tlsGuidance,
    requests: { target in
      // Beside a port of its own, nothing says where the plain text would be.
      if target.isSecure {
        return target.port == nil || target.port == 443
          ? [ProbeRequest(isSecure: false, host: target.host, port: 80, path: target.path)] : []
      }
      return [ProbeRequest(target, target.path)]
    },
    judge: { responses in
      guard let response = responses.first else { return .notAsked }
      switch response {
      case .answer(let answer):
        let isSentOn =
          (300..<400).contains(answer.status) && answer.headers["location"]?.lowercased().hasPrefix("https://") == true
        if isSentOn { return .closed("sends clients on to https (\(answer.status))") }
        return answer.status == 429 || answer.status >= 500
          ? .unanswered("the server answered \(answer.status)")
          : .open(.medium, "answers in plain text (\(answer.status))")
      case .failed, .notSent: return response.common ?? .notAsked
      }
    })
}
