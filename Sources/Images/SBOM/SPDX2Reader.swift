import Bytes

/// SPDX 2.2 and 2.3, as JSON and as tags with values. Source: spdx.github.io/spdx-spec/v2.3.
enum SPDX2Reader {
  /// Purposes of what is no software of a version.
  ///
  /// Source: SPDX 2.3, section 7.24 "Primary package purpose field".
  private static let noPackages = ["FILE", "CONTAINER", "DEVICE", "ARCHIVE", "OPERATING-SYSTEM"]

  /// A relationship between two elements, in the words of the format.
  private struct Relationship {
    let from: String
    let kind: String
    let to: String
    let comment: String
  }

  static func read(_ document: DocumentNode) -> SBOMContent {
    var content = SBOMContent()
    content.isPartial = isPartial(document["comment"]?.string)
    content.namesSources = namesSources(document[path: "creationInfo", "creators"]?.strings ?? [])
    for item in document["packages"]?.elements ?? [] {
      var component = SBOMComponent()
      component.reference = item["SPDXID"]?.string ?? ""
      component.name = item["name"]?.string ?? ""
      component.version = item["versionInfo"]?.text
      let purls = (item["externalRefs"]?.elements ?? []).filter { $0["referenceType"]?.string == "purl" }
      component.purl = purls.lazy.compactMap { $0["referenceLocator"]?.string.flatMap { try? PackageURL($0) } }.first
      component.isOperatingSystem = item["primaryPackagePurpose"]?.string == "OPERATING-SYSTEM"
      if component.isOperatingSystem { component.title = item["summary"]?.string ?? "" }
      component.isNoPackage =
        noPackages.contains(item["primaryPackagePurpose"]?.string ?? "")
        || component.version == nil
          && (item["attributionTexts"]?.strings ?? []).contains { $0.hasPrefix("Class: ") || $0.hasPrefix("Type: ") }
      component.licenses = licenses(item["licenseDeclared"]?.string)
      component.supplier = item["supplier"]?.string.flatMap(person) ?? item["originator"]?.string.flatMap(person)
      component.take(source: item["sourceInfo"]?.string, comment: item["comment"]?.string)
      for sum in item["checksums"]?.elements ?? [] where sum["algorithm"]?.string == "SHA256" {
        if let hex = sum["checksumValue"]?.string { component.identity.add(digest: "sha256:" + hex.lowercased()) }
      }
      content.components.append(component)
    }
    let relationships = (document["relationships"]?.elements ?? []).map { item in
      Relationship(
        from: item["spdxElementId"]?.string ?? "", kind: item["relationshipType"]?.string ?? "",
        to: item["relatedSpdxElement"]?.string ?? "", comment: item["comment"]?.string ?? "")
    }
    relate(&content, relationships, described: document["documentDescribes"]?.strings ?? [])
    return content
  }

  /// - Returns: nil for a text that is no such document.
  static func read(tags text: String) -> SBOMContent? {
    guard text.hasPrefix("SPDXVersion: SPDX-2.") || text.prefix(4096).contains("\nSPDXVersion: SPDX-2.") else {
      return nil
    }
    var content = SBOMContent()
    var relationships: [Relationship] = []
    var creators: [String] = []
    var component: SBOMComponent?
    var (source, comment): (String?, String?)
    func finish() {
      if var own = component {
        own.take(source: source, comment: comment)
        content.components.append(own)
      }
      (component, source, comment) = (nil, nil, nil)
    }
    // A text in `<text>` may go over lines.
    var open: (key: String, text: String)?
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let key: String
      var value: String
      if let last = open {
        (key, value) = (last.key, last.text + "\n" + line)
      } else {
        guard let colon = line.firstIndex(of: ":") else { continue }
        key = String(line[..<colon])
        value = String(line[line.index(after: colon)...].drop { $0 == " " })
      }
      if value.hasPrefix("<text>") {
        guard let end = value.firstRange(of: "</text>") else {
          open = (key, value)
          continue
        }
        value = String(value[..<end.lowerBound].dropFirst(6))
      }
      open = nil
      switch key {
      case "DocumentComment": content.isPartial = isPartial(value)
      case "PackageName":
        finish()
        component = SBOMComponent()
        component?.name = value
      case "FileName", "SnippetSPDXID": finish()
      case "SPDXID": component?.reference = value
      case "PackageVersion": component?.version = value
      case "PackageSupplier": component?.supplier = person(value)
      case "PackageLicenseDeclared": component?.licenses = licenses(value)
      case "PackageSourceInfo": source = value
      case "PackageSummary": component?.title = value
      case "PackageComment": comment = value
      case "PrimaryPackagePurpose":
        component?.isOperatingSystem = value == "OPERATING-SYSTEM"
        component?.isNoPackage = noPackages.contains(value)
      case "Creator": creators.append(value)
      case "ExternalRef":
        let parts = value.split(separator: " ")
        if parts.count == 3, parts[1] == "purl", component?.purl == nil {
          component?.purl = try? PackageURL(String(parts[2]))
        }
      case "Relationship":
        let parts = value.split(separator: " ").map(String.init)
        if parts.count >= 3 {
          relationships.append(Relationship(from: parts[0], kind: parts[1], to: parts[2], comment: ""))
        }
      case "RelationshipComment":
        if let last = relationships.popLast() {
          relationships.append(Relationship(from: last.from, kind: last.kind, to: last.to, comment: value))
        }
      default: break
      }
    }
    finish()
    content.namesSources = namesSources(creators)
    relate(&content, relationships, described: [])
    return content
  }

  private static func isPartial(_ comment: String?) -> Bool { comment == SBOMFormat.spdxPartial }

  private static func namesSources(_ creators: [String]) -> Bool {
    creators.contains { $0.hasPrefix("Tool: syft") || $0.hasPrefix("Tool: bartizan") }
  }

  /// `Organization: Acme (mail)`, `NOASSERTION`.
  private static func person(_ text: String) -> String? {
    for head in ["Organization: ", "Person: "] where text.hasPrefix(head) { return String(text.dropFirst(head.count)) }
    return nil
  }

  private static func licenses(_ text: String?) -> [String] {
    guard let text, text != "NOASSERTION", text != "NONE", !text.isEmpty else { return [] }
    return [text]
  }

  private static func relate(_ content: inout SBOMContent, _ relationships: [Relationship], described: [String]) {
    var described = Set(described)
    for item in relationships {
      if item.kind == "DESCRIBES" { described.insert(item.to) }
      if item.kind == "DESCRIBED_BY" { described.insert(item.from) }
    }
    let places = Dictionary(
      content.components.indices.map { (content.components[$0].reference, $0) }, uniquingKeysWith: { first, _ in first }
    )
    for item in relationships {
      // Of ours a package that brought another contains it; Syft says it in a comment of its own.
      let isOwner =
        item.kind == "CONTAINS" && content.namesSources
        || item.kind == "OTHER" && item.comment.hasPrefix("ownership-by-file-overlap")
      guard isOwner, !described.contains(item.from), places[item.from] != nil, let child = places[item.to] else {
        continue
      }
      content.components[child].ownerReference = item.from
    }
    content.takeSubject(described)
  }
}
