import Bytes

extension Mapping {
  /// Activity logs of a Docker Hub organisation, as its API returns them.
  /// Source: docs.docker.com, Docker Hub API, "Audit logs".
  static let dockerHubAudit = Mapping(
    .dockerHubAudit, "Docker Hub activity log",
    .object { bytes, members in
      members.has(bytes, "account", "action", "actor") && members.hasAny(bytes, "name", "action_description", "data")
    },
    isAuthoritative: true,
    aliases: [Alias(prefix: "dockerhub.audit", native: "")],
    rules: [
      .time("timestamp"),
      .copy("actor", to: .userName),
      .copy("name", to: .containerImageName),
      .compute(.eventAction, .eventCategory, .eventType, .eventOutcome, from: ["action"]) { bytes, extractor in
        let action = extractor.text(0, bytes) ?? ""
        extractor.header.categories.insert(action.hasPrefix("repo") ? .package : .iam)
        extractor.emit(
          .eventAction,
          action == "repo.tag.push" ? "push" : action == "repo.tag.delete" ? "delete" : action)
        if action.hasSuffix("delete") || action.hasSuffix("remove") {
          extractor.header.types.insert(.deletion)
        } else if action.hasSuffix("create") || action.hasSuffix("add") {
          extractor.header.types.insert(.creation)
        } else {
          extractor.header.types.insert(.change)
        }
        extractor.setOutcome(.success)
      },
      .copy("data.tag", to: .containerImageTag),
      .copy("data.digest", to: .containerImageHashAll),
      .copy("action", to: .eventCode),
      .copy("action_description", to: .message),
      .copy("account", to: .orchestratorOrganization),
    ])
}
