import Bytes

/// What the fields of records of any kind are called that mean the same everywhere, and the schema's own names where a
/// record has them already.
enum GenericFields {
  static let rules: [FieldRule] =
    [
      time(
        "@timestamp", "timestamp", "time", "ts", "eventTime", "event_time", "created_at", "createdAt", "date",
        "datetime",
        "Timestamp", "timeUnixNano", "start_time", "published", "p_event_time", "_time", "op_time", "timestamp_ms"),
      .compute(
        .logLevel, from: keys("log.level", "level", "severity", "lvl", "levelname", "loglevel", "priority", "Level")
      ) {
        bytes, extractor in level(bytes, &extractor)
      },
      copy(
        .message, "message", "msg", "log", "text", "body", "MESSAGE", "displaymessage", "change_description",
        "description"),
      copy(
        .userName, "user.name", "user", "username", "userName", "user_name", "usr", "actor.alternateId", "actor.email",
        "actor.name", "actor.login", "actor", "actor_user_name", "created_by.login", "target_user.email", "principal"),
      copy(
        .sourceIp, "source.ip", "client.ip", "clientip", "client_ip", "remote_addr", "remoteAddr", "src_ip", "srcip",
        "ip_address", "ipaddr", "ipAddress", "client.ipAddress", "client.ip_address", "context.client_ip_address",
        "remote_ip", "src", "ip", "p_any_ip_addresses"),
      copy(.destinationIp, "destination.ip", "dst_ip", "dstip", "dest_ip", "dst"),
      copy(.userAgentOriginal, "user_agent.original", "user_agent", "userAgent", "http_user_agent"),
      copy(.hostName, "host.name", "host", "hostname", "node", "_HOSTNAME", "computer"),
      copy(.eventAction, "event.action", "action", "eventType", "eventtype", "event_type"),
      .compute(.eventAction, .message, from: keys("event")) { bytes, extractor in
        // A word names what happened; a sentence, as Splunk's collector is sent it, is the message.
        guard let text = extractor.text(0, bytes) else { return }
        extractor.emit(text.utf8.contains(0x20) ? .message : .eventAction, text)
      },
      copy(.eventAction, "operation", "name"),
      copy(
        .httpResponseStatusCode, "http.response.status_code", "status", "status_code", "statusCode", "response_code"),
      copy(.containerId, "container.id", "container_id", "docker.container_id", "kubernetes.docker_id"),
      copy(
        .orchestratorNamespace, "orchestrator.namespace", "kubernetes.namespace_name", "kubernetes.namespace",
        "namespace"),
      copy(.kubernetesPodName, "kubernetes.pod.name", "kubernetes.pod_name", "pod"),
      copy(.containerImageName, "container.image.name", "kubernetes.container_image", "image"),
      copy(.orchestratorClusterName, "orchestrator.cluster.name", "cluster", "cluster_name"),
      copy(.ruleName, "rule.name", "rule"),
      .compute(
        .eventOutcome, from: keys("event.outcome", "outcome.result", "outcome", "result", "success", "category")
      ) { bytes, extractor in
        for input in 0..<6 {
          switch extractor.text(input, bytes)?.lowercased() {
          case "success", "succeeded", "ok", "allow", "allowed", "true": return extractor.setOutcome(.success)
          case "failure", "failed", "fail", "error", "deny", "denied", "false": return extractor.setOutcome(.failure)
          default: continue
          }
        }
      },
      .compute(.eventCategory, .eventType, .eventKind, from: keys("event.category", "event.type", "event.kind")) {
        bytes, extractor in
        extractor.each(0, bytes) { text in
          for (category, name) in EventCategories.names where name == text {
            extractor.header.categories.insert(category)
          }
          return true
        }
        extractor.each(1, bytes) { text in
          for (type, name) in EventTypes.names where name == text { extractor.header.types.insert(type) }
          return true
        }
        if let kind = extractor.text(2, bytes).flatMap(EventKind.init) { extractor.header.kind = kind }
      },
      copy(.errorMessage, "error.message", "error", "err", "exception.message", "errorMessage"),
      copy(.errorStackTrace, "error.stack_trace", "stack_trace", "stacktrace", "stack", "exception.stacktrace"),
      copy(.logLogger, "log.logger", "logger", "logger_name", "component", "module"),
      copy(.eventId, "event.id", "id", "uuid", "event_id", "eventId"),
      copy(.eventReason, "event.reason", "reason", "outcome.reason"),
      copy(.processPid, "process.pid", "pid", "_PID"),
      copy(.processName, "process.name", "process", "program", "ident", "_COMM"),
      copy(.serviceName, "service.name", "service", "app", "application", "app.kubernetes.io/name"),
      copy(.traceId, "trace.id", "trace_id", "traceId", "traceID"),
      copy(.spanId, "span.id", "span_id", "spanId", "spanID"),
      copy(.httpRequestMethod, "http.request.method", "method", "verb", "request_method"),
      copy(.urlOriginal, "url.original", "url", "uri", "request_uri", "path"),
      copy(.logOriginFileName, "log.origin.file.name", "caller", "source_file"),
      copy(.logIostream, "log.iostream", "stream"),
      copy(.kubernetesNamespace, "kubernetes.namespace_name", "kubernetes.namespace", "namespace"),
      copy(.kubernetesContainerName, "kubernetes.container.name", "kubernetes.container_name", "container_name"),
      copy(.kubernetesPodUid, "kubernetes.pod.uid", "kubernetes.pod_id", "kubernetes.pod_uid"),
      copy(.kubernetesNodeName, "kubernetes.node.name", "kubernetes.host", "kubernetes.node_name"),
      copy(.userEmail, "user.email", "email", "actor.email"),
      copy(.userId, "user.id", "user_id", "userId", "actor.id", "actor_id", "uid"),
      copy(
        .userTargetName, "user.target.name", "target.alternateId", "target_user.name", "target_user", "resource.email"),
      copy(.logFilePath, "log.file.path", "filename", "filepath", "source"),
    ] + schema

