package import Server

/// What this process measures. Names follow Prometheus' conventions.
package enum Measures {
  private static let seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  package static let build = Metrics.Measure(
    "bartizan_build_info", .gauge, "The version of this program; always 1.")
  package static let requests = Metrics.Measure(
    "bartizan_http_requests", .counter, "Requests answered, by listener and status.")
  package static let duration = Metrics.Measure(
    "bartizan_http_request_duration_seconds", .histogram(seconds),
    "Time from the head of a request to its answer, by listener.")
  package static let connections = Metrics.Measure(
    "bartizan_http_connections", .gauge, "Open connections, by listener.")
  package static let reviews = Metrics.Measure(
    "bartizan_admission_reviews", .counter,
    "Admission reviews answered, by profile, phase and outcome: allowed, denied, invalid, late.")
  package static let violations = Metrics.Measure(
    "bartizan_admission_violations", .counter,
    "Violations of policies in reviews that were no dry run, by the strongest action of the binding.")
  package static let notEvaluated = Metrics.Measure(
    "bartizan_admission_not_evaluated", .counter, "Reviews for which a policy could not be asked, by policy.")
  package static let exempt = Metrics.Measure(
    "bartizan_admission_exempt", .counter, "Reviews for which a policy was not asked because of an exemption.")
  package static let limited = Metrics.Measure(
    "bartizan_admission_limited", .counter, "Anonymous reviews refused because there were too many of them.")
  package static let policies = Metrics.Measure(
    "bartizan_admission_policies", .gauge, "Policies in force, by profile.")
  package static let loaded = Metrics.Measure(
    "bartizan_admission_loaded_timestamp_seconds", .gauge, "When policies and cluster were last read.")
  package static let loadFailures = Metrics.Measure(
    "bartizan_admission_load_failures", .counter, "Times that policies or cluster could not be read anew.")
  package static let certificateExpiry = Metrics.Measure(
    "bartizan_tls_certificate_expiry_timestamp_seconds", .gauge, "When the certificate of the listener expires.")
}
