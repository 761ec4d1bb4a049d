package import Bytes

/// As processes of this program tell each other of packages, and as the cache of layers keeps them.
extension SoftwarePackage {
  package func write(_ writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("ecosystem", ecosystem.text)
      writer.field("name", name)
      writer.field("version", version)
      writer.field("path", path)
      for (key, value) in [
        ("source", source), ("sourceVersion", sourceVersion), ("module", module), ("vendor", vendor),
        ("supplier", supplier), ("architecture", architecture), ("owner", owner),
      ] { if let value { writer.field(key, value) } }
      for (key, values) in [
        ("licenses", licenses), ("requires", requires),
        ("checksums", checksums.flatMap { [$0.algorithm.rawValue, $0.hex] }),
      ] where !values.isEmpty { writer.field(key, values) }
      if let layer { writer.field("layer", layer) }
      if holdsNoCode { writer.field("holdsNoCode", true) }
    }
  }

  /// - Returns: nil for what is no such object.
  package init?(json item: DocumentNode) {
    guard let ecosystem = item["ecosystem"]?.string, let name = item["name"]?.string,
      let version = item["version"]?.string, let path = item["path"]?.string
    else { return nil }
    self.init(
      ecosystem: Ecosystem(ecosystem), name: name, version: version, source: item["source"]?.string,
      sourceVersion: item["sourceVersion"]?.string, path: path)
    module = item["module"]?.string
    vendor = item["vendor"]?.string
    supplier = item["supplier"]?.string
    architecture = item["architecture"]?.string
    owner = item["owner"]?.string
    licenses = item["licenses"]?.strings ?? []
    requires = item["requires"]?.strings ?? []
    let sums = item["checksums"]?.strings ?? []
    checksums = stride(from: 0, to: sums.count - 1, by: 2).compactMap { index in
      Checksum.Algorithm(rawValue: sums[index]).flatMap { Checksum($0, sums[index + 1]) }
    }
    layer = item["layer"]?.int.flatMap { Int(exactly: $0) }
    holdsNoCode = item["holdsNoCode"]?.bool ?? false
  }
}
