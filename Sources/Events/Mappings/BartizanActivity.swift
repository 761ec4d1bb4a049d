import Bytes

extension Mapping {
  /// What people had our own server do, such as showing secrets. The record is ours: `ActivityLog` of `Console` writes it.
  /// Anybody who may send can send its like; ours have `bartizan.protocol: internal`.
  static let bartizanActivity = Mapping(
    .bartizanActivity, "Activity of Bartizan",
    .object { bytes, members in members.equals(bytes, "bartizan", "activity") },
    isAuthoritative: true,
    aliases: [Alias(prefix: "bartizan.activity", native: "")],
    rules: [
      .time("time"),
      .copy("action", to: .eventAction),
      .copy("user", to: .userName),
      .copy("source", to: .sourceIp),
      .copy("path", to: .urlPath),
      .compute(.eventCategory, .eventType, .eventOutcome, from: []) { _, extractor in
        extractor.header.categories.insert(.api)
        extractor.header.types.insert(.access)
        extractor.setOutcome(.success)
      },
      .constant("Bartizan", to: .observerProduct),
    ])
}
