package import Bytes

/// What an update of the advisories wrote (`advisories update`).
package struct AdvisoryUpdateAnswer: KindOfAnswer {
  package static let kind = "AdvisoryUpdate"

  package struct Store: Sendable {
    package let file: String
    package let bytes: Int
    package let digest: String
    package let advisories: Int
    package let sources: [(name: String, records: Int)]

    package init(
      file: String, bytes: Int, digest: String, advisories: Int, sources: [(name: String, records: Int)]
    ) {
      self.file = file
      self.bytes = bytes
      self.digest = digest
      self.advisories = advisories
      self.sources = sources
    }
  }

  package struct Risks: Sendable {
    package let file: String
    /// Records of each source, in the order in which they were named.
    package let sources: [(name: String, records: Int)]

    package init(file: String, sources: [(name: String, records: Int)]) {
      self.file = file
      self.sources = sources
    }
  }

  /// Nil where it was not asked for.
  private let store: Store?
  private let risks: Risks?

  package init(store: Store?, risks: Risks?) {
    self.store = store
    self.risks = risks
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    func sources(_ sources: [(name: String, records: Int)], _ writer: inout JSONWriter) {
      writer.key("sources")
      writer.array(of: sources) { writer, source in
        writer.object { writer in
          writer.field("name", source.name)
          writer.field("records", source.records)
        }
      }
    }
    writer.key("store")
    if let store {
      writer.object { writer in
        writer.field("file", store.file)
        writer.field("bytes", store.bytes)
        writer.field("digest", store.digest)
        writer.field("advisories", store.advisories)
        sources(store.sources, &writer)
      }
    } else {
      writer.null()
    }
    writer.key("risks")
    if let risks {
      writer.object { writer in
        writer.field("file", risks.file)
        sources(risks.sources, &writer)
      }
    } else {
      writer.null()
    }
  }

  package func text(_ terminal: Terminal) -> String {
    var text = ""
    if let risks {
      let counts = risks.sources.map { "\($0.records) from \($0.name)" }.joined(separator: ", ")
      text += "Exploitation data in \(risks.file): \(counts).\n"
    }
    if let store {
      let megabytes = Double(store.bytes * 10 / 1_000_000) / 10
      let advisories = Phrase.count(store.advisories, "advisory")
      text +=
        "\(advisories) from \(Phrase.count(store.sources.count, "source")) in \(store.file), \(megabytes) MB, \(store.digest).\n"
    }
    return text
  }
}