  private static func keys(_ names: String...) -> [NativePath] { names.flatMap(both) }

  /// A dotted name as nested members, and as one key with dots.
  private static func both(_ name: String) -> [NativePath] {
    let nested = NativePath(keys: name.split(separator: ".").map(String.init))
    return nested.keys.count > 1 ? [nested, NativePath(keys: [name])] : [nested]
  }

  private static func copy(_ field: FieldID, _ names: String...) -> FieldRule {
    FieldRule(fields: [field], inputs: names.flatMap(both), action: .copy)
  }

  private static func time(_ names: String...) -> FieldRule {
    FieldRule(fields: [.timestamp], inputs: names.flatMap(both), action: .time)
  }

  /// Fields that no other rule names, under their own.
  private static let schema: [FieldRule] = {
    let handled: Set<FieldID> = [
      .timestamp, .message, .eventOutcome, .eventCategory, .eventType, .eventKind, .logLevel, .eventOriginal,
      .eventDataset, .eventIngested, .eventModule, .bartizanCarrier, .bartizanParseError,
    ]
    return FieldID.allCases.filter { !handled.contains($0) }.map { field in
      FieldRule(fields: [field], inputs: both(field.name), action: field.column == nil ? .all : .copy)
    }
  }()

  /// Names of levels, and pino's and bunyan's numbers.
  private static func level(_ bytes: Span<UInt8>, _ extractor: inout Extractor) {
    for input in 0..<9 {
      if let number = extractor.integer(input, bytes), extractor.input(input).kind == .number {
        switch number {
        case 60...: extractor.setLevel(.critical)
        case 50..<60: extractor.setLevel(.error)
        case 40..<50: extractor.setLevel(.warning)
        case 30..<40: extractor.setLevel(.informational)
        case 20..<30: extractor.setLevel(.debug)
        case 10..<20: extractor.setLevel(.trace)
        default: extractor.setLevel(LogLevel(rawValue: UInt8(clamping: number)))
        }
        return
      }
      if let level = extractor.text(input, bytes).flatMap({ LogLevel($0) }) { return extractor.setLevel(level) }
    }
  }
}
