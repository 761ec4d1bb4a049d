import Bytes

extension Mapping {
  /// Harbor's audit log as its API returns it (`/audit-logs`, and `/auditext-logs` since 2.13).
  /// Source: goharbor/harbor, api/v2.0/swagger.yaml, AuditLog and AuditLogExt.
  static let harborAudit = Mapping(
    .harborAudit, "Harbor audit log",
    .object { bytes, members in
      members.has(bytes, "operation", "op_time") && members.hasAny(bytes, "resource_type", "resource", "username")
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "harbor.audit", native: "")],
    rules: [
      .time("op_time"),
      .copy("username", to: .userName),
      .compute(
        .eventAction, .eventCategory, .eventType, .eventOutcome, .containerImageName, .containerImageTag,
        .containerImageHashAll, .orchestratorResourceType, .orchestratorResourceName,
        from: ["operation", "resource_type", "resource", "operation_result"]
      ) { bytes, extractor in
        let type = extractor.text(1, bytes) ?? ""
        let operation = extractor.text(0, bytes) ?? ""
        let isImage = type == "artifact" || type == "tag" || type == "repository"
        extractor.header.categories.insert(isImage ? .package : .configuration)
        // The upload of an artifact is its creation.
        extractor.emit(.eventAction, type == "artifact" && operation == "create" ? "push" : operation)
        extractor.emit(.orchestratorResourceType, type)
        let resource = extractor.text(2, bytes) ?? ""
        if isImage, !resource.isEmpty {
          RegistryFields.emit(image: resource, &extractor)
        } else if !resource.isEmpty {
          extractor.emit(.orchestratorResourceName, resource)
        }
        switch operation {
        case "pull", "list", "get": extractor.header.types.insert(.access)
        case "delete": extractor.header.types.insert(.deletion)
        case "create", "push": extractor.header.types.insert(.creation)
        case "user_login", "login", "user_logout":
          extractor.header.categories.insert(.authentication)
          extractor.header.types.insert(operation.hasSuffix("logout") ? .end : .start)
        default: extractor.header.types.insert(.change)
        }
        switch extractor.input(3).kind {
        case .no:
          extractor.setOutcome(.failure)
          if operation.hasSuffix("login") { extractor.header.types.insert(.denied) }
        default: extractor.setOutcome(.success)
        }
      },
      .copy("client_ip", "source_ip", to: .sourceIp),
      .copy("id", to: .eventId),
      .copy("operation_description", to: .message),
      .copy("project_id", to: .orchestratorOrganization),
      .constant("Harbor", to: .observerProduct),
    ])
}
