extension PolicyReport {
  /// What the server answers for the first denial; nil without one.
  package func refusal(_ request: AdmissionRequest) -> AdmissionRefusal? {
    denials.first.map { Self.refusal($0, request) }
  }

  package static func refusal(_ denial: Violation, _ request: AdmissionRequest) -> AdmissionRefusal {
    let head =
      denial.binding.map { "ValidatingAdmissionPolicy '\(denial.policy)' with binding '\($0)' denied request: " }
      ?? "ValidatingAdmissionPolicy '\(denial.policy)' denied request: "
    let message = head + denial.message
    let status: Int
    switch denial.reason {
    case "Unauthorized": status = 401
    case "Forbidden": status = 403
    case "RequestEntityTooLarge": status = 413
    default: status = 422
    }
    return AdmissionRefusal(
      status: status, reason: denial.reason, message: request.refusalPrefix + message,
      causes: [.init(message: message)])
  }
}
