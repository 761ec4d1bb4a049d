import Bytes

extension Mapping {
  /// Alerts of Falco, as its outputs write them and falcosidekick passes them on.
  /// Source: falco.org, "Outputs, formatting alerts", and the field tables of its plugins.
  static let falcoAlert = Mapping(
    .falcoAlert, "Falco alerts",
    .object { bytes, members in
      members.isText(bytes, "rule") && members.isText(bytes, "priority")
        && (members.kind(bytes, "output_fields") == .object || members.has(bytes, "output", "time"))
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "falco.output_fields", native: "output_fields"), Alias(prefix: "falco", native: "")],
    rules: [
      .time("time", "output_fields.'evt.time'"),
      .copy("rule", to: .ruleName),
      .copy("priority", to: .logLevel),
      .copy("hostname", "output_fields.'evt.hostname'", to: .hostName),
      .copy("output_fields.'ka.verb'", "output_fields.'evt.type'", to: .eventAction),
      .copy("output_fields.'ka.user.name'", "output_fields.'user.name'", to: .userName),
      .copy("output_fields.'ka.impuser.name'", to: .userEffectiveName),
      .copy(
        "output_fields.'fd.cip'", "output_fields.'fd.sip'", "output_fields.'ka.sourceips'", "output_fields.'fd.lip'",
        to: .sourceIp),
      .copy("output_fields.'fd.rip'", to: .destinationIp),
      .copy("output_fields.'ka.useragent'", to: .userAgentOriginal),
      .copy("output_fields.'k8s.ns.name'", "output_fields.'ka.target.namespace'", to: .orchestratorNamespace),
      .copy("output_fields.'ka.target.resource'", to: .orchestratorResourceType),
      .copy("output_fields.'ka.target.name'", to: .orchestratorResourceName),
      .copy("output_fields.'ka.target.subresource'", to: .kubernetesAuditObjectRefSubresource),
      .copy("output_fields.'ka.response.code'", to: .httpResponseStatusCode),
      .copy("output_fields.'container.id'", to: .containerId),
      .copy("output_fields.'k8s.pod.name'", to: .kubernetesPodName),
      .copy("output_fields.'container.image.repository'", "output_fields.'container.image'", to: .containerImageName),
      .compute(.eventKind, .eventCategory, .eventType, from: ["source"]) { bytes, extractor in
        extractor.header.kind = .alert
        extractor.header.categories.insert(.intrusionDetection)
        extractor.header.types.insert(.info)
        if extractor.equals(0, bytes, "k8s_audit") {
          extractor.header.categories.insert(.api)
        } else {
          extractor.header.categories.insert(.process)
        }
      },
      .copy("output", to: .message),
      .copy("source", to: .eventProvider),
      .copy("uuid", "output_fields.'ka.auditid'", to: .eventId),
      .all("tags", to: .tags),
      .copy("output_fields.'container.name'", to: .containerName),
      .copy("output_fields.'container.image.tag'", to: .containerImageTag),
      .copy("output_fields.'container.image.digest'", to: .containerImageHashAll),
      .copy("output_fields.'container.privileged'", to: .containerSecurityContextPrivileged),
      .copy("output_fields.'k8s.pod.uid'", "output_fields.'k8s.pod.id'", to: .kubernetesPodUid),
      .copy("output_fields.'k8s.ns.name'", to: .kubernetesNamespace),
      .copy("output_fields.'proc.name'", to: .processName),
      .copy("output_fields.'proc.cmdline'", to: .processCommandLine),
      .copy("output_fields.'proc.exepath'", "output_fields.'proc.exe'", to: .processExecutable),
      .copy("output_fields.'proc.pid'", to: .processPid),
      .copy("output_fields.'proc.cwd'", to: .processWorkingDirectory),
      .copy("output_fields.'proc.pname'", to: .processParentName),
      .copy("output_fields.'proc.pcmdline'", to: .processParentCommandLine),
      .copy("output_fields.'proc.ppid'", to: .processParentPid),
      .copy("output_fields.'user.uid'", to: .userId),
      .compute(.filePath, from: ["output_fields.'fs.path.name'", "output_fields.'fd.name'"]) { bytes, extractor in
        guard let name = extractor.text(0, bytes) ?? extractor.text(1, bytes), name.hasPrefix("/") else { return }
        extractor.emit(.filePath, name)
      },
      .copy("output_fields.'fd.cport'", to: .sourcePort),
      .copy("output_fields.'fd.sport'", "output_fields.'fd.rport'", to: .destinationPort),
      .copy("output_fields.'fd.l4proto'", to: .networkTransport),
      .copy("output_fields.'evt.res'", to: .errorCode),
      .copy("output_fields.'ka.uri'", to: .urlOriginal),
      .copy("output_fields.'ka.auth.reason'", to: .kubernetesAuditAuthorizationReason),
      .copy("output_fields.'ka.auth.decision'", to: .kubernetesAuditDecision),
      .constant("falcosecurity", to: .observerVendor),
      .constant("Falco", to: .observerProduct),
    ])
}
