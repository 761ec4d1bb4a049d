package import Bytes
import Kube

/// By what policies tell pods and addresses apart: all that differs in nothing else is one class.
package struct Relevance: Sendable {
  /// Keys of labels of pods.
  package var labelKeys = Set<String>()
  /// Whether service accounts are told apart.
  package var accounts = false
  /// Whether blocks match pods by their addresses.
  package var addresses = false
  package var blocks: [IPRange] = []
  /// DNS names, `*` for labels of any text.
  package var names = Set<String>()
  /// Whether what Services select, and the addresses of those without pods, are told apart.
  package var services = false

  package init() {}

  /// Whatever the fields of a vocabulary hold, wherever they stand in an object.
  package mutating func gather(_ node: DocumentNode, by vocabulary: PolicyVocabulary) {
    gather(node, by: vocabulary, depth: 0)
  }

  /// Policies are no deeper than this; a hostile one may be.
  static let deepest = 24

  private mutating func gather(_ node: DocumentNode, by vocabulary: PolicyVocabulary, depth: Int) {
    guard depth < Self.deepest else { return }
    if let items = node.array {
      for item in items { gather(item, by: vocabulary, depth: depth + 1) }
      return
    }
    for entry in node.entries {
      if let field = vocabulary.fields[entry.key] {
        field.read(entry.value, &self)
        guard field.hasFieldsWithin else { continue }
      }
      gather(entry.value, by: vocabulary, depth: depth + 1)
    }
  }

  package mutating func addBlock(_ node: DocumentNode) {
    if let range = node.text.flatMap({ IPRange(cidr: $0) }) { blocks.append(range) }
  }

  mutating func add(_ address: IPAddress) {
    blocks.append(IPRange(isV6: address.isV6, low: address.value, high: address.value))
  }

  /// Pods by what Services select, and addresses of Services that select nothing.
  mutating func addServices(_ snapshot: ClusterSnapshot) {
    for object in snapshot.objects(.service) {
      if let selector = object.spec?["selector"] {
        labelKeys.formUnion(selector.entries.map(\.key))
      } else {
        for address in ServiceIndex.addresses(of: object.name, in: object.effectiveNamespace, snapshot) { add(address) }
      }
    }
    for address in ServiceIndex.addresses(of: "kubernetes", in: "default", snapshot) { add(address) }
  }
}

/// The fields by which a dialect tells pods and addresses apart, by name.
package struct PolicyVocabulary: Sendable {
  /// What to take from the value of a field.
  package struct Field: Sendable {
    let read: @Sendable (DocumentNode, inout Relevance) -> Void
    /// Whether fields of the vocabulary may stand within it.
    let hasFieldsWithin: Bool

    package init(hasFieldsWithin: Bool = false, _ read: @escaping @Sendable (DocumentNode, inout Relevance) -> Void) {
      self.hasFieldsWithin = hasFieldsWithin
      self.read = read
    }
  }

  package var fields: [String: Field]

  package init(_ fields: [String: Field]) { self.fields = fields }

  /// With more fields, which replace those of the same name.
  package func adding(_ others: [String: Field]) -> PolicyVocabulary {
    PolicyVocabulary(fields.merging(others) { _, new in new })
  }

  /// `matchLabels` and `matchExpressions`.
  package static let labelSelectors = PolicyVocabulary([
    "matchLabels": .labels, "matchExpressions": .requirements,
  ])
}

extension PolicyVocabulary.Field {
  /// A mapping whose keys are those of labels.
  package static let labels = Self { node, relevance in relevance.labelKeys.formUnion(node.entries.map(\.key)) }

  /// A list of mappings with a `key`.
  package static let requirements = Self { node, relevance in
    relevance.labelKeys.formUnion(node.elements.compactMap { $0["key"]?.string })
  }

  /// A CIDR block or an address.
  package static let block = Self { node, relevance in relevance.addBlock(node) }

  package static let blocks = Self { node, relevance in
    for item in node.elements { relevance.addBlock(item) }
  }

  package static let names = Self { node, relevance in
    relevance.names.formUnion(node.strings.map(DNSName.normalised))
  }

  /// Something that pods are matched by the service account of.
  package static let accounts = Self(hasFieldsWithin: true) { _, relevance in relevance.accounts = true }

  /// Something that is matched by way of Services.
  package static let services = Self(hasFieldsWithin: true) { _, relevance in relevance.services = true }
}
