import Bytes

extension Mapping {
  /// Objects of kind Event, `v1` and `events.k8s.io/v1`: what kubelets, the scheduler and controllers report.
  /// Source: kubernetes/api, core/v1/types.go and events/v1/types.go.
  static let kubernetesEvent = Mapping(
    .kubernetesEvent, "Kubernetes Events",
    .object { bytes, members in
      members.has(bytes, "reason")
        && (members.kind(bytes, "involvedObject") == .object || members.kind(bytes, "regarding") == .object)
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "kubernetes.event", native: "")],
    rules: KubernetesEventFields.rules(""))

  /// One line of a watch of Events, as `kubectl get events --watch --output-watch-events` and the API itself write it.
  static let kubernetesWatch = Mapping(
    .kubernetesEvent, "Kubernetes Events, watched",
    .object { bytes, members in
      members.isText(bytes, "type") && members.has(bytes, "object", holding: "reason")
        && (members.has(bytes, "object", holding: "involvedObject")
          || members.has(bytes, "object", holding: "regarding"))
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "kubernetes.event", native: "object")],
    rules: KubernetesEventFields.rules("object."))
}

private enum KubernetesEventFields {
  static func rules(_ prefix: String) -> [FieldRule] {
    func path(_ text: String) -> NativePath { NativePath(stringLiteral: prefix + text) }
    return [
      .time(
        path("series.lastObservedTime"), path("lastTimestamp"), path("deprecatedLastTimestamp"), path("eventTime"),
        path("firstTimestamp"), path("metadata.creationTimestamp")),
      .copy(path("reason"), to: .eventAction),
      .copy(
        path("involvedObject.namespace"), path("regarding.namespace"), path("metadata.namespace"),
        to: .orchestratorNamespace),
      .compute(
        .orchestratorResourceType, .kubernetesPodName,
        from: [
          path("involvedObject.kind"), path("regarding.kind"), path("involvedObject.name"), path("regarding.name"),
        ]
      ) { bytes, extractor in
        guard let kind = extractor.text(0, bytes) ?? extractor.text(1, bytes) else { return }
        extractor.emit(.orchestratorResourceType, resource(kind))
        guard kind == "Pod", let name = extractor.text(2, bytes) ?? extractor.text(3, bytes) else { return }
        extractor.emit(.kubernetesPodName, name)
      },
      .copy(path("involvedObject.name"), path("regarding.name"), to: .orchestratorResourceName),
      .copy(path("source.host"), path("deprecatedSource.host"), to: .hostName),
      .compute(.containerImageName, from: [path("message"), path("note"), path("reason")]) { bytes, extractor in
        guard let message = extractor.text(0, bytes) ?? extractor.text(1, bytes), let image = image(message) else {
          return
        }
        extractor.emit(.containerImageName, image)
      },
      .compute(
        .eventCategory, .eventType, .eventOutcome, .logLevel, from: [path("reason"), path("type"), path("message")]
      ) { bytes, extractor in
        classify(extractor.text(0, bytes) ?? "", isWarning: extractor.equals(1, bytes, "Warning"), &extractor)
      },
      .copy(path("message"), path("note"), to: .message),
      .copy(path("reportingComponent"), path("reportingController"), path("source.component"), to: .eventProvider),
      .copy(path("metadata.uid"), to: .eventId),
      .copy(path("involvedObject.uid"), path("regarding.uid"), to: .orchestratorResourceId),
      .copy(path("involvedObject.apiVersion"), path("regarding.apiVersion"), to: .orchestratorApiVersion),
      .compute(.kubernetesContainerName, from: [path("involvedObject.fieldPath"), path("regarding.fieldPath")]) {
        bytes, extractor in
        guard let place = extractor.text(0, bytes) ?? extractor.text(1, bytes), let open = place.lastIndex(of: "{"),
          place.hasSuffix("}")
        else { return }
        extractor.emit(.kubernetesContainerName, String(place[place.index(after: open)...].dropLast()))
      },
      .time(path("firstTimestamp"), path("eventTime"), to: .eventStart),
      .copy(path("action"), to: .eventCode),
      .constant("kubernetes", to: .orchestratorType),
    ]
  }

  /// The resource of a kind, as audit events name it: lower case and in the plural.
  static func resource(_ kind: String) -> String {
    let name = kind.lowercased()
    if name == "endpoints" { return name }
    if name.hasSuffix("s") || name.hasSuffix("x") || name.hasSuffix("ch") { return name + "es" }
    if name.hasSuffix("y") { return name.dropLast() + "ies" }
    return name + "s"
  }

  /// The image that a message names: `Pulled: Successfully pulled image "x" in 1s`.
  private static func image(_ message: String) -> String? {
    guard let place = message.range(of: "mage \"") else { return nil }
    let rest = message[place.upperBound...]
    guard let end = rest.firstIndex(of: "\"") else { return nil }
    return String(rest[..<end])
  }

  private static func classify(_ reason: String, isWarning: Bool, _ extractor: inout Extractor) {
    extractor.header.categories.insert(.host)
    switch reason {
    case "Created", "Scheduled", "SuccessfulCreate":
      extractor.header.types.insert(.creation)
      extractor.header.categories.insert(.process)
    case "Started":
      extractor.header.types.insert(.start)
      extractor.header.categories.insert(.process)
    case "Killing", "OOMKilling", "SystemOOM", "Preempted", "Evicted", "NodeOOM":
      extractor.header.types.insert(.end)
      extractor.header.categories.insert(.process)
    case "SuccessfulDelete": extractor.header.types.insert(.deletion)
    case "Pulled", "Pulling":
      extractor.header.types.insert(.installation)
      extractor.header.categories.insert(.package)
    default: extractor.header.types.insert(.info)
    }
    let failed = isWarning || reason.hasPrefix("Failed") || reason == "BackOff" || reason == "Unhealthy"
    if failed { extractor.header.types.insert(.error) }
    extractor.setOutcome(failed ? .failure : .success)
    extractor.setLevel(isWarning ? .warning : .informational)
  }
}
