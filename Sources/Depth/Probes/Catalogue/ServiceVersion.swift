import Findings

extension Probe {
  private static let telling = ["server", "x-powered-by", "x-aspnet-version"]

  static let serviceVersion = Probe(
    id: "service-version", kind: .service, title: "The version that the service tells",
    rationale: "It tells anybody which known weaknesses are worth trying.",
    remediation: "Turn the banner off, and keep the version current.",
    reference: Reference("RFC 9110, section 10.2.4: Server", "https://www.rfc-editor.org/rfc/rfc9110#section-10.2.4"),
    claim: .entry,
    requests: { [ProbeRequest($0, $0.path)] },
    judge: { responses in
      guard let response = responses.first, let answer = response.answer else {
        return responses.first?.common ?? .notAsked
      }
      // Whatever its status is, the headers were sent to somebody without credentials.
      for name in telling {
        guard let value = answer.headers[name], value.contains(where: \.isNumber) else { continue }
        return .open(.low, "tells anybody that it is \(value.prefix(80))")
      }
      return .closed("is not told")
    })
}
