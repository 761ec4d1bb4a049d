package import Bytes
package import Events
package import Findings
package import Store

/// How long events are kept, as a user writes it. What is not given deletes nothing.
package struct RetentionSettings: Sendable, Hashable {
  /// Something that was written, and the name under which it was.
  package struct Text: Sendable, Hashable {
    package let value: String
    /// An option, a variable or a field of a file, for messages.
    package let name: String

    package init(_ value: String, _ name: String) {
      self.value = value
      self.name = name
    }
  }

  /// In nanoseconds, by time of receipt.
  package private(set) var age: Int64?
  /// Bytes of the store on the disk.
  package private(set) var size: Int?
  /// In place of `age` for single sources.
  package private(set) var sources: [Dataset: Int64] = [:]

  package init() {}

  /// - Parameter sources: `DATASET=SPAN` each.
  /// - Throws: `usage`, which names what cannot be read.
  package init(age: Text?, size: Text?, sources: [Text]) throws(BartizanError) {
    if let age {
      guard let span = TimeExpression.span(age.value) else {
        throw BartizanError(.usage, "\(age.name) \(age.value): no span of time, such as 90d")
      }
      self.age = span
    }
    if let size {
      guard let number = ByteSize(size.value) else {
        throw BartizanError(.usage, "\(size.name) \(size.value): no size, such as 50GB or 500MiB")
      }
      self.size = number.bytes
    }
    for text in sources {
      let parts = text.value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let span = TimeExpression.span(parts[1]) else {
        throw BartizanError(
          .usage, "\(text.name) \(text.value): DATASET=SPAN is wanted, such as falco.alert=30d")
      }
      let name = String(parts[0])
      // A name that no event has would leave its events to the general rule, which deletes them.
      guard Dataset.known.contains(where: { $0.rawValue == name }) else {
        let near = NearestName.of(name, in: Dataset.known.map(\.rawValue))
        throw BartizanError(
          .usage,
          "\(text.name) \(text.value): no events are of \(name)\(near.map { "; is \($0) meant?" } ?? "; `bartizan events sources` lists what there is")"
        )
      }
      self.sources[Dataset(rawValue: name)] = span
    }
  }

  package var isNone: Bool { age == nil && size == nil && sources.isEmpty }

  package func rules(_ now: Timestamp) -> RetentionRules {
    var rules = RetentionRules(now: now)
    rules.age = age
    rules.size = size
    rules.sources = sources
    return rules
  }
}
