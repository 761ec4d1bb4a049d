import Bytes
import Events

/// Field names of Sigma's taxonomies and what they are called in the Elastic Common Schema. A field is looked for under
/// its own name in the original first, then under the name of the schema, so that a rule works on the source that it
/// was written for and on every other that says the same.
///
/// Source: Sigma, appendix "taxonomy"; the field mappings of Sigma's ECS pipelines.
package enum FieldTaxonomy {
  /// The names of a field in a rule for a log source, the best first.
  package static func names(_ field: String, _ source: LogSource) -> FieldNames {
    var names = [field]
    if source.product == "kubernetes" {
      if let groups = podFields(field) { return FieldNames(groups: groups) }
      for prefix in ["requestObject.", "responseObject.", "annotations."] where field.hasPrefix(prefix) {
        return FieldNames([field, "kubernetes.audit." + field])
      }
    }
    if source.product == "kubernetes" || source.product == nil, let more = kubernetes[field] { names += more }
    if source.product != "kubernetes", let more = general[field] { names += more }
    if source.service == "windefend" || source.category == "antivirus" { names.append(spaced(field)) }
    if source.category == "process_creation" || source.category == nil, let more = processes[field] { names += more }
    return FieldNames(names)
  }

  /// Why a field of a rule can have no value, told where all fields of the log source are known: those of requests at the API
  /// server. Of others only names of the Elastic Common Schema that are nearly spelled right are told.
  static func unseen(_ field: String, _ source: LogSource) -> RuleError.Reason? {
    guard !field.isEmpty, FieldID(name: field) == nil else { return nil }
    if source.product == "kubernetes", source.service == nil || source.service == "audit" {
      var name = field[...]
      if name.hasPrefix("kubernetes.audit.") { name = name.dropFirst("kubernetes.audit.".count) }
      if audit.contains(String(name)) || kubernetes[field] != nil || openAudit.contains(where: name.hasPrefix) {
        return nil
      }
      // Names of the schema, and of records of other shapes, that this log source has too.
      if source.service == nil, !field.contains(".") { return nil }
      let known = (audit.union(kubernetes.keys)).sorted() + FieldID.allCases.map(\.name)
      return .unseenField(field, nearest: NearestName.of(field, in: known))
    }
    guard let dot = field.firstIndex(of: "."), schemaRoots.contains(field[..<dot]),
      let nearest = FieldID.nearest(field),
      field.count > 5, abs(nearest.name.count - field.count) <= 1
    else { return nil }
    return .unseenField(field, nearest: nearest.name)
  }

  private static let schemaRoots: Set<Substring> = ["event", "source", "destination", "user_agent", "orchestrator"]
  /// Source: kubernetes/apiserver, pkg/apis/audit/v1/types.go.
  private static let audit: Set<String> = [
    "kind", "apiVersion", "level", "auditID", "stage", "requestURI", "verb", "userAgent", "sourceIPs",
    "requestReceivedTimestamp", "stageTimestamp", "user", "impersonatedUser", "objectRef", "responseStatus",
    "requestObject", "responseObject", "annotations", "authenticationMetadata", "user.username", "user.uid",
    "user.groups", "user.extra", "impersonatedUser.username", "impersonatedUser.uid", "impersonatedUser.groups",
    "impersonatedUser.extra", "authenticationMetadata.impersonationConstraint", "objectRef.resource",
    "objectRef.namespace", "objectRef.name", "objectRef.uid", "objectRef.apiGroup", "objectRef.apiVersion",
    "objectRef.resourceVersion", "objectRef.subresource", "responseStatus.metadata", "responseStatus.status",
    "responseStatus.message", "responseStatus.reason", "responseStatus.code", "responseStatus.details",
    "responseStatus.apiVersion", "responseStatus.kind", "timestamp", "metadata.creationTimestamp",
    "cluster.newRegistry", "cluster.movedTag", PodCommands.field,
  ]
  /// What is named by whoever wrote the object.
  private static let openAudit = [
    "requestObject.", "responseObject.", "annotations.", "user.extra.", "impersonatedUser.extra.",
    "responseStatus.details.", "responseStatus.metadata.", "podSpec.", "podContainers.", "kubernetes.", "metadata.",
    "protoPayload.",
  ]

  /// Windows Defender writes the names of its fields as words: `Threat Name`.
  private static func spaced(_ field: String) -> String {
    var name = ""
    for character in field {
      if character.isUppercase, let last = name.last, last.isLowercase { name.append(" ") }
      name.append(character)
    }
    return name
  }

  /// `podSpec.FIELD` and `podContainers.FIELD` stand for the pod that a request writes, whichever kind of object holds it,
  /// and for containers of each kind.
  private static func podFields(_ field: String) -> [[String]]? {
    let kinds: [String]
    let rest: Substring
    if field.hasPrefix("podSpec.") {
      kinds = [""]
      rest = field.dropFirst("podSpec.".count)
    } else if field.hasPrefix("podContainers.") {
      kinds = ["containers.", "initContainers.", "ephemeralContainers."]
      rest = field.dropFirst("podContainers.".count)
    } else {
      return nil
    }
    let specs = ["spec.", "spec.template.spec.", "spec.jobTemplate.spec.template.spec."]
    return ["requestObject.", "kubernetes.audit.requestObject."].map { object in
      specs.flatMap { spec in kinds.map { object + spec + $0 + rest } }
    }
  }

  /// Requests at the API server: names of audit events, and what rules written for other collectors call them.
  private static let kubernetes: [String: [String]] = [
    "verb": ["kubernetes.audit.verb", "event.action"],
    "apiGroup": ["objectRef.apiGroup", "kubernetes.audit.objectRef.apiGroup"],
    "resource": ["objectRef.resource", "kubernetes.audit.objectRef.resource", "orchestrator.resource.type"],
    "subresource": ["objectRef.subresource", "kubernetes.audit.objectRef.subresource"],
    "namespace": ["objectRef.namespace", "orchestrator.namespace"],
    "name": ["objectRef.name", "orchestrator.resource.name"],
    "username": ["user.username", "user.name"],
    "groups": ["user.groups", "user.group.name"],
    "objectRef.apiGroup": ["kubernetes.audit.objectRef.apiGroup"],
    "objectRef.apiVersion": ["kubernetes.audit.objectRef.apiVersion"],
    "objectRef.resource": ["kubernetes.audit.objectRef.resource", "orchestrator.resource.type"],
    "objectRef.subresource": ["kubernetes.audit.objectRef.subresource"],
    "objectRef.namespace": ["kubernetes.audit.objectRef.namespace", "orchestrator.namespace"],
    "objectRef.name": ["kubernetes.audit.objectRef.name", "orchestrator.resource.name"],
    "user.username": ["kubernetes.audit.user.username", "user.name"],
    "user.groups": ["kubernetes.audit.user.groups", "user.group.name"],
    "impersonatedUser.username": ["user.effective.name"],
    "userAgent": ["kubernetes.audit.userAgent", "user_agent.original"],
    "sourceIPs": ["kubernetes.audit.sourceIPs", "source.ip"],
    "requestURI": ["kubernetes.audit.requestURI", "url.original"],
    "stage": ["kubernetes.audit.stage"],
    "responseStatus.code": ["kubernetes.audit.responseStatus.code", "http.response.status_code"],
    "responseStatus.reason": ["kubernetes.audit.responseStatus.reason"],
    "responseStatus.message": ["kubernetes.audit.responseStatus.message", "message"],
    "hostPath": [
      "requestObject.spec.volumes.hostPath.path", "requestObject.spec.template.spec.volumes.hostPath.path",
      "kubernetes.audit.requestObject.spec.volumes.hostPath.path",
    ],
    "capabilities": [
      "requestObject.spec.containers.securityContext.capabilities.add",
      "requestObject.spec.template.spec.containers.securityContext.capabilities.add",
      "kubernetes.audit.requestObject.spec.containers.securityContext.capabilities.add",
    ],
  ]

  private static let processes: [String: [String]] = [
    "Image": ["process.executable"], "CommandLine": ["process.command_line"],
    "OriginalFileName": ["process.pe.original_file_name"], "CurrentDirectory": ["process.working_directory"],
    "ParentImage": ["process.parent.executable"], "ParentCommandLine": ["process.parent.command_line"],
    "ProcessId": ["process.pid"], "ParentProcessId": ["process.parent.pid"], "User": ["user.name"],
  ]

  private static let general: [String: [String]] = [
    "Image": ["process.executable"], "CommandLine": ["process.command_line"], "TargetFilename": ["file.path"],
    "SourceIp": ["source.ip"], "DestinationIp": ["destination.ip"], "SourcePort": ["source.port"],
    "DestinationPort": ["destination.port"], "DestinationHostname": ["destination.domain"],
    "QueryName": ["dns.question.name"], "ImageLoaded": ["dll.path"], "TargetObject": ["registry.path"],
    "src_ip": ["source.ip"], "dst_ip": ["destination.ip"], "src_port": ["source.port"],
    "dst_port": ["destination.port"], "c-uri": ["url.original"], "c-uri-query": ["url.query"],
    "cs-uri": ["url.original"], "cs-uri-stem": ["url.path"], "cs-uri-query": ["url.query"],
    "cs-method": ["http.request.method"], "cs-host": ["url.domain"], "cs-user-agent": ["user_agent.original"],
    "c-useragent": ["user_agent.original"], "cs-referer": ["http.request.referrer"],
    "sc-status": ["http.response.status_code"],
    "c-ip": ["source.ip"], "cs-username": ["user.name"], "r-dns": ["url.domain", "destination.domain"],
    "query": ["dns.question.name"], "answer": ["dns.answers.data"], "record_type": ["dns.question.type"],
    "SourceUser": ["source.user.name"], "Computer": ["host.name"],
  ]
}
