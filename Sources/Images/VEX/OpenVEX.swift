import Bytes

/// Statements in OpenVEX.
///
/// Source: OpenVEX specification 0.2.0, "Statement", "Component", "Data Inheritance".
enum OpenVEX {
  private static let statuses: Set<String> = ["not_affected", "affected", "fixed", "under_investigation"]

  /// - Parameter attested: what the statement of in-toto that holds the document is about; nil for none.
  static func read(_ document: DocumentNode, attested: DocumentNode?, _ reading: inout VEX.Reading) {
    let documentTime = document["timestamp"]?.string.flatMap { Timestamp($0) }
    for (index, item) in (document["statements"]?.elements ?? []).enumerated() {
      reading.count += 1
      // Before 0.2 a vulnerability and a product were plain texts.
      let vulnerability = item["vulnerability"]
      let names =
        [vulnerability?["name"]?.string, vulnerability?.string, vulnerability?["@id"]?.string].compactMap { $0 }
        + (vulnerability?["aliases"]?.strings ?? [])
      let status = item["status"]?.string ?? ""
      var justification = item["justification"]?.string ?? item["impact_statement"]?.string ?? ""
      var obstacle: VEX.Obstacle?
      if !statuses.contains(status) {
        obstacle = .unknownStatus(status)
      } else if status == "not_affected" {
        (justification, obstacle) = VEX.reason(item["justification"]?.string, item["impact_statement"]?.string)
      }
      if justification.isEmpty { justification = item["status_notes"]?.string ?? "" }
      let times = ["timestamp", "last_updated"].compactMap { item[$0]?.string.flatMap { Timestamp($0) } }
      var targets = targets(of: item, attested: attested)
      let unknown = targets.compactMap { target in
        target.part.flatMap { $0.purls.isEmpty && $0.cpes.isEmpty ? $0.title : nil }
      }
      // A part that no package URL names is none that packages are known by.
      if let first = unknown.first {
        targets.removeAll { target in target.part.map { $0.purls.isEmpty && $0.cpes.isEmpty } ?? false }
        if targets.isEmpty { obstacle = obstacle ?? .unidentified(first) }
      }
      reading.add(
        index + 1, names.filter { !$0.isEmpty }, status, justification, targets, times.max() ?? documentTime,
        obstacle: obstacle)
    }
  }

  private static func targets(of item: DocumentNode, attested: DocumentNode?) -> [VEX.Target] {
    var targets: [VEX.Target] = []
    let common = (item["subcomponents"]?.elements ?? []).map(component)
    for node in item["products"]?.elements ?? [] {
      // What is said of a part of a product is not said of the rest of it.
      let parts = (node["subcomponents"]?.elements ?? []).map(component) + common
      let product = component(node)
      if parts.isEmpty, product.isEmpty { continue }
      targets +=
        parts.isEmpty
        ? [VEX.Target(product: .component(product), part: nil)]
        : parts.map {
          VEX.Target(product: .component(product), part: $0)
        }
    }
    guard item["products"] == nil else { return targets }
    // A statement without products has those of what it is embedded in.
    let subjects = (attested?.elements ?? []).map { subject in
      var product = VEXComponent()
      if let sum = subject[path: "digest", "sha256"]?.string { product.digests = ["sha256:" + sum.lowercased()] }
      return product
    }.filter { !$0.isEmpty }
    if !subjects.isEmpty {
      return subjects.flatMap { product in
        common.isEmpty
          ? [VEX.Target(product: .component(product), part: nil)]
          : common.map { VEX.Target(product: .component(product), part: $0) }
      }
    }
    // Before products had parts of their own, a statement could have parts alone.
    return common.map { VEX.Target(product: nil, part: $0) }
  }

  /// All that a product or a part is named by.
  private static func component(_ node: DocumentNode) -> VEXComponent {
    var component = VEXComponent()
    for name in [node.string, node["@id"]?.string].compactMap({ $0 }) { component.add(name: name) }
    for entry in node["identifiers"]?.entries ?? [] {
      if let text = entry.value.string { component.add(name: text) }
    }
    for entry in node["hashes"]?.entries ?? [] {
      guard ["sha-256", "sha256"].contains(entry.key.lowercased()), let text = entry.value.string else { continue }
      component.digests.insert("sha256:" + text.lowercased())
    }
    return component
  }
}
