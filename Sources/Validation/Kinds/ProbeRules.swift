/// Probes and lifecycle hooks of containers.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go`, `validateProbe` and `validateHandler`.
enum ProbeRules {
  static func containers(_ container: Field, gracePeriod: Int64, isInit: Bool, _ found: inout Violations) {
    let isSidecar = container["restartPolicy"].text == "Always"
    let lifecycle = container["lifecycle"]
    if isInit, !isSidecar {
      for key in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] where container[key].isPresent {
        found.forbidden(container[key], "may not be set for init containers without restartPolicy=Always")
      }
      return
    }
    for key in ["postStart", "preStop"] where lifecycle[key].isPresent {
      handler(lifecycle[key], kinds: ["exec", "httpGet", "tcpSocket", "sleep"], gracePeriod: gracePeriod, &found)
    }
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] where container[key].isPresent {
      probe(container[key], key, &found)
    }
  }

  private static func probe(_ probe: Field, _ role: String, _ found: inout Violations) {
    handler(probe, kinds: ["exec", "httpGet", "tcpSocket", "grpc"], gracePeriod: 0, &found)
    for key in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
      found.nonNegative(probe[key])
    }
    let grace = probe["terminationGracePeriodSeconds"]
    if let seconds = grace.int, seconds <= 0 { found.invalid(grace, "must be greater than 0") }
    if role == "readinessProbe" {
      if grace.isPresent { found.invalid(grace, "must not be set for readinessProbes") }
    } else if let threshold = probe["successThreshold"].int, threshold != 1, threshold != 0 {
      found.invalid(probe["successThreshold"], "must be 1")
    }
  }

  private static func handler(
    _ handler: Field, kinds: [String], gracePeriod: Int64, _ found: inout Violations
  ) {
    var count = 0
    for kind in kinds where handler[kind].isPresent {
      count += 1
      let action = handler[kind]
      if count > 1 {
        found.forbidden(action, "may not specify more than 1 handler type")
        continue
      }
      switch kind {
      case "exec": if action["command"].isEmptyList { found.required(action["command"]) }
      case "httpGet":
        PortRules.numberOrName(action["port"], &found)
        if let scheme = action["scheme"].string, !["HTTP", "HTTPS"].contains(scheme) {
          found.notSupported(action["scheme"], ["HTTP", "HTTPS"])
        }
        for header in action["httpHeaders"].items {
          found.faults(header["name"].at(action["httpHeaders"].path), Grammar.headerName(header["name"].text))
        }
      case "tcpSocket": PortRules.numberOrName(action["port"], &found)
      case "grpc": PortRules.number(action["port"], found: &found)
      case "sleep":
        let seconds = action["seconds"].int ?? 0
        if seconds < 0 || seconds > gracePeriod {
          found.invalid(
            action, value: String(seconds),
            "must be non-negative and less than terminationGracePeriodSeconds (\(gracePeriod))")
        }
      default: break
      }
    }
    if count == 0 { found.required(handler, "must specify a handler type") }
  }
}
