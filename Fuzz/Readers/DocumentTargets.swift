import Bytes
import Kube

extension FuzzTarget {
  static let documents: [FuzzTarget] = [
    FuzzTarget(name: "json") { bytes in
      let document = try JSONReader.read(bytes)
      var writer = JSONWriter(pretty: false)
      writer.value(document)
      _ = try JSONReader.read(writer.bytes)
    },
    FuzzTarget(name: "yaml") { _ = DocumentReader.read($0) },
    FuzzTarget(name: "xml") { _ = try XMLReader.read($0) },
    FuzzTarget(name: "manifest") { bytes in
      var builder = ClusterSnapshot.Builder()
      ManifestReader.read(bytes, file: "fuzz.yaml", into: &builder, limits: .standard)
      _ = builder.build()
    },
  ]
}
