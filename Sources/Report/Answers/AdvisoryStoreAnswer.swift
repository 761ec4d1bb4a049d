package import Bytes
package import Images

/// The content of the advisory store (`advisories info`).
package struct AdvisoryStoreAnswer: KindOfAnswer {
  package static let kind = "AdvisoryStore"

  private let file: String
  private let header: DocumentNode
  private let digest: String

  package init(_ store: AdvisoryStore, file: String) {
    self.file = file
    header = store.header
    digest = store.digest
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    for entry in header.entries {
      writer.key(entry.key)
      writer.value(entry.value)
    }
  }

  private func count(_ key: String, _ noun: String) -> String { Phrase.count(Int(header[key]?.int ?? 0), noun) }

  package func text(_ terminal: Terminal) -> String {
    var text =
      "\(file)\n\(digest)\nbuilt \(header["built"]?.text ?? ""), \(count("advisories", "advisory")) for \(count("packages", "package"))\n"
    for source in header["sources"]?.elements ?? [] {
      text += "  \(source["records"]?.text ?? "0")  \(source["name"]?.text ?? "")\n"
    }
    return text
  }
}
