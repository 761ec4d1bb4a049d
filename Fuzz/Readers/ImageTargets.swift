import Bytes
import Images

extension FuzzTarget {
  /// A target for each kind of file that tells of packages, by its name.
  private static let extractors = PackageExtractors.all.map { extractor in
    FuzzTarget(name: "package " + extractor.name) { _ = extractor.extract($0, "usr/lib/name/" + extractor.name) }
  }

  static let images: [FuzzTarget] =
    extractors + [
      FuzzTarget(name: "program") { bytes in
        for magic: [UInt8] in [[0x7F, 0x45, 0x4C, 0x46], [0x4D, 0x5A, 0, 0], [0xCF, 0xFA, 0xED, 0xFE]] {
          _ = PackageExtractors.program(magic + bytes, "usr/bin/program")
        }
      },
      FuzzTarget(name: "bill of materials") { _ = SBOMReader($0, file: "fuzz.json") },
      FuzzTarget(name: "statements") { bytes in
        var statements = VEX()
        _ = try statements.add(bytes, file: "fuzz.json")
      },
      FuzzTarget(name: "report of a scanner") { _ = try ScannerReport.read($0) },
      FuzzTarget(name: "advisory") { _ = AdvisoryFormats.read(try JSONReader.read($0)) },
      FuzzTarget(name: "configuration") { _ = ImageConfiguration(try JSONReader.read($0)).steps },
      FuzzTarget(name: "facts") { _ = LayerFacts(json: $0) },
      FuzzTarget(name: "secrets") { _ = SecretScanner.usual.scan($0, path: "app/.env") },
    ]
}
