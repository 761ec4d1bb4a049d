import Findings

extension Probe {
  static let serviceCertificate = Probe(
    id: "service-certificate", kind: .service, title: "The certificate of the service",
    rationale: "Clients that are used to a bad certificate do not notice whoever stands in between.",
    remediation: "Have a certificate issued for the name by an authority that clients trust, and renewed by itself.",
    reference: .tlsGuidance,
    requests: { $0.isSecure ? [ProbeRequest($0, $0.path).with(.verified)] : [] },
    judge: { responses in
      guard let response = responses.first else { return .notAsked }
      switch response {
      case .answer: return .closed("is valid for the name, and trusted here")
      case .failed(.certificateExpired, let text), .failed(.certificateWrongName, let text),
        .failed(.certificateUntrusted, let text):
        return .open(.medium, text)
      case .failed(.otherProtocol, _): return .open(.medium, "no TLS is spoken where https is asked for")
      case .failed, .notSent: return response.common ?? .notAsked
      }
    })
}
