package import Bytes
import Findings
package import Images

/// The packages of an image (`image packages`).
package struct PackagesAnswer: KindOfAnswer {
  package static let kind = "Packages"

  private let image: ReportedImage
  private let packages: [SoftwarePackage]

  package init(_ image: ReportedImage, _ packages: [SoftwarePackage]) {
    self.image = image
    self.packages = packages.sorted(by: SoftwarePackage.precedes)
  }

  package func write(_ writer: inout JSONWriter, to sink: ([UInt8]) -> Void) {
    writer.field("system", image.system?.title)
    writer.key("packages")
    writer.array(of: packages) { writer, package in
      writer.object { writer in
        writer.field("ecosystem", package.ecosystem.text)
        writer.field("name", package.name)
        writer.field("version", package.version)
        writer.field("source", package.source)
        writer.field("path", package.path)
        writer.field("purl", package.purl?.text)
        writer.field("owner", package.owner)
        if let layer = package.layer { writer.field("layer", layer) }
      }
      writer.drain(to: sink)
    }
  }

  package func text(_ terminal: Terminal) -> String {
    let table = TextTable(
      columns: ["package", "version", "ecosystem", "where"],
      rows: packages.map { [$0.name, $0.version, $0.ecosystem.text, $0.path] })
    return (packages.isEmpty ? "" : table.text(terminal))
      + "\(Phrase.count(packages.count, "package")); \(image.systemText)\(image.layersText).\n"
  }
}
