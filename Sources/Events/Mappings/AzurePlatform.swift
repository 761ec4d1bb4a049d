import Bytes

extension Mapping {
  /// Azure resource logs and the activity log; AKS sends its audit log in `properties.log`, as text or as an object.
  /// Source: learn.microsoft.com, "Common and service-specific schemas for Azure resource logs".
  static let azurePlatform = Mapping(
    .azurePlatform, "Azure platform logs",
    .object { bytes, members in
      members.hasAny(bytes, "operationName", "OperationName")
        && members.hasAny(bytes, "category", "Category", "resourceId", "ResourceId", "properties")
    },
    content: Content(paths: ["properties.log"], isContainerOutput: false), isAuthoritative: true,
    aliases: [Alias(prefix: "azure.platformlogs", native: ""), Alias(prefix: "azure", native: "")],
    rules: [
      .time("time", "eventTimestamp"),
      .copy("operationName.value", "operationName", to: .eventAction),
      .copy("caller", "identity.claims.name", "properties.initiatedBy.user.userPrincipalName", to: .userName),
      .copy("callerIpAddress", "CallerIPAddress", to: .sourceIp),
      .copy("level", "Level", to: .logLevel),
      .compute(.orchestratorClusterName, .cloudAccountId, from: ["resourceId"]) { bytes, extractor in
        guard let id = extractor.text(0, bytes) else { return }
        let parts = id.split(separator: "/")
        for (index, part) in parts.enumerated() where index + 1 < parts.count {
          switch part.lowercased() {
          case "managedclusters": extractor.emit(.orchestratorClusterName, String(parts[index + 1]))
          case "subscriptions": extractor.emit(.cloudAccountId, String(parts[index + 1]))
          default: break
          }
        }
      },
      .compute(.eventOutcome, .eventCategory, from: ["resultType", "status.value", "resultSignature"]) {
        bytes, extractor in
        extractor.header.categories.insert(.api)
        switch (extractor.text(0, bytes) ?? extractor.text(1, bytes))?.lowercased() {
        case "success", "succeeded", "0", "accept", "accepted": extractor.setOutcome(.success)
        case "failure", "failed", "clienterror", "servererror": extractor.setOutcome(.failure)
        default: break
        }
      },
      .copy("category", "Category", to: .eventProvider),
      .copy("correlationId", to: .transactionId),
      .copy("resultDescription", to: .message),
      .constant("azure", to: .cloudProvider),
      .copy("location", to: .cloudRegion),
      .copy("properties.stream", to: .logIostream),
    ])
}
