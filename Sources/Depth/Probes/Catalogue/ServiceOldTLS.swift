import Findings

extension Probe {
  static let serviceOldTLS = Probe(
    id: "service-old-tls", kind: .service, title: "TLS 1.1 and older",
    rationale: "RFC 8996 has given these versions up: what they protect can be read by others.",
    remediation: "Accept TLS 1.2 and newer only.",
    reference: .tlsGuidance,
    requests: { $0.isSecure ? [ProbeRequest($0, $0.path).with(.oldTLS)] : [] },
    judge: { responses in
      guard let response = responses.first else { return .notAsked }
      switch response {
      case .answer: return .open(.medium, "is still spoken")
      case .failed(.tlsRefused, _): return .closed("is not spoken any more")
      case .failed, .notSent: return response.common ?? .notAsked
      }
    })
}
