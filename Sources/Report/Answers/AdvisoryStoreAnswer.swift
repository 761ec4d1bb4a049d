package import Bytes
package import Images

/// What the store of advisories holds (`advisories info`).
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

  package func text(_ terminal: Terminal) -> String {
    var text =
      "\(file)\n\(digest)\nbuilt \(header["built"]?.text ?? ""), \(header["advisories"]?.text ?? "0") advisories for \(header["packages"]?.text ?? "0") packages\n"
    for source in header["sources"]?.elements ?? [] {
      text += "  \(source["records"]?.text ?? "0")  \(source["name"]?.text ?? "")\n"
    }
    return text
  }
}
