extension FieldID {
  /// How values of a field compare.
  package enum ValueType: String, Sendable {
    /// Text that is compared whole.
    case keyword
    /// Long text that is compared whole, and often searched with wildcards.
    case wildcard
    /// Prose, compared word by word.
    case text
    case integer
    case number
    case flag
    case date
    /// An IPv4 or IPv6 address, which also compares with networks.
    case address
    /// Names with values.
    case object
  }

  /// As the Elastic Common Schema types it.
  package var type: ValueType {
    switch self {
    case .errorStackTrace, .kubernetesAuditAuthorizationReason, .kubernetesAuditRequestURI,
      .kubernetesAuditResponseStatusMessage, .processCommandLine, .processParentCommandLine, .registryDataStrings,
      .urlOriginal, .urlPath:
      .wildcard
    case .errorMessage, .message:
      .text
    case .destinationBytes, .destinationPackets, .destinationPort, .eventDuration, .eventSequence, .eventSeverity,
      .httpRequestBodyBytes, .httpRequestBytes, .httpResponseBodyBytes, .httpResponseBytes,
      .httpResponseStatusCode, .kubernetesAuditResponseStatusCode, .logOriginFileLine, .logSyslogFacilityCode,
      .logSyslogPriority, .logSyslogSeverityCode, .networkBytes, .networkPackets, .processExitCode,
      .processParentPid, .processPid, .processThreadId, .serverPort, .sourceBytes, .sourcePackets, .sourcePort,
      .urlPort:
      .integer
    case .containerSecurityContextPrivileged:
      .flag
    case .timestamp, .eventCreated, .eventEnd, .eventIngested, .eventStart, .processStart:
      .date
    case .clientIp, .destinationIp, .hostIp, .logSourceAddress, .networkForwardedIp, .orchestratorResourceIp,
      .serverIp, .sourceIp:
      .address
    case .containerLabels, .logSyslogStructuredData, .processTty:
      .object
    default: .keyword
    }
  }
}
