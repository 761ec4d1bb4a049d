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
      ) { document, found in
        var seen = Set<SoftwarePackage>()
        // Pods that lie in folders of the project are its own.
        let own = Set(
          (document["EXTERNAL SOURCES"]?.entries ?? []).filter { $0.value[":path"] != nil }.map(\.key))
        for item in document["PODS"]?.elements ?? [] {
          // `Name/Part (1.2.3)`, by itself or as the key of what it needs.
          let text = item.string ?? item.entries.first?.key ?? ""
          let name = String(text.prefix { $0 != "/" && $0 != " " && $0 != "(" })
          if own.contains(name) { continue }
          guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close else {
            found.leave(name, .missing, in: "CocoaPods", path, line: Int(item.line))
            continue
          }
          let version = String(text[text.index(after: open)..<close])
          guard !name.isEmpty, VersionOrder.ruby.isVersion(version) else {
            found.leave(name, .unreadable, version, in: "CocoaPods", path, line: Int(item.line))
            continue
          }
          let package = SoftwarePackage(
            ecosystem: Ecosystem("CocoaPods"), name: name, version: version, path: path)
          if seen.insert(package).inserted { found.packages.append(package) }
        }
      }
    },
    isOfProject: true)
}
