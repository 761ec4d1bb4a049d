import Bytes

extension PackageExtractor {
  /// `name==version`; other requirements name no version.
  ///
  /// Source: pip.pypa.io, "Requirements File Format".
  static let pythonRequirements = PackageExtractor(
    name: "requirements.txt",
    matches: .ending(["txt"]) { PackageExtractors.lastPart($0).hasPrefix("requirements") },
    extract: { bytes, path in
      Extraction(
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { raw in
          let line = raw.prefix { $0 != "#" && $0 != ";" }
          guard let equals = line.firstRange(of: "=="), !line.hasPrefix("-") else { return nil }
          let name = line[..<equals.lowerBound].prefix { $0 != "[" }.filter { !$0.isWhitespace }
          let version = line[equals.upperBound...].drop { $0 == "=" || $0 == " " }.prefix {
            !$0.isWhitespace && $0 != "\\" && $0 != ","
          }
          guard !name.isEmpty, !version.isEmpty, !version.contains("*") else { return nil }
          return SoftwarePackage(ecosystem: Ecosystem("PyPI"), name: name, version: String(version), path: path)
        })
    })
}
