import Bytes

extension PackageExtractor {
  /// CocoaPods' lock: the pods that were installed, with those that they need below them.
  ///
  /// Source: guides.cocoapods.org, "Podfile.lock".
  static let podfileLock = PackageExtractor(
    name: "Podfile.lock", matches: .named(["Podfile.lock"]),
    extract: { bytes, path in
      .yaml(
        bytes, path, isKnown: { $0["PODS"]?.array != nil || $0["PODFILE CHECKSUM"] != nil }
      ) { document in
        var seen = Set<SoftwarePackage>()
        return (document["PODS"]?.elements ?? []).compactMap { item -> SoftwarePackage? in
          // `Name/Part (1.2.3)`, by itself or as the key of what it needs.
          guard let text = item.string ?? item.entries.first?.key, let open = text.firstIndex(of: "("),
            let close = text.lastIndex(of: ")"), open < close
          else { return nil }
          let name = text[..<open].prefix { $0 != "/" && $0 != " " }
          let version = text[text.index(after: open)..<close]
          guard !name.isEmpty, version.first?.isNumber == true else { return nil }
          let package = SoftwarePackage(
            ecosystem: Ecosystem("CocoaPods"), name: String(name), version: String(version), path: path)
          return seen.insert(package).inserted ? package : nil
        }
      }
    })
}
