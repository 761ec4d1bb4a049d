import Bytes

extension Mapping {
  /// Decisions of our own admission webhook. The record is ours: `DecisionLog` of `Console` writes it. Anybody who may send can
  /// send its like; ours have `bartizan.protocol: internal`.
  static let bartizanAdmission = Mapping(
    .bartizanAdmission, "Decisions of the admission webhook of Bartizan",
    .object { bytes, members in members.equals(bytes, "bartizan", "admission") },
    isAuthoritative: true,
    aliases: [Alias(prefix: "bartizan.admission", native: "")],
    rules: [
      .time("time"),
      .copy("verb", to: .eventAction),
      .copy("user", to: .userName),
      .copy("namespace", to: .orchestratorNamespace),
      .copy("resource", to: .orchestratorResourceType),
      .copy("name", to: .orchestratorResourceName),
      .copy("subresource", to: .kubernetesAuditObjectRefSubresource),
      .copy("source", to: .sourceIp),
      .all("policies", to: .ruleName),
      .copy("uid", to: .eventId),
      .copy("message", to: .message),
      .compute(.eventCategory, .eventType, .eventOutcome, from: ["decision"]) { bytes, extractor in
        extractor.header.categories.insert(.api)
        if extractor.equals(0, bytes, "denied") {
          extractor.header.types.insert(.denied)
          extractor.setOutcome(.failure)
        } else if extractor.equals(0, bytes, "allowed") {
          extractor.header.types.insert(.allowed)
          extractor.setOutcome(.success)
        }
      },
      .constant("Bartizan", to: .observerProduct),
    ])
}
